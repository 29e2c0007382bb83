"""What we ask for is not wanted, by the ERP or our own books: nothing of it stands, and a person has to see to it."""

from ledger.domain.books import Books
from ledger.domain.customer import Doubt
from ledger.domain.facts import RequestRefused
from ledger.domain.outcome import Outcome
from ledger.domain.request import REFUSED, Request, RequestUnknown, State
from ledger.handlers.settle_changes import settle_changes
from ledger.handlers.tell_changes import tell_customer
from ledger.handlers.undo_request import undo_request
from shared.base.clock import Moment


def refuse_request(books: Books, told: RequestRefused, *, moment: Moment) -> Outcome:
    """Undo our entry; the customer is silent until a person closes the request.

    A no has no version: it counts once, whatever its words, and never against what the ERP has posted all the same.
    """
    request = books.requests.named(told.source, told.request_id)
    if request is None:
        raise RequestUnknown(
            f"{told.source} was never asked for {told.request_id!r}", pointer="/request_id"
        )
    if request.refused_why is not None:
        return Outcome.DUPLICATE
    if request.state is not State.OPEN:
        return Outcome.SUPERSEDED

    undo_request(books, request)
    _refuse(books, request, told.reason, moment)

    settle_changes(books, moment=moment)
    return Outcome.ACCEPTED


def decline_request(books: Books, request: Request, why: str, *, moment: Moment) -> None:
    """It fits nothing in our books: it is not entered, the ERP is not told, and the customer is as silent."""
    request.open()
    _refuse(books, request, why, moment)


def _refuse(books: Books, request: Request, why: str, moment: Moment) -> None:
    """Silence, shown and owned."""
    request.refuse(why, moment)
    books.requests.keep(request)
    customer = books.customers[request.asked.customer_id]
    assert request.answered_at is not None
    doubt = Doubt(REFUSED, request.answered_at, str(request.request_id))
    customer.doubts[doubt.record] = doubt
    books.changed_customers[customer.customer_id] = customer
    tell_customer(books, customer)
