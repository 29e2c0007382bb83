"""Handing a message over: what is carried, what the other side can answer, and what then becomes of the message."""

from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from notifier.domain.contact import ROUTES_MAX, Route
from notifier.domain.message import Message, Status
from shared.base.clock import Moment

ATTEMPTS_PER_ROUTE_MAX = 5
BACKOFF_FIRST = timedelta(minutes=1)
BACKOFF_FACTOR = 4
"""Tries at 0, 1, 5, 21 and 85 minutes: a greylisting or a restart passes, a contact day is not lost."""

REFERENCE_CHARACTERS = 8


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message ready to be carried: `content` is the mail's bytes or the text message's words."""

    message_id: UUID
    route: Route
    content: bytes
    sender: str


@dataclass(frozen=True, slots=True)
class Brought:
    """The other side has taken it."""

    provider_id: str = ""


@dataclass(frozen=True, slots=True)
class RefusedForGood:
    """This road leads nowhere."""

    detail: str


@dataclass(frozen=True, slots=True)
class NotNow:
    """Certainly not taken; worth another try."""

    detail: str


@dataclass(frozen=True, slots=True)
class InDoubt:
    """Nobody can say whether it was taken."""

    detail: str


Answer = Brought | RefusedForGood | NotNow | InDoubt


def reference_of(message_id: UUID) -> str:
    """The few characters by which a text message can be found again at the provider, and asked about by phone."""
    return message_id.hex[:REFERENCE_CHARACTERS].upper()


def after(message: Message, answer: Answer, *, at: Moment, routes_left: int) -> Message:
    """The message after the other side's answer; `routes_left` are the roads not yet tried."""
    match answer:
        case Brought():
            return message.move(Status.SENT, reason="", rule="", ended_at=at)
        case InDoubt():
            return message.move(
                Status.UNKNOWN,
                reason="handed-over-in-doubt",
                rule="handover.never-twice",
                ended_at=at,
            )
        case NotNow() if message.attempts < ATTEMPTS_PER_ROUTE_MAX:
            wait = BACKOFF_FIRST * BACKOFF_FACTOR ** (message.attempts - 1)
            return message.move(
                Status.WAITING,
                due_at=at + wait,
                reason="temporary-failure",
                rule="handover.backoff",
            )
        case _:
            reason = "attempts-exhausted" if isinstance(answer, NotNow) else "refused-for-good"
            return _road_closed(message, reason, at=at, routes_left=routes_left)


def _road_closed(message: Message, reason: str, *, at: Moment, routes_left: int) -> Message:
    assert message.route is not None
    closed = (*message.failed_roads, (message.route.channel, message.route.address))
    if routes_left and len(closed) < ROUTES_MAX:
        waiting = message.move(Status.WAITING, due_at=at, reason=reason, rule="handover.next-road")
        return replace(waiting, failed_roads=closed, attempts=0, route=None)
    failed = message.move(Status.FAILED, reason=reason, rule="handover.no-road-left", ended_at=at)
    return replace(failed, failed_roads=closed)
