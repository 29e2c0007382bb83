"""Decision: what was done or left undone, and why. Kept for ever, so that a person can read it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from scheduler.domain.customer import Person
from scheduler.domain.hold import Hold
from scheduler.domain.item import UNTOLD, Discount, Item, Key
from scheduler.domain.policy import Policy, Step
from scheduler.domain.standing import Standing
from scheduler.domain.view import Outstanding
from shared.base.clock import Moment
from shared.base.ids import derived_id
from shared.base.money import decimal_text

ITEMS_SHOWN_MAX = 50


class Kind(StrEnum):
    """What a line of the timeline is."""

    COURTESY = "courtesy"
    REMINDER = "reminder"
    SILENCE = "silence"
    WITHDRAWAL = "withdrawal"
    ESCALATION = "escalation"
    OUTCOME = "outcome"
    HOLD = "hold"
    SEGMENT = "segment"
    TASK = "task"


@dataclass(frozen=True, slots=True)
class Decision:
    """`rule` names the rule that decided; `facts` are plain JSON: what it was decided on."""

    kind: Kind
    step: int | None
    reason: str
    rule: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Chased:
    """An item that may be spoken of: its own step, its due date and age, and how much of it is asked for."""

    item: Item
    own: Step
    due_on: date
    days_overdue: int
    minor: int
    discount: Discount | None = None

    def facts(self) -> dict[str, Any]:
        told = self.item.listed_step
        return {
            "invoice_id": str(self.item.invoice_id),
            "invoice_number": self.item.invoice_number,
            "instalment": self.item.instalment,
            "due_on": self.due_on.isoformat(),
            "days_overdue": self.days_overdue,
            "amount": decimal_text(self.minor, self.item.currency),
            "currency": self.item.currency,
            "step": self.own.number,
            "last_listed_at_step": None if told == UNTOLD else told,
        }


def items_facts(chased: list[Chased]) -> dict[str, Any]:
    """The items a decision was about: all counted, the first shown."""
    return {"items_count": len(chased), "items": [one.facts() for one in chased[:ITEMS_SHOWN_MAX]]}


@dataclass(frozen=True, slots=True)
class Reminder:
    """A message to be worded: `step` may be below the firmest item's own, see `firmest_step_max`."""

    customer_id: UUID
    legal_entity: str
    contact_day: date
    step: Step
    firmest_step_max: int
    not_before: Moment
    not_after: Moment
    time_zone: str
    gap_days: int
    items: tuple[Chased, ...]

    @property
    def reminder_id(self) -> UUID:
        """One per customer, legal entity and contact day, however often it is decided."""
        return derived_id("reminder", self.customer_id, self.legal_entity, self.contact_day)


@dataclass(frozen=True, slots=True)
class Withdrawal:
    reminder: Outstanding
    reason: str


class Level(StrEnum):
    ACCOUNT_OWNER = "account-owner"
    COLLECTIONS_MANAGER = "collections-manager"


@dataclass(frozen=True, slots=True)
class Escalation:
    """A person of ours is told; `cause` is the oldest item that nobody at this level knew of."""

    customer_id: UUID
    legal_entity: str
    level: Level
    to: Person
    cause: Key
    items: tuple[Chased, ...]
    on: date

    @property
    def escalation_id(self) -> UUID:
        return derived_id(
            "escalation", self.customer_id, self.legal_entity, self.level, *self.cause
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    """All that one look at a customer yields. `look_at` None: only a new fact can change anything."""

    policy: Policy
    standing: Standing
    decisions: tuple[Decision, ...] = ()
    reminders: tuple[Reminder, ...] = ()
    withdrawals: tuple[Withdrawal, ...] = ()
    escalations: tuple[Escalation, ...] = ()
    ended_holds: tuple[Hold, ...] = ()
    look_at: Moment | None = None
    look_why: str = "nothing is open"
