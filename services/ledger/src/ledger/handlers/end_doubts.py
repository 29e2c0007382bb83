"""End the doubts that a parked record caused: it was retried, discarded, or a newer version was accepted."""

from uuid import UUID

from ledger.domain.books import Books
from ledger.domain.outcome import Outcome, Waits
from ledger.domain.parked import Ending, Parked
from ledger.handlers.read_identity import ALLOCATIONS
from ledger.handlers.tell_changes import tell_customer


def end_doubts(books: Books, object_id: UUID | None, line: str, version: int | None) -> None:
    """An accepted record replaces what stands aside on its line."""
    if version is None:
        return
    for parked in list(books.aside.get((object_id, line), {}).values()):
        if parked.replaced_by(version):
            end_doubt(books, parked, Ending.SUPERSEDED)


def end_doubt(books: Books, parked: Parked, ending: Ending) -> None:
    """The record stands aside no longer; its customers hear of it."""
    books.drop_parked(parked)
    books.ended[parked.parked_id] = ending

    for customer_id in parked.customer_ids:
        customer = books.customers[customer_id]
        if customer.doubts.pop(str(parked.parked_id), None) is not None:
            books.changed_customers[customer_id] = customer
            tell_customer(books, customer)


def end_parked(books: Books, parked_id: UUID, ending: Ending) -> None:
    """Somebody retried or discarded the record; it may silence nobody."""
    if parked_id in books.parked:
        end_doubt(books, books.parked[parked_id], ending)
    books.ended[parked_id] = ending


def end_waiting(books: Books) -> None:
    """What over-age records waited for has come after all."""
    for parked in [one for one in books.parked.values() if one.outcome is Outcome.WAITING]:
        waits = (Waits.SET_GRANT,) if parked.line == ALLOCATIONS else (Waits.GRANT, Waits.PARENT)
        for wait in waits:
            _, upto = books.released.get((parked.object_id, wait), (0, 0))  # type: ignore[arg-type]
            if parked.version is not None and parked.version <= upto:
                end_doubt(books, parked, Ending.ARRIVED)
                break
