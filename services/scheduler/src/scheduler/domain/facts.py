"""Facts: the part of the projection that one slice of events touches."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from scheduler.domain.customer import Customer, Habits
from scheduler.domain.decision import Decision
from scheduler.domain.hold import AmountHold, Hold
from scheduler.domain.item import Item, Key
from scheduler.domain.task import Task
from shared.base.clock import Moment
from shared.base.telling import Telling


@dataclass(frozen=True, slots=True)
class Credit:
    """What of a payment or credit note stands against no invoice, in minor units."""

    credit_id: UUID
    customer_id: UUID
    version: int
    legal_entity: str
    currency: str
    unapplied_minor: int
    bounced_on: date | None = None
    """When it first went back against our will."""


@dataclass(slots=True)
class Sent:
    """A reminder or escalation of ours, and what the notifier said became of it; None while it said nothing."""

    customer_id: UUID
    outcome: str | None = None
    at: Moment | None = None
    policy: str = ""
    policy_version: int = 0


@dataclass(slots=True)
class Facts(Telling):
    """Loaded: what the events name. Changed: what is to be written. Every customer in `touched` is looked at again.

    `items` are the instalments of each invoice, by number. `origins` keeps the record that told of an item first;
    whoever saves knows how to read its trace.
    """

    customer_versions: dict[UUID, int] = field(default_factory=dict)
    items: dict[UUID, dict[int, Item]] = field(default_factory=dict)
    credit_versions: dict[UUID, int] = field(default_factory=dict)
    bounced: dict[UUID, date] = field(default_factory=dict)
    """Payments that went back against our will, since when."""
    sent: dict[UUID, Sent] = field(default_factory=dict)
    held: dict[UUID, AmountHold] = field(default_factory=dict)
    known_tasks: dict[UUID, Task] = field(default_factory=dict)
    known_holds: set[UUID] = field(default_factory=set)
    """Of those that customers ask for."""

    customers: dict[UUID, Customer] = field(default_factory=dict)
    customers_told_at: dict[UUID, Moment] = field(default_factory=dict)
    credits: dict[UUID, Credit] = field(default_factory=dict)
    habits: dict[UUID, Habits] = field(default_factory=dict)
    contact_days: dict[tuple[UUID, date], "DayOutcome"] = field(default_factory=dict)
    restated: dict[Key, Item] = field(default_factory=dict)
    told_of: dict[Key, Item] = field(default_factory=dict)
    amount_holds: dict[UUID, AmountHold] = field(default_factory=dict)
    tasks: dict[UUID, Task] = field(default_factory=dict)
    holds: dict[UUID, Hold] = field(default_factory=dict)
    lines: list[tuple[UUID, Decision]] = field(default_factory=list)
    outcomes: dict[UUID, Sent] = field(default_factory=dict)
    decisions: list[tuple[UUID, Decision, Sent]] = field(default_factory=list)
    origins: dict[Key, Any] = field(default_factory=dict)
    touched: dict[UUID, Any] = field(default_factory=dict)

    def touch(self, customer_id: UUID) -> None:
        """Have the customer looked at, because of the event that is being handled."""
        self.touched[customer_id] = self.cause

    def know_credit(self, credit_id: UUID, version: int, bounced_on: date | None) -> None:
        """As it was written."""
        self.credit_versions[credit_id] = version
        if bounced_on is not None:
            self.bounced[credit_id] = bounced_on

    def keep_task(self, task: Task) -> None:
        """Hold a task that has news, which is a line of the timeline."""
        self.known_tasks[task.task_id] = self.tasks[task.task_id] = task
        self.lines.append((task.customer_id, task.line()))

    def keep_hold(self, hold: Hold) -> None:
        """Hold a hold that is new; the customer is looked at, so that what is on its way is withdrawn."""
        self.known_holds.add(hold.hold_id)
        self.holds[hold.hold_id] = hold
        self.touch(hold.customer_id)

    def standing_tasks(self, about: UUID) -> list[Task]:
        """What is still to be done about a dispute, or an invoice."""
        return [
            one for one in self.known_tasks.values() if one.about == about and one.outcome is None
        ]

    def habits_of(self, customer_id: UUID) -> Habits:
        """What this slice adds to the customer's habits."""
        return self.habits.setdefault(customer_id, Habits())


@dataclass(slots=True)
class DayOutcome:
    """What became of a contact day: whether anything left, and whether that listed something overdue."""

    sent: bool = False
    overdue: bool = False
