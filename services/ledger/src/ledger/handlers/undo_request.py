"""Take back what we entered for a request: the ERP has posted it, does not want it, or a person has withdrawn it."""

from ledger.domain.books import Books
from ledger.domain.credit import Credit, credit_postings
from ledger.domain.line import Stamp
from ledger.domain.request import Kind, Request, State
from ledger.handlers.amend_credit import post_credit

UNDONE = Stamp(2, b"undone", carries_body=False)
"""On the entry's own line, above the one version that it has."""


def undo_request(books: Books, request: Request) -> None:
    """Reverse the provisional entry, if one stands. Whoever calls settles: what takes its place may come first."""
    if request.asked.kind is Kind.ALLOCATION:
        _unapply(books, request)
    if request.entered_id is None:
        return
    if (credit := books.credits.get(request.entered_id)) is not None:
        _undo_credit(books, credit)
    adjustment = books.adjustments.get(request.entered_id)
    if adjustment is None or not adjustment.line.in_force:
        return

    assert adjustment.body is not None
    books.touch_adjustment(adjustment).line.move(UNDONE)
    if (invoice := books.invoices.get(adjustment.body.item_id)) is not None:
        books.touch_invoice(invoice)
    if (adjusted := books.credits.get(adjustment.body.item_id)) is not None:
        books.touch_credit(adjusted)


def _unapply(books: Books, request: Request) -> None:
    """Once the ERP has spoken its word decides what stands; else nothing of ours does."""
    assert request.asked.item is not None
    credit = books.credits.get(request.asked.item.item_id)
    for invoice_id, application in list(credit.applications.items()) if credit is not None else ():
        if application.request_id != request.request_id:
            continue
        books.touch_credit(application.credit)
        books.touch_invoice(books.invoices[invoice_id])
        application.request_id = None
        if request.state is not State.ECHOED:
            application.spent_minor = application.applied_minor = application.discount_minor = 0


def _undo_credit(books: Books, credit: Credit) -> None:
    if not credit.line.in_force:
        return
    before = credit_postings(credit)
    books.touch_credit(credit).line.move(UNDONE)
    post_credit(books, credit, before)
