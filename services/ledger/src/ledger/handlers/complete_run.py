"""The ERP ends a run: whoever it did not state has nothing open, once everything is there."""

from ledger.domain.books import Books
from ledger.domain.outcome import Outcome
from ledger.domain.run import RunCompleted
from ledger.handlers.hear_run import find_run, hear_run
from shared.base.clock import Moment


def complete_run(books: Books, completed: RunCompleted, *, moment: Moment) -> Outcome:
    """Keep how many customers the run has stated, and what they have open together."""
    run = find_run(books.balances, completed.run, moment=moment)
    if run.completion is not None:
        same = run.completion.content == completed.content
        return Outcome.DUPLICATE if same else Outcome.CONFLICT
    if books.balances.outrun(run):
        return Outcome.SUPERSEDED

    run.completion = completed
    hear_run(books, run, completed.said_id, moment=moment)
    return Outcome.ACCEPTED
