"""Tell the present state again, for a projection that is new or was lost, and after a restore of the ledger itself.

Versions leap to the moment's milliseconds: above all that was told before, even by a life of these books that a
restored database has forgotten. So whoever listens takes what is told now, and all that follows, as the newest.
"""

from uuid import UUID

from ledger.domain.books import Books
from ledger.domain.credit import NOBODY, PAYMENT
from ledger.handlers.state_of_invoice import state_of_invoice
from ledger.handlers.tell_changes import credit_note_fact, payment_fact, tell_customer
from shared.base.clock import Moment
from shared.contracts import ledger as told


def version_floor(moment: Moment) -> int:
    """Below every version that is told from this moment on."""
    return int(moment.timestamp() * 1000)


def tell_present(books: Books, customer_ids: list[UUID], *, moment: Moment) -> None:
    """Each customer, open invoice and unspent credit once more."""
    floor = version_floor(moment)
    for customer_id in customer_ids:
        customer = books.customers[customer_id]
        customer.version = max(customer.version, floor)
        books.changed_customers[customer_id] = customer
        tell_customer(books, customer)
    for invoice in books.invoices.values():
        if invoice.body is not None and invoice.open_minor:
            books.touch_invoice(invoice).version = max(invoice.version, floor) + 1
            books.announce(told.InvoiceAmended(**state_of_invoice(invoice)))
    for credit in books.credits.values():
        if credit.body is not None and credit.unapplied_minor and credit.customer_id != NOBODY:
            books.touch_credit(credit).version = max(credit.version, floor) + 1
            if credit.kind == PAYMENT:
                books.announce(payment_fact(told.PaymentApplied, credit, credit.body, ()))
            else:
                books.announce(credit_note_fact(told.CreditApplied, credit, credit.body, ()))
