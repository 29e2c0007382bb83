"""A payment by the provider's hosted page: what was asked, where it stands, and why it was declined."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple
from uuid import UUID

from portal_api.domain.back import RANKS, Back, BackCurrencyDiffers, Gone, MoreBackThanPaid
from portal_api.domain.decline import Decline
from shared.base.clock import Moment
from shared.base.errors import Refusal
from shared.base.money import decimal_text

PROVIDER: Final = "stripe"


class State(StrEnum):
    """Where a payment stands."""

    ASKED = "asked"
    """Written down; the provider may not know of it yet."""
    OPEN = "open"
    """The page waits for the payer."""
    PROCESSING = "processing"
    """The payer is done; their bank is not."""
    SUCCEEDED = "succeeded"
    DECLINED = "declined"
    """The last attempt failed; the page may still be open for another."""
    EXPIRED = "expired"
    """The page closed without money."""


MOVES: Final[Mapping[State, frozenset[State]]] = {
    State.ASKED: frozenset(State) - {State.ASKED},
    State.OPEN: frozenset({State.PROCESSING, State.SUCCEEDED, State.DECLINED, State.EXPIRED}),
    State.PROCESSING: frozenset({State.SUCCEEDED, State.DECLINED}),
    State.DECLINED: frozenset({State.DECLINED, State.PROCESSING, State.SUCCEEDED, State.EXPIRED}),
    State.EXPIRED: frozenset({State.SUCCEEDED}),
    State.SUCCEEDED: frozenset(),
}
"""Money that came is never refused for the state that we are in; anything else that does not follow is old news."""


class AmountDiffers(Refusal):
    """The provider's amount or currency is not what was asked: nothing is booked, and somebody has to look."""

    code, status = "payment-amount-differs", 422


class LeftOut(NamedTuple):
    """What is left out of an invoice on purpose; `reason` is one that a dispute may have."""

    minor: int
    reason: str
    words: str


class Item(NamedTuple):
    """So much of an invoice, in minor units."""

    invoice_id: UUID
    invoice_number: str
    minor: int
    left_out: LeftOut | None = None


class Seen(NamedTuple):
    """The payment as the provider has it now."""

    session_id: str
    payment_id: str
    """Ours, as it was given to the provider; "" for what is not ours."""
    state: State
    minor: int
    currency: str
    reference: str | None = None
    """The provider's id of the money."""
    decline: Decline | None = None


@dataclass(slots=True)
class Payment:
    """The present state; changed only by its own moves. All items are of one legal entity, in one currency."""

    payment_id: UUID
    customer_id: UUID
    legal_entity: str
    currency: str
    items: Sequence[Item]
    return_url: str
    asked_at: Moment
    state: State = State.ASKED
    version: int = 1
    session_id: str | None = None
    url: str | None = None
    reference: str | None = None
    value_date: date | None = None
    decline: Decline | None = None
    moved_at: Moment | None = None
    charge_id: UUID | None = None
    """Of autopay, whose attempt it is; None for what a payer pays at a page."""
    back: Back | None = None
    """None until something goes back."""
    back_looks: int = 0
    """How often the provider was asked what has gone back."""

    @property
    def minor(self) -> int:
        """All of it."""
        return sum(item.minor for item in self.items)

    def open(self, session_id: str, url: str, *, moment: Moment) -> None:
        """The page is there. It stays what it became since, when somebody was faster."""
        self.session_id, self.url = session_id, url
        if self.state is State.ASKED:
            self._move(State.OPEN, moment)

    def learn(self, seen: Seen, *, today: date, moment: Moment) -> bool:
        """Take over what the provider has; False when it is no news. `today` is the legal entity's.

        Raises `AmountDiffers`.
        """
        if (seen.minor, seen.currency) != (self.minor, self.currency):
            held = f"{decimal_text(seen.minor, seen.currency)} {seen.currency}"
            wanted = f"{decimal_text(self.minor, self.currency)} {self.currency}"
            raise AmountDiffers(f"the provider has {held}, asked was {wanted}")
        if seen.state not in MOVES[self.state] or (
            seen.state is self.state and seen.decline == self.decline
        ):
            return False

        self.session_id = self.session_id or seen.session_id
        self.reference = seen.reference or self.reference
        self.decline = seen.decline if seen.state is State.DECLINED else self.decline
        if seen.state is State.SUCCEEDED:
            self.value_date, self.decline = today, None
        self._move(seen.state, moment)
        return True

    def learn_back(self, gone: Sequence[Gone], *, today: date, moment: Moment) -> bool:
        """Take over what is away now; False when it is no news. What came again is still told by why it was away.

        Raises `MoreBackThanPaid` and `BackCurrencyDiffers`.
        """
        for one in gone:
            if one.currency != self.currency:
                raise BackCurrencyDiffers(f"{one.currency} went back, {self.currency} was paid")
        minor = sum(one.minor for one in gone)
        if minor > self.minor:
            held = f"{decimal_text(minor, self.currency)} went back"
            raise MoreBackThanPaid(f"{held}, {decimal_text(self.minor, self.currency)} was paid")
        if minor == self.away_minor or self.state is not State.SUCCEEDED:
            return False

        first = min(gone, key=lambda one: RANKS[one.why], default=self.back)
        assert first is not None, "what is here again was away"
        why_minor = sum(one.minor for one in gone if one.why is first.why)
        self.back = Back(minor, first.why, first.code, today, why_minor)
        self.version, self.moved_at = self.version + 1, moment
        return True

    @property
    def away_minor(self) -> int:
        """What has gone back and is not here again."""
        return 0 if self.back is None else self.back.minor

    def expire(self, *, moment: Moment) -> None:
        """It was never made."""
        if State.EXPIRED in MOVES[self.state]:
            self._move(State.EXPIRED, moment)

    def _move(self, to: State, moment: Moment) -> None:
        assert to in MOVES[self.state], f"{self.state} is not followed by {to}"
        self.state, self.moved_at = to, moment
        self.version += 1
