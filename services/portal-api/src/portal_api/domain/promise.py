"""A promise to pay: who says until when so much of which invoices is paid, and whether it came."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, NamedTuple
from uuid import UUID

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
"""A promise ends once. It is withdrawn when nothing that was promised is owed any more, though nothing was paid."""


class Paid(NamedTuple):
    """What one payment pays of an invoice now, in minor units of its currency."""

    payment_id: UUID
    value_date: date
    minor: int


@dataclass(slots=True)
class Item:
    """So much of an invoice is promised. `before` is what each payment had paid of it already when it was."""

    invoice_id: UUID
    invoice_number: str
    minor: int
    before: dict[UUID, int] = field(default_factory=dict)
    paid_minor: int = 0
    """Of what was promised, as it was last counted: in time, by value date."""

    def __post_init__(self) -> None:
        assert self.minor > 0, "something is promised"
        assert 0 <= self.paid_minor <= self.minor, "no more is counted than was promised"

    def count(self, paid: Iterable[Paid], *, open_minor: int, until: date) -> int:
        """Count what was paid since, in time; returns what of the promise was still owed when time was up. Less than
        was promised is, where something else than money took it off: a credit note, or the ERP took the invoice back.
        """
        in_time = late = 0
        for one in paid:
            new = max(one.minor - self.before.get(one.payment_id, 0), 0)
            if one.value_date <= until:
                in_time += new
            else:
                late += new

        self.paid_minor = min(in_time, self.minor)
        return min(self.minor, in_time + late + open_minor)


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

    @property
    def until(self) -> date:
        """The last value date that keeps it, a day of the legal entity."""
        return self.pay_on + timedelta(days=self.grace_days)

    def held_minor(self, item: Item) -> int:
        """What of the item is not asked for now."""
        return item.minor if self.state is State.OPEN else 0

    def verdict(
        self, paid: Mapping[UUID, Iterable[Paid]], open_minor: Mapping[UUID, int], *, is_over: bool
    ) -> State:
        """What it is by what was paid; OPEN while that is not decided. Invoices that are not named are open with 0."""
        owed = sum(
            item.count(
                paid.get(item.invoice_id, ()),
                open_minor=open_minor.get(item.invoice_id, 0),
                until=self.until,
            )
            for item in self.items
        )
        came = sum(item.paid_minor for item in self.items)

        if came >= owed:
            return State.KEPT if came else State.WITHDRAWN
        if not is_over:
            return State.OPEN
        return State.PARTLY_KEPT if came else State.BROKEN

    def end(self, state: State, *, moment: Moment) -> None:
        """Nothing of it is held from now on."""
        assert state in MOVES[self.state], f"{self.state} is not followed by {state}"
        self.state, self.ended_at = state, moment
        self.version += 1
