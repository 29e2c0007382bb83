"""The ERP voids an invoice."""

from ledger.domain.books import Books
from ledger.domain.credit import NOBODY
from ledger.domain.facts import InvoiceCancelled
from ledger.domain.identity import check_invoice
from ledger.domain.invoice import Invoice, invoice_postings
from ledger.domain.line import Verdict
from ledger.domain.outcome import Outcome
from ledger.handlers.record_erp_invoice import rebook_invoice
from ledger.handlers.settle_changes import settle_changes
from shared.base.clock import Moment


def cancel_erp_invoice(books: Books, cancelled: InvoiceCancelled, *, moment: Moment) -> Outcome:
    """Reverse the invoice; what was applied to it becomes unapplied. Waits when the invoice is not there yet."""
    invoice = books.invoices.get(cancelled.invoice_id) or Invoice(
        cancelled.invoice_id, cancelled.source, cancelled.source_id, cancelled.customer_id or NOBODY
    )
    verdict = invoice.line.judge(cancelled.stamp)
    if verdict is not Verdict.NEWS:
        return Outcome(verdict.value)
    check_invoice(invoice, cancelled.customer_id)

    before = invoice_postings(invoice)
    books.touch_invoice(books.add_invoice(invoice))
    if invoice.customer_id == NOBODY:
        invoice.customer_id = cancelled.customer_id or NOBODY
    invoice.line.move(cancelled.stamp)
    invoice.cancelled_on = cancelled.cancelled_on
    if invoice.body is None:
        return Outcome.WAITING

    rebook_invoice(books, invoice, before)
    settle_changes(books, moment=moment)
    return Outcome.ACCEPTED
