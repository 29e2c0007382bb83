"""A person is done with a request: withdraws it, or has seen to what the ERP refused."""

from ledger.domain.books import Books
from ledger.domain.request import Request, State
from ledger.handlers.answer_request import end_refusal
from ledger.handlers.settle_changes import settle_changes
from ledger.handlers.undo_request import undo_request
from shared.base.clock import Moment


def close_request(books: Books, request: Request, *, by: str, why: str, moment: Moment) -> None:
    """What we entered for it is undone, and its customer silent no longer because of it."""
    was = request.state
    request.close(by, why, moment)
    books.requests.keep(request)

    books.begin()
    if was is State.OPEN:
        undo_request(books, request)
        settle_changes(books, moment=moment)
    elif was is State.REFUSED:
        end_refusal(books, request)
