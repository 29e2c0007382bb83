"""A mandate: a customer lets us charge a means of payment that the provider keeps; what we know of it is here."""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, NamedTuple
from uuid import UUID

from shared.base.clock import Moment
from shared.base.errors import Refusal


class State(StrEnum):
    """Where a mandate stands."""

    ASKED = "asked"
    """The provider's page waits; nothing can be charged."""
    ACTIVE = "active"
    WITHDRAWN = "withdrawn"
    """The customer took it back."""
    REVOKED = "revoked"
    """The bank or the provider did."""
    REPLACED = "replaced"
    """The customer saved another means."""


MOVES: Final[Mapping[State, frozenset[State]]] = {
    State.ASKED: frozenset({State.ACTIVE, State.WITHDRAWN, State.REPLACED}),
    State.ACTIVE: frozenset({State.WITHDRAWN, State.REVOKED, State.REPLACED}),
    State.WITHDRAWN: frozenset(),
    State.REVOKED: frozenset(),
    State.REPLACED: frozenset(),
}


class MandateUnknown(Refusal):
    """You have saved no means of payment."""

    code, status = "mandate-unknown", 404


class TextChanged(Refusal):
    """What was agreed to is not the text of now: read it again."""

    code, status = "mandate-text-changed", 409


class Means(NamedTuple):
    """What is known of a card or account: never more. `expires` is `YYYY-MM`, "" where it does not."""

    kind: str
    brand: str
    last4: str
    expires: str = ""

    @property
    def ends_on(self) -> date | None:
        """The last day on which it can be charged; None where it has none."""
        if not self.expires:
            return None
        year, month = map(int, self.expires.split("-"))
        return date(year, month, monthrange(year, month)[1])


class Agreed(NamedTuple):
    """Which text was agreed to, by which contact, from which network address."""

    text_version: int
    language: str
    text_hash: str
    by: str
    at: Moment
    network: str


class Saved(NamedTuple):
    """What the provider has saved at a page; `method_id` is its name for the means, "" while there is none."""

    session_id: str
    mandate_id: str
    method_id: str
    means: Means | None


@dataclass(slots=True)
class Mandate:
    """The present state; changed only by its own moves. `legal_entity`: in whose name we write about it."""

    mandate_id: UUID
    customer_id: UUID
    legal_entity: str
    agreed: Agreed
    return_url: str
    asked_at: Moment
    state: State = State.ASKED
    version: int = 1
    provider_customer: str | None = None
    session_id: str | None = None
    url: str | None = None
    method_id: str | None = None
    means: Means | None = None
    saved_at: Moment | None = None
    ended_at: Moment | None = None
    ended_why: str | None = None
    released_at: Moment | None = None
    """When the provider let go of the means, too."""
    warned_of: str = ""
    """The end of which the customer was told, as the means has it; "" while they were not."""

    @property
    def is_active(self) -> bool:
        return self.state is State.ACTIVE

    def open(self, provider_customer: str, session_id: str, url: str) -> None:
        """The page is there."""
        self.provider_customer, self.session_id, self.url = provider_customer, session_id, url

    def save(self, saved: Saved, *, moment: Moment) -> bool:
        """The provider has a means; False when that is no news, or too late to count."""
        if saved.means is None or State.ACTIVE not in MOVES[self.state]:
            return False
        self.session_id = self.session_id or saved.session_id
        self.method_id, self.means, self.saved_at, self.url = (
            saved.method_id,
            saved.means,
            moment,
            None,
        )
        self._move(State.ACTIVE)
        return True

    def renew(self, means: Means) -> bool:
        """Its issuer has put another number or end on it; False when that is no news."""
        if not self.is_active or means == self.means:
            return False
        self.means = means
        self.version += 1
        return True

    def warn(self, *, today: date, days: int) -> bool:
        """Whether the customer is to be told now that it ends within so many days: once for each end."""
        ends_on = self.means.ends_on if self.means else None
        if not self.is_active or self.means is None or ends_on is None:
            return False
        if self.warned_of == self.means.expires or ends_on > today + timedelta(days=days):
            return False
        self.warned_of = self.means.expires
        self.version += 1
        return True

    def end(self, to: State, why: str, *, moment: Moment) -> bool:
        """It counts no more from now on; False when it ended before."""
        if to not in MOVES[self.state]:
            return False
        self.ended_at, self.ended_why, self.url = moment, why, None
        self._move(to)
        return True

    def _move(self, to: State) -> None:
        assert to in MOVES[self.state], f"{self.state} is not followed by {to}"
        self.state = to
        self.version += 1
