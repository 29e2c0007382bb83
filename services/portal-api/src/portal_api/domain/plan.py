"""A payment plan: what is owed, paid in parts on days that both sides agreed on in the same words."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from portal_api.domain.owed import Item, Known
from portal_api.domain.shares import Want
from shared.base.clock import Moment
from shared.base.days import DAY


class PlanState(StrEnum):
    """What has become of a plan."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    """By the customer; our own word is wanted still."""
    ACTIVE = "active"
    COMPLETED = "completed"
    BROKEN = "broken"
    DECLINED = "declined"
    """By us, after the customer accepted."""
    REFUSED = "refused"
    """By the customer, before both sides had agreed."""
    LAPSED = "lapsed"


_S = PlanState
MOVES: Final[Mapping[PlanState, frozenset[PlanState]]] = {
    _S.PROPOSED: frozenset({_S.ACCEPTED, _S.ACTIVE, _S.REFUSED, _S.LAPSED}),
    _S.ACCEPTED: frozenset({_S.ACTIVE, _S.DECLINED, _S.REFUSED, _S.LAPSED}),
    _S.ACTIVE: frozenset({_S.COMPLETED, _S.BROKEN}),
    _S.COMPLETED: frozenset(),
    _S.BROKEN: frozenset(),
    _S.DECLINED: frozenset(),
    _S.REFUSED: frozenset(),
    _S.LAPSED: frozenset(),
}
"""A plan ends once."""
HOLDING: Final = frozenset({_S.ACCEPTED, _S.ACTIVE})
"""While the customer's word stands, nothing of it is asked for."""
OPEN: Final = frozenset({_S.PROPOSED}) | HOLDING


class Reminded(StrEnum):
    """What was said of a part that is not paid yet."""

    NOT = "not"
    COMING = "coming"
    LATE = "late"


class Side(StrEnum):
    """Who accepts."""

    CUSTOMER = "customer"
    US = "us"


@dataclass(frozen=True, slots=True)
class Terms:
    """What both sides accept: `text`, in all its words. `text_hash` is the SHA-256 of its UTF-8, in hex."""

    legal_entity: str
    currency: str
    grace_days: int
    extension_days_max: int
    needs_approval: bool
    text_version: int
    language: str
    text: str
    text_hash: str


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Who accepted which text, when and from where: a contact's id, a member of staff or a rule of ours."""

    side: Side
    by: str
    at: Moment
    text_hash: str
    network: str = ""


@dataclass(slots=True)
class Instalment:
    """A part of the plan, numbered from 1; `due_on` is a day of the legal entity."""

    number: int
    due_on: date
    minor: int
    paid_minor: int = 0
    reminded: Reminded = Reminded.NOT

    def __post_init__(self) -> None:
        assert self.minor > 0, "something is paid in every part"
        assert 0 <= self.paid_minor <= self.minor, "no more is counted than is due"


@dataclass(slots=True)
class Plan:
    """The present state; changed only by its own moves. It posts nothing."""

    plan_id: UUID
    customer_id: UUID
    terms: Terms
    items: list[Item]
    instalments: list[Instalment]
    proposed_at: Moment
    answer_by: Moment
    """Until then what is missing must be accepted."""
    acceptances: list[Acceptance] = field(default_factory=list)
    extended_days: int = 0
    reason: str = ""
    """Why we declined, in words for the customer; or why the customer refused, in theirs."""
    state: PlanState = PlanState.PROPOSED
    version: int = 1
    ended_at: Moment | None = None

    def __post_init__(self) -> None:
        planned, parted = (
            sum(one.minor for one in many) for many in (self.items, self.instalments)
        )
        assert planned == parted, "the parts are the whole"
        days = [one.due_on for one in self.instalments]
        assert days == sorted(set(days)), "one part is due after the other"

    @property
    def answer_id(self) -> UUID:
        return self.plan_id

    @property
    def due_minor(self) -> int:
        """What is to be paid of the whole, as it was last counted: what is not owed any more, or is disputed, comes off
        the last parts.
        """
        return sum(item.due_minor for item in self.items)

    def held_minor(self, item: Item) -> int:
        """What of the item is not asked for now."""
        return item.unpaid_minor if self.state in HOLDING else 0

    def until(self, part: Instalment) -> date:
        """The last value date that is in time."""
        return part.due_on + timedelta(days=self.terms.grace_days)

    def wants(self) -> Iterable[Want]:
        """What it wants of the money that comes: any of its items may be paid for the next part."""
        for item in self.items:
            left = item.minor if self.state in HOLDING else 0
            for part in self.instalments:
                wanted = min(part.minor, left)
                yield Want(self.plan_id, item, part.due_on, date.max, wanted)
                left -= wanted

    def left(self) -> Iterator[tuple[Instalment, int]]:
        """Each part with what is still to be paid of it."""
        due = paid = 0
        for part in self.instalments:
            begins, due = due, due + part.minor
            paid += part.paid_minor
            yield part, max(min(due, self.due_minor) - max(paid, begins), 0)

    def unpaid(self) -> Iterator[Instalment]:
        """The parts of which something is to be paid still, the next first."""
        return (part for part, left in self.left() if left)

    def accepted_by(self, side: Side) -> Acceptance | None:
        """How that side accepted, if it did."""
        return next((one for one in self.acceptances if one.side is side), None)

    def count(self, known: Known) -> dict[date, int]:
        """Count what was paid against the parts in order of their days; returns what came in time for each part, by
        its day.
        """
        in_time = dict.fromkeys((one.due_on for one in self.instalments), 0)
        for item in self.items:
            known.count(item)
            for part in self.instalments:
                in_time[part.due_on] += item.came(known.payments(item), until=self.until(part))

        left = sum(item.paid_minor for item in self.items)
        for part in self.instalments:
            part.paid_minor = min(part.minor, left)
            left -= part.paid_minor
        return in_time

    def is_paid(self) -> bool:
        """Whether all that is owed of it was paid, as it was last counted; what is disputed is owed, until that is
        decided.
        """
        return all(item.paid_minor >= item.owed_minor for item in self.items)

    def missed(self, in_time: Mapping[date, int], *, today: date) -> Instalment | None:
        """The first part whose grace is over and that did not come in time: it breaks the plan."""
        due = 0
        for part in self.instalments:
            due += part.minor
            if self.until(part) < today and in_time[part.due_on] < min(due, self.due_minor):
                return part
        return None

    def reminder(self, *, today: date, days_before: int) -> tuple[Instalment, Reminded] | None:
        """What is to be said today of the next part, and was not said yet."""
        part = next(self.unpaid(), None)
        if part is None:
            return None
        if today > part.due_on:
            return (part, Reminded.LATE) if part.reminded is not Reminded.LATE else None
        is_near = today >= part.due_on - timedelta(days=days_before)
        return (part, Reminded.COMING) if is_near and part.reminded is Reminded.NOT else None

    def next_day(self, *, today: date, days_before: int) -> date | None:
        """The first day after today on which something is to be said or decided, if nothing is paid until then; None
        where that is today, as all of it is paid.
        """
        part = next(self.unpaid(), None)
        if part is None:
            return None if self.is_paid() else today + DAY
        days = (
            part.due_on - timedelta(days=days_before),
            part.due_on + DAY,
            self.until(part) + DAY,
        )
        return min((day for day in days if day > today), default=today + DAY)

    def move(self, state: PlanState, *, moment: Moment) -> None:
        """The plan after an allowed move."""
        assert state in MOVES[self.state], f"{self.state} is not followed by {state}"
        self.state = state
        self.ended_at = moment if not MOVES[state] else None
        self.change()

    def change(self) -> None:
        """Something of it is news."""
        self.version += 1

    def resting(self) -> set[int]:
        """The numbers of the parts that are not paid and need not be, as it was last counted."""
        unpaid = {part.number for part in self.unpaid()}
        return {one.number for one in self.instalments if one.paid_minor < one.minor} - unpaid

    def put_off(self, first: int, *, until: date) -> None:
        """From that part on none is due before that day, and one comes after the other still."""
        day = until
        for part in self.instalments[first - 1 :]:
            if part.due_on < day:
                part.due_on, part.reminded = day, Reminded.NOT
            day = part.due_on + DAY

    def extend(self, days: int) -> None:
        """Every part that is not paid is due so much later, also one that need not be paid as it stands."""
        assert not self.extended_days, "a plan is extended once"
        for part in self.instalments:
            if part.paid_minor < part.minor:
                part.due_on += timedelta(days=days)
                part.reminded = Reminded.NOT
        self.extended_days = days
        self.change()
