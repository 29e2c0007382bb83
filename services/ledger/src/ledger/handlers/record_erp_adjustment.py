"""The ERP takes something off an item, or puts it back, without money: a write-off, a fee, a difference."""

from ledger.domain.adjustment import Adjustment
from ledger.domain.books import Books
from ledger.domain.credit import NOBODY
from ledger.domain.facts import AdjustmentPosted, AdjustmentRef
from ledger.domain.identity import check_adjustment
from ledger.domain.line import Verdict
from ledger.domain.outcome import Outcome, Waits
from ledger.handlers.answer_request import answer_with_adjustment
from ledger.handlers.name_customer import name_customer
from ledger.handlers.settle_changes import settle_changes
from shared.base.clock import Moment


def record_erp_adjustment(books: Books, posted: AdjustmentPosted, *, moment: Moment) -> Outcome:
    """Take it off its item; waits while the item is missing or has no room for all of it."""
    adjustment = find_adjustment(books, posted.adjustment)
    verdict = adjustment.line.judge(posted.stamp)
    if verdict is Verdict.NEWS:
        check_adjustment(adjustment, posted.adjustment.customer_id, posted.body)
    answer_with_adjustment(books, posted, verdict, moment=moment)
    if verdict is not Verdict.NEWS:
        return Outcome(verdict.value)

    if adjustment.waiting:
        books.supersede(adjustment.adjustment_id, Waits.GRANT, posted.stamp.version)
    if adjustment.line.top_version and adjustment.body is None:
        books.release(adjustment.adjustment_id, Waits.PARENT, adjustment.line.top_version)
    adjustment.line.move(posted.stamp)
    adjustment.customer_id = posted.adjustment.customer_id or adjustment.customer_id
    adjustment.body = posted.body
    settle_adjustment(books, adjustment, moment=moment)

    name_customer(books, adjustment.customer_id, moment=moment)
    adjustment.waiting = adjustment.granted_minor != adjustment.asked_minor
    return Outcome.WAITING if adjustment.waiting else Outcome.ACCEPTED


def find_adjustment(books: Books, ref: AdjustmentRef) -> Adjustment:
    """The adjustment a record speaks of; a new one, not yet in the books, when nobody has spoken of it before."""
    return books.adjustments.get(ref.adjustment_id) or Adjustment(
        ref.adjustment_id, ref.source, ref.source_id, ref.customer_id or NOBODY
    )


def settle_adjustment(books: Books, adjustment: Adjustment, *, moment: Moment) -> None:
    """Put it at its item, and settle what follows from it there."""
    books.touch_adjustment(books.add_adjustment(adjustment))
    assert adjustment.body is not None
    item_id = adjustment.body.item_id
    if (invoice := books.invoices.get(item_id)) is not None:
        books.touch_invoice(invoice)
    if (credit := books.credits.get(item_id)) is not None:
        books.touch_credit(credit)
    settle_changes(books, moment=moment)
