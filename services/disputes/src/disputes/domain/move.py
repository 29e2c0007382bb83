"""A move: one step of a dispute's life, by whom and why; and which step may follow which."""

from enum import StrEnum
from typing import Final, NamedTuple

from shared.base.clock import Moment
from shared.base.errors import Refusal


class State(StrEnum):
    """Where a dispute stands."""

    OPENED = "opened"
    ACKNOWLEDGED = "acknowledged"
    IN_REVIEW = "in-review"
    WAITING_FOR_CUSTOMER = "waiting-for-customer"
    WAITING_FOR_CARRIER = "waiting-for-carrier"
    RESOLVED = "resolved"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"


class Actor(StrEnum):
    """Who made a move."""

    CUSTOMER = "customer"
    STAFF = "staff"
    DUNWELL = "dunwell"


WAITING: Final = frozenset({State.WAITING_FOR_CUSTOMER, State.WAITING_FOR_CARRIER})
ENDED: Final = frozenset({State.RESOLVED, State.CLOSED, State.WITHDRAWN, State.MERGED})
"""Nothing is held any more, but for what was upheld and is not yet taken off."""

_AN_END: Final = frozenset({State.RESOLVED, State.WITHDRAWN, State.MERGED})
MOVES: Final[dict[State, frozenset[State]]] = {
    State.OPENED: frozenset({State.ACKNOWLEDGED}),
    State.ACKNOWLEDGED: _AN_END | WAITING | {State.IN_REVIEW},
    State.IN_REVIEW: _AN_END | WAITING,
    State.WAITING_FOR_CUSTOMER: _AN_END | {State.IN_REVIEW, State.WAITING_FOR_CARRIER},
    State.WAITING_FOR_CARRIER: _AN_END | {State.IN_REVIEW, State.WAITING_FOR_CUSTOMER},
    State.RESOLVED: frozenset({State.CLOSED}),
    State.CLOSED: frozenset(),
    State.WITHDRAWN: frozenset(),
    State.MERGED: frozenset(),
}
"""The life of a dispute, but for its reopening, which has rules of its own."""


class DisputeInOtherState(Refusal):
    """What is wanted of the dispute does not follow from the state it is in."""

    code, status = "dispute-in-other-state", 409


class Move(NamedTuple):
    """One step of a dispute's life. `answers`: the customer has our first word of substance with it."""

    state: State
    at: Moment
    by: Actor
    who: str
    """Subject of the staff member or contact; "" for the machine."""
    why: str
    """Among us."""
    words: str = ""
    """To the customer."""

    @property
    def answers(self) -> bool:
        """A person of ours has told the customer something, or asked something of them."""
        return self.by is Actor.STAFF and bool(self.words)
