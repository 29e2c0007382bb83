"""A message, and its life: one table of allowed moves that ends in exactly one outcome."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from notifier.domain.brief import Brief, ListedItem
from notifier.domain.contact import Address, Channel, Route
from shared.base.clock import Moment


class Purpose(StrEnum):
    COURTESY = "courtesy"
    REMINDER = "reminder"
    ESCALATION = "escalation"
    ANSWER = "answer"
    DISPUTE = "dispute"
    WARNING = "warning"
    SIGN_IN = "sign-in"
    PAYMENT = "payment"
    PROMISE = "promise"
    PLAN = "plan"


OF_DISPUTES = frozenset({Purpose.DISPUTE, Purpose.WARNING})


class Status(StrEnum):
    WAITING = "waiting"
    HANDING_OVER = "handing-over"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    SUPPRESSED = "suppressed"


MOVES: Mapping[Status, frozenset[Status]] = {
    Status.WAITING: frozenset({Status.HANDING_OVER, Status.SUPPRESSED, Status.UNKNOWN}),
    Status.HANDING_OVER: frozenset({Status.SENT, Status.FAILED, Status.UNKNOWN, Status.WAITING}),
    Status.SENT: frozenset(),
    Status.FAILED: frozenset(),
    Status.UNKNOWN: frozenset(),
    Status.SUPPRESSED: frozenset(),
}
OUTCOMES = frozenset(status for status, onward in MOVES.items() if not onward)


class WrongMove(AssertionError):
    """Somebody tried to move a message where it cannot go: a bug, not an answer."""


@dataclass(frozen=True, slots=True)
class Told:
    """The words that are, or were, handed over, and what they were about."""

    step: int | None
    items: tuple[ListedItem, ...]
    subject: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """`due_at` is when it may next be looked at; `attempts` counts hand-overs on the present road.

    `contact_day` is the customer's day for which it is planned, then the day of its (last) hand-over.
    `withheld_at`: the allow-list keeps it back.
    """

    message_id: UUID
    customer_id: UUID
    purpose: Purpose
    legal_entity: str
    due_at: Moment
    planned_at: Moment
    contact_day: date
    brief: Brief | None
    status: Status = Status.WAITING
    version: int = 1
    reminder_id: UUID | None = None
    escalation_id: UUID | None = None
    subject_id: UUID | None = None
    """Of what it tells the news: a dispute, a promise or a plan."""
    attempts: int = 0
    failed_roads: tuple[Address, ...] = ()
    route: Route | None = None
    told: Told | None = None
    reason: str = ""
    rule: str = ""
    withheld_at: Moment | None = None
    ended_at: Moment | None = None

    @property
    def is_over(self) -> bool:
        return self.status in OUTCOMES

    @property
    def channel(self) -> Channel | None:
        return self.route.channel if self.route else None

    def move(self, to: Status, **changes: Any) -> "Message":
        """The message after an allowed move; raises `WrongMove` for any other."""
        if to not in MOVES[self.status]:
            raise WrongMove(f"message {self.message_id} cannot go from {self.status} to {to}")
        return replace(self, status=to, version=self.version + 1, **changes)

    def suppress(self, reason: str, rule: str, *, at: Moment) -> "Message":
        """Not sent, for a reason that a person can read."""
        return self.move(
            Status.SUPPRESSED, reason=reason, rule=rule, ended_at=at, route=None, told=None
        )

    def doubt(self, reason: str, rule: str, *, at: Moment) -> "Message":
        """Perhaps it has left, and nobody can be asked: never sent again."""
        return self.move(Status.UNKNOWN, reason=reason, rule=rule, ended_at=at)

    def defer(self, until: Moment, reason: str, rule: str) -> "Message":
        """Still waiting; looked at again at `until`."""
        assert self.status is Status.WAITING
        return replace(self, due_at=until, reason=reason, rule=rule)
