"""As of which day, and as it was known when: what every question about amounts may say."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import NamedTuple

from ledger.interfaces.http.today import days_of, latest
from shared.base.clock import Moment
from shared.base.errors import Refusal
from shared.contracts.company import Company
from shared.web.accepted import Instant
from shared.web.commands import Question


class KnownAtInFuture(Refusal):
    """Nobody knows yet what will be known then: the same question would be answered otherwise later."""

    code = "known-at-in-future"


class Bounds(NamedTuple):
    """Effective until `as_of`, as it was known at `known_at`."""

    as_of: date
    known_at: datetime


async def past(
    question: Question, as_of: date | None = None, known_at: Instant | None = None
) -> Bounds | None:
    """Dependency: the bounds asked for; None when nothing is said, which means the present."""
    if as_of is None and known_at is None:
        return None
    return Bounds(as_of or date.max, _reached(known_at, question.moment))


def bounds_of(company: Company) -> Callable[..., Awaitable[Bounds]]:
    """Dependency: the bounds asked for; silence means today, anywhere in the company, as it is known now."""

    async def bounds(
        question: Question, as_of: date | None = None, known_at: Instant | None = None
    ) -> Bounds:
        today = latest(days_of(company, question.moment).values())
        return Bounds(as_of or today, _reached(known_at, question.moment))

    return bounds


def _reached(known_at: datetime | None, moment: Moment) -> datetime:
    if known_at is not None and known_at > moment:
        raise KnownAtInFuture(f"it is {moment.isoformat()}, known_at says {known_at.isoformat()}")
    return known_at or moment
