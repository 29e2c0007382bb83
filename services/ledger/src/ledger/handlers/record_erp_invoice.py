"""The ERP posts an invoice, or a newer version of it."""

from ledger.domain.books import Books
from ledger.domain.facts import InvoicePosted
from ledger.domain.identity import check_invoice
from ledger.domain.invoice import Invoice, invoice_postings
from ledger.domain.line import Verdict
from ledger.domain.outcome import Outcome, Waits
from ledger.handlers.name_customer import name_customer
from ledger.handlers.settle_changes import settle_changes
from shared.base.clock import Moment


def record_erp_invoice(books: Books, posted: InvoicePosted, *, moment: Moment) -> Outcome:
    """Open the invoice the ERP posted; amend or revive it when a newer version arrives."""
    invoice = books.invoices.get(posted.invoice_id) or Invoice(
        posted.invoice_id, posted.source, posted.source_id, posted.customer_id
    )
    verdict = invoice.line.judge(posted.stamp)
    if verdict is not Verdict.NEWS:
        return Outcome(verdict.value)
    check_invoice(invoice, posted.customer_id, posted.body)

    before = invoice_postings(invoice)
    books.touch_invoice(books.add_invoice(invoice))
    invoice.customer_id = posted.customer_id
    invoice.line.move(posted.stamp)
    if invoice.body is None and not invoice.line.in_force:
        books.release(invoice.invoice_id, Waits.PARENT, invoice.line.top_version)
    invoice.body = posted.body
    if invoice.line.in_force:
        invoice.cancelled_on = None

    rebook_invoice(books, invoice, before)
    name_customer(books, invoice.customer_id, moment=moment)
    settle_changes(books, moment=moment)
    return Outcome.ACCEPTED


def rebook_invoice(books: Books, invoice: Invoice, before: tuple[object, ...]) -> None:
    """Post the difference between what stood for the document and what should."""
    (revenue, tax), (old_revenue, old_tax) = invoice_postings(invoice), before
    invoice.entry_id = books.rebook(old_revenue, invoice.entry_id, revenue)  # type: ignore[arg-type]
    invoice.tax_entry_id = books.rebook(old_tax, invoice.tax_entry_id, tax)  # type: ignore[arg-type]
