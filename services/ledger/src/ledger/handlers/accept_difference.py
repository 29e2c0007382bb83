"""Two people take the ERP's figure over: an adjustment of ours, dated today, makes our open amount equal to it."""

from datetime import date

from ledger.domain.adjustment import AdjustmentBody
from ledger.domain.books import Books
from ledger.domain.difference import Difference, ItemMoved, NotOneItem
from ledger.domain.facts import AdjustmentPosted, AdjustmentRef
from ledger.domain.line import Stamp
from ledger.domain.outcome import Outcome
from ledger.domain.request import OURS
from ledger.handlers.record_erp_adjustment import record_erp_adjustment
from shared.base.clock import Moment
from shared.base.ids import derived_id

REASON = "other"


def accept_difference(
    books: Books, difference: Difference, *, by: str, today: date, moment: Moment
) -> None:
    """The first person asks for it, the second one's word books it; `today` is the legal entity's day."""
    item = difference.item
    approved = difference.accept(by, moment)
    if item.item_id is None or (
        item.item_id not in books.invoices and item.item_id not in books.credits
    ):
        raise NotOneItem("we have never heard of this item: the ERP has to tell it")
    if not approved:
        return

    books.begin()
    if (invoice := books.invoices.get(item.item_id)) is not None:
        books.touch_invoice(invoice).withheld_minor = 0
    name, adjustment_id = (
        str(difference.difference_id),
        derived_id("adjustment", difference.difference_id),
    )
    body = AdjustmentBody(
        difference.legal_entity, item.currency, item.item_id, difference.gap_minor, REASON, today
    )
    posted = AdjustmentPosted(
        AdjustmentRef(adjustment_id, OURS, name, difference.customer_id),
        Stamp(1, difference.difference_id.bytes, carries_body=True),
        body,
    )
    if record_erp_adjustment(books, posted, moment=moment) is not Outcome.ACCEPTED:
        raise ItemMoved("the item has no room for all of it any more")
