"""Tell the present state again, for a projection that is new or was lost."""

from uuid import UUID

from ledger.domain.books import Books
from ledger.domain.credit import NOBODY, PAYMENT
from ledger.handlers.tell_changes import (
    credit_note_fact,
    payment_fact,
    state_of_invoice,
    tell_customer,
)
from shared.contracts import ledger as told


def tell_present(books: Books, customer_ids: list[UUID]) -> None:
    """Each customer, open invoice and unspent credit once more, one version up: whoever listens takes it as newest."""
    for customer_id in customer_ids:
        customer = books.customers[customer_id]
        books.changed_customers[customer_id] = customer
        tell_customer(books, customer)
    for invoice in books.invoices.values():
        if invoice.body is not None and invoice.open_minor:
            books.touch_invoice(invoice).version += 1
            books.announce(told.InvoiceAmended(**state_of_invoice(invoice)))
    for credit in books.credits.values():
        if credit.body is not None and credit.unapplied_minor and credit.customer_id != NOBODY:
            books.touch_credit(credit).version += 1
            if credit.kind == PAYMENT:
                books.announce(payment_fact(told.PaymentApplied, credit, credit.body, ()))
            else:
                books.announce(credit_note_fact(told.CreditApplied, credit, credit.body, ()))
