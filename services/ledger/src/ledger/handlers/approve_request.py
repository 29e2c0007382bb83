"""A second person wants what the first one asked for: now it is entered and told to the ERP."""

from ledger.domain.books import Books
from ledger.domain.difference import SecondPersonWanted
from ledger.domain.request import Request
from ledger.handlers.make_request import make_request
from shared.base.clock import Moment


def approve_request(books: Books, request: Request, *, by: str, moment: Moment) -> None:
    """Refuses the word of whoever asked, and what is approved or closed already."""
    if request.asked_by == by:
        raise SecondPersonWanted(f"{by} has asked for it; somebody else has to approve")
    request.approved_by = by
    make_request(books, request, moment=moment)
