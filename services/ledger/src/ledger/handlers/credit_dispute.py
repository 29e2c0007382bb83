"""A dispute was decided: what was upheld of it is taken off, by the same hands as any credit note that we want."""

from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

from ledger.domain.books import Books
from ledger.domain.request import (
    Asked,
    ItemElsewhere,
    ItemUnknown,
    Kind,
    Request,
    request_id_of,
)
from ledger.handlers.approve_request import approve_request
from ledger.handlers.frame_request import Place, Wish, frame_request
from ledger.handlers.hold_disputed import hold_disputed
from ledger.handlers.know_source import Registered
from ledger.handlers.read_identity import INVOICE
from ledger.handlers.refuse_request import decline_request
from shared.base.clock import Moment
from shared.base.days import local_day
from shared.base.ids import CreditName
from shared.contracts.disputes import DisputeResolved

ALONE = "policy:one-person-below-the-limit"
"""Approves where disputes wanted no second person."""


def credit_dispute(
    books: Books,
    resolved: DisputeResolved,
    *,
    moment: Moment,
    registered: Registered,
    zones: Mapping[str, str],
) -> None:
    """What is held changes, and a request is made for each item upheld, named by the decision: told again, it is there.

    Whoever decided has asked for it, and `zones`, by legal entity, say on which day.
    """
    hold_disputed(books, resolved, moment=moment)
    today = local_day(moment, zones.get(resolved.legal_entity, "UTC"))
    for place, item in enumerate(resolved.items):
        upheld = Decimal(item.upheld or 0)
        name = str(CreditName(resolved.dispute_id, resolved.version, place))
        request_id = request_id_of(resolved.customer_id, name)
        if not upheld or request_id in books.requests.by_id:
            continue

        wish = Wish(
            Kind.CREDIT_NOTE,
            resolved.legal_entity,
            resolved.currency,
            upheld,
            today,
            source_id=name,
            item=Place(INVOICE, str(item.invoice_id), item.instalment),
            reason=f"dispute {resolved.reason}",
        )
        asked, why = _frame(books, wish, resolved.customer_id, registered)
        request = Request(request_id, asked, resolved.decided_by, moment)
        if why:
            decline_request(books, request, why, moment=moment)
        else:
            approve_request(books, request, by=resolved.approved_by or ALONE, moment=moment)


def _frame(
    books: Books, wish: Wish, customer_id: UUID, registered: Registered
) -> tuple[Asked, str]:
    """And why it cannot be made: the invoice is not there, is not the customer's, or counts no more."""
    customer, name = books.customers[customer_id], wish.source_id or ""
    try:
        return frame_request(books, wish, customer, registered, name=name), ""
    except (ItemUnknown, ItemElsewhere) as refusal:
        bare = wish._replace(item=None)
        why = f"{refusal.code}: {refusal.message}"
        return frame_request(books, bare, customer, registered, name=name), why
