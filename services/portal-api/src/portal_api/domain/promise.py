"""A promise to pay: who says until when so much of which invoices is paid, and whether it came."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from portal_api.domain.owed import Item, Known
from portal_api.domain.shares import Want
from shared.base.clock import Moment


class State(StrEnum):
    """What has become of a promise."""

    OPEN = "open"
    KEPT = "kept"
    PARTLY_KEPT = "partly-kept"
    BROKEN = "broken"
    WITHDRAWN = "withdrawn"


MOVES: Final[Mapping[State, frozenset[State]]] = {
    State.OPEN: frozenset({State.KEPT, State.PARTLY_KEPT, State.BROKEN, State.WITHDRAWN}),
    State.KEPT: frozenset(),
    State.PARTLY_KEPT: frozenset(),
    State.BROKEN: frozenset(),
    State.WITHDRAWN: frozenset(),
}
"""A promise ends once. Withdrawn: by the customer, or since nothing of it is owed any more, or all of it is disputed,
though nothing was paid.
"""


@dataclass(slots=True)
class Promise:
    """The present state; changed only by its own moves. All items are of one legal entity, in one currency."""

    promise_id: UUID
    customer_id: UUID
    legal_entity: str
    currency: str
    items: list[Item]
    pay_on: date
    grace_days: int
    made_at: Moment
    state: State = State.OPEN
    version: int = 1
    ended_at: Moment | None = None
    withdrawn_by: str | None = None
    """The contact who took it back."""

    @property
    def answer_id(self) -> UUID:
        return self.promise_id

    @property
    def until(self) -> date:
        """The last value date that keeps it, a day of the legal entity."""
        return self.pay_on + timedelta(days=self.grace_days)

    def held_minor(self, item: Item) -> int:
        """What of the item is not asked for now: what was paid in time needs no silence any more."""
        return item.unpaid_minor if self.state is State.OPEN else 0

    def wants(self) -> Iterable[Want]:
        """What it wants of the money that comes."""
        for item in self.items:
            yield Want(self.promise_id, item, self.pay_on, self.until, item.minor)

    def verdict(self, known: Known, *, is_over: bool) -> State:
        """What it is by what was paid; OPEN while that is not decided. What is disputed need not come."""
        for item in self.items:
            known.count(item, until=self.until)
        came = sum(item.paid_minor for item in self.items)
        if came >= sum(item.due_minor for item in self.items):
            return State.KEPT if came else State.WITHDRAWN
        if not is_over:
            return State.OPEN
        return State.PARTLY_KEPT if came else State.BROKEN

    def end(self, state: State, *, moment: Moment) -> None:
        """Nothing of it is held from now on."""
        assert state in MOVES[self.state], f"{self.state} is not followed by {state}"
        self.state, self.ended_at = state, moment
        self.version += 1
