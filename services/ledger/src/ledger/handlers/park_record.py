"""Set one record aside; doubt the customer it names and those whose items it touches (ERP rule 11)."""

from uuid import UUID

from ledger.domain.books import Books
from ledger.domain.credit import NOBODY
from ledger.domain.customer import Doubt
from ledger.domain.outcome import Outcome
from ledger.domain.parked import Ending, Parked
from ledger.handlers.read_identity import ALLOCATIONS, Identity
from ledger.handlers.tell_changes import tell_customer
from shared.base.clock import Moment


def customers_of(books: Books, identity: Identity) -> tuple[UUID, ...]:
    """Whom a record concerns, sorted; nobody when it names no one that we know of."""
    owners = {
        identity.customer_id,
        books.owner_of(identity.object_id),
        *map(books.owner_of, identity.touched),
    }
    return tuple(
        sorted(
            one for one in owners if one is not None and one != NOBODY and one in books.customers
        )
    )


def park_record(books: Books, parked: Parked, *, moment: Moment) -> None:
    """Keep the record; its customers are silent from now on, unless a newer version has been accepted already."""
    books.newly_parked.append(parked)
    if _obsolete(books, parked):
        books.ended[parked.parked_id] = Ending.SUPERSEDED
        return

    books.add_parked(parked)
    doubt = Doubt(parked.code, parked.parked_at, str(parked.parked_id))
    for customer_id in parked.customer_ids:
        customer = books.customers[customer_id]
        customer.first_seen_at = customer.first_seen_at or moment
        customer.doubts[doubt.record] = doubt
        books.changed_customers[customer_id] = customer
        tell_customer(books, customer)


def _obsolete(books: Books, parked: Parked) -> bool:
    if parked.outcome is Outcome.WAITING:
        return False
    credit = books.credits.get(parked.object_id) if parked.object_id is not None else None
    if credit is not None:
        line = credit.set_line if parked.line == ALLOCATIONS else credit.line
    elif parked.object_id in books.invoices:
        line = books.invoices[parked.object_id].line
    elif parked.object_id in books.adjustments:
        line = books.adjustments[parked.object_id].line
    elif parked.object_id in books.customers:
        line = books.customers[parked.object_id].line
    else:
        return False
    return line.top_version > 0 and parked.replaced_by(line.top_version)
