"""Standing: what the scheduler itself remembers of a customer between two looks."""

from dataclasses import dataclass
from datetime import date

from shared.base.clock import Moment


@dataclass(frozen=True, slots=True)
class ContactDay:
    """A day of the customer on which something of ours left; `overdue` when it listed something overdue."""

    day: date
    overdue: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything here was decided by us; facts of others live elsewhere.

    `segment` is what the present facts say; `entered` the one in whose words we last could have
    spoken, which is easier to stay in. `contact_at` is the moment from which we may speak of what is
    due: always the opening of a contact day, so that the facts of a day are all heard before anybody
    speaks. `silences` are the keys of the silences that stand and are already recorded.
    """

    segment: str | None = None
    entered: str | None = None
    segment_why: str = ""
    contact_at: Moment | None = None
    silences: frozenset[str] = frozenset()
