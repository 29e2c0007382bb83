"""A charge by autopay: announced with amount and day, made then or later, of that amount or less, or not at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple
from uuid import UUID

from portal_api.domain.mandate import Means
from shared.base.clock import Moment
from shared.base.errors import Refusal
from shared.base.ids import derived_id


class State(StrEnum):
    """Where a charge stands."""

    ANNOUNCED = "announced"
    """It waits for its day; after a decline for another."""
    CHARGING = "charging"
    """Claimed: the provider is being asked, or the bank takes its time."""
    PAID = "paid"
    FAILED = "failed"
    """Declined for good: the payer has to do something."""
    DROPPED = "dropped"


class Why(StrEnum):
    """Why a charge is not made."""

    STOPPED = "stopped"
    AUTOPAY_OFF = "autopay-off"
    MANDATE_ENDED = "mandate-ended"
    NOTHING_DUE = "nothing-due"
    NOT_ANNOUNCED = "not-announced"
    TOO_OFTEN = "too-often"


MOVES: Final[Mapping[State, frozenset[State]]] = {
    State.ANNOUNCED: frozenset({State.CHARGING, State.DROPPED, State.PAID}),
    State.CHARGING: frozenset({State.ANNOUNCED, State.PAID, State.FAILED, State.DROPPED}),
    State.FAILED: frozenset({State.PAID}),
    State.DROPPED: frozenset({State.PAID}),
    State.PAID: frozenset(),
}
"""Money that came is never refused for the state that we are in."""

ANNOUNCED_ANEW: Final = frozenset(
    {Why.NOTHING_DUE, Why.NOT_ANNOUNCED, Why.AUTOPAY_OFF, Why.MANDATE_ENDED}
)
"""What was dropped for these may be announced again; what the customer stopped never is."""


class ChargeUnknown(Refusal):
    """Nothing of that id was announced to you."""

    code, status = "charge-unknown", 404


class ChargeUnderWay(Refusal):
    """It is being made, or it is over."""

    code, status = "charge-under-way", 409


class Item(NamedTuple):
    """So much of an invoice, at most; of these instalments, by number."""

    invoice_id: UUID
    invoice_number: str
    minor: int
    numbers: tuple[int, ...]


@dataclass(slots=True)
class Charge:
    """The present state; changed only by its own moves. `payment_id` is that of the last attempt."""

    charge_id: UUID
    customer_id: UUID
    legal_entity: str
    currency: str
    items: Sequence[Item]
    charge_on: date
    announcement_id: UUID
    announced_at: Moment
    means: Means
    """As it was announced, then of the last attempt."""
    state: State = State.ANNOUNCED
    version: int = 1
    attempts: int = 0
    payment_id: UUID | None = None
    mandate_id: UUID | None = None
    """By which the last attempt was made."""
    claimed_until: Moment | None = None
    """Machine time: so long nobody else asks the provider."""
    why: str | None = None
    ended_at: Moment | None = None
    held_until: date | None = None
    """The last day on which nobody asks for it otherwise; None: they do."""

    def __post_init__(self) -> None:
        assert self.items, "something is charged"
        assert all(one.minor > 0 for one in self.items), "of each item something is"

    @property
    def minor(self) -> int:
        """All of what was announced."""
        return sum(one.minor for one in self.items)

    @property
    def attempt_id(self) -> UUID:
        """Of the next attempt: the payment's, and so the provider's key."""
        return derived_id("charge", self.charge_id, self.attempts + 1)

    def hold(self, until: date) -> bool:
        """The announcement has left; False when it is held already, or over."""
        if self.ended_at is not None or self.held_until is not None:
            return False
        self.held_until = until
        self.version += 1
        return True

    def claim(self, mandate_id: UUID, means: Means, *, until: Moment) -> None:
        """The next attempt begins. `until` is of the machine's clock."""
        self.payment_id, self.mandate_id, self.means = self.attempt_id, mandate_id, means
        self.attempts += 1
        self.claimed_until = until
        self._move(State.CHARGING)

    def let_go(self) -> None:
        """The attempt was not made after all."""
        self.claimed_until = None
        self._move(State.ANNOUNCED)

    def postpone(self, to: date, *, held_until: date) -> None:
        """Declined; it is tried again on that day."""
        self.charge_on, self.held_until, self.claimed_until = to, held_until, None
        self._move(State.ANNOUNCED)

    def end(
        self, to: State, why: str | None, *, moment: Moment, held_until: date | None = None
    ) -> bool:
        """Paid, failed or dropped; False when it was before."""
        if to not in MOVES[self.state]:
            return False
        self.why, self.ended_at, self.claimed_until = why, moment, None
        self.held_until = held_until
        self._move(to)
        return True

    def _move(self, to: State) -> None:
        assert to in MOVES[self.state], f"{self.state} is not followed by {to}"
        self.state = to
        self.version += 1
