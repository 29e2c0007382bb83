"""Name a customer of whom something is booked before the ERP has described them."""

from uuid import UUID

from ledger.domain.books import Books
from ledger.domain.credit import NOBODY
from ledger.handlers.tell_changes import tell_customer
from shared.base.clock import Moment


def name_customer(books: Books, customer_id: UUID, *, moment: Moment) -> None:
    """Tell a customer nobody has told yet, as `customer-unknown` (ERP rule 4)."""
    if customer_id == NOBODY:
        return
    customer = books.customers[customer_id]
    if customer.version:
        return

    customer.first_seen_at = customer.first_seen_at or moment
    books.changed_customers[customer_id] = customer
    tell_customer(books, customer)
