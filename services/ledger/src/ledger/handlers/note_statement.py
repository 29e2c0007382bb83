"""The ERP states what is open: part of a run, kept until the run is judged."""

from ledger.domain.books import Books
from ledger.domain.outcome import Outcome
from ledger.domain.run import ItemsStated
from ledger.handlers.hear_run import find_run, hear_run
from shared.base.clock import Moment


def note_statement(books: Books, stated: ItemsStated, *, moment: Moment) -> Outcome:
    """Keep one part of what the ERP says of a customer; the run is judged some time after its last record."""
    balances = books.balances
    run = find_run(balances, stated.run, moment=moment)
    known = balances.contents.get(stated.said_id)
    if known is not None:
        return Outcome.DUPLICATE if known == stated.content else Outcome.CONFLICT
    if balances.outrun(run):
        return Outcome.SUPERSEDED

    balances.contents[stated.said_id] = stated.content
    balances.stated.append(stated)
    hear_run(books, run, stated.said_id, moment=moment)
    return Outcome.ACCEPTED
