"""What every record of a run does: the run opens with the first and is judged again after each."""

from datetime import timedelta
from uuid import UUID

from ledger.domain.books import Books
from ledger.domain.checks import DateOutOfRange
from ledger.domain.parked import Ending
from ledger.domain.run import Balances, Run, RunName
from shared.base.clock import Moment

AHEAD_MAX = timedelta(days=1)
"""A legal entity's day may have begun before UTC's."""


def find_run(balances: Balances, name: RunName, *, moment: Moment) -> Run:
    """The run as it is known, or as it opens now. Refuses a day to come: it would outrun all others until then."""
    if name.as_of > (moment + AHEAD_MAX).date():
        raise DateOutOfRange(f"{name.as_of} is still to come", pointer="/as_of")
    return balances.runs.get(name.run_key) or Run(name, moment, moment)


def hear_run(books: Books, run: Run, said: UUID, *, moment: Moment) -> None:
    """News of the run; what stands parked of the same word is obsolete."""
    run.heard_at = moment
    books.balances.keep(run)
    for parked_id in books.balances.aside.pop(said, ()):
        books.ended[parked_id] = Ending.SUPERSEDED
