"""What the scheduler tells: reminders planned and withdrawn, escalations raised, holds placed and ended."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from shared.contracts.erp import Channel
from shared.contracts.event import Amount, Currency, Event, Instant, Part

TOPIC = "scheduler.events.v1"


class Tone(StrEnum):
    """From a friendly note before the due date to the firmest words that may go out without a person's approval."""

    COURTESY = "courtesy"
    FRIENDLY = "friendly"
    FIRM = "firm"
    URGENT = "urgent"


class StepTaken(Part):
    """One step of a policy's ladder. Steps before the due date are numbered below 1."""

    number: int
    name: str
    tone: Tone


class ReminderDiscount(Part):
    """Whoever pays `pays` for the whole invoice up to `until` (a day of the legal entity, inclusive) owes no more."""

    until: date
    pays: Amount


class ReminderItem(Part):
    """An instalment that the reminder lists, with its own step: the last look takes the firmest that is left."""

    invoice_id: UUID
    invoice_number: str
    instalment: Annotated[
        int | None, Field(description="its number; null is the invoice's only one, number 1")
    ] = None
    due_on: date
    currency: Currency
    open: Annotated[Amount, Field(description="of the instalment, less what a hold keeps back")]
    step: StepTaken
    discount: Annotated[
        ReminderDiscount | None,
        Field(
            description="the best still open, at the oldest open instalment, while nothing of it is overdue"
        ),
    ] = None


class ReminderEvent(Event):
    TOPIC = TOPIC
    SUBJECT = "reminder_id"

    reminder_id: UUID
    legal_entity: str


class ReminderPlanned(ReminderEvent):
    """One reminder of one customer for one legal entity, to leave on `contact_day` (the customer's) within its hours.

    `firmest_step_max` caps the message's step whatever items are left (at most one above the firmest told). `gap_days`
    is the contact budget that the notifier checks again: at least so many days since the last day with a reminder
    that listed something overdue; 0 for a courtesy.
    """

    TYPE = "scheduler.reminder.planned.v1"

    policy: str
    policy_version: int
    segment: str
    step: StepTaken
    firmest_step_max: int
    channels: Annotated[
        tuple[Channel, ...],
        Field(min_length=1, description="in order; the next only after permanent failure"),
    ]
    contact_day: date
    not_before: Instant
    not_after: Instant
    time_zone: str
    gap_days: Annotated[int, Field(ge=0)]
    items: Annotated[tuple[ReminderItem, ...], Field(min_length=1)]


class ReminderWithdrawn(ReminderEvent):
    """A planned reminder no longer holds; one that has left already stays as it is."""

    TYPE = "scheduler.reminder.withdrawn.v1"

    reason: str


class EscalationLevel(StrEnum):
    ACCOUNT_OWNER = "account-owner"
    COLLECTIONS_MANAGER = "collections-manager"


class Person(Part):
    """Somebody of our own company."""

    name: str
    email: str


class EscalationRaised(Event):
    """A person of ours is told that a customer needs them."""

    TYPE = "scheduler.escalation.raised.v1"
    TOPIC = TOPIC
    SUBJECT = "escalation_id"

    escalation_id: UUID
    legal_entity: str
    level: EscalationLevel
    to: Person
    reason: str
    policy: str
    policy_version: int
    segment: str
    items: tuple[ReminderItem, ...]


class HoldKind(StrEnum):
    MANUAL = "manual"
    SALES = "sales"
    HARDSHIP = "hardship"
    LEGAL = "legal"
    INSOLVENCY = "insolvency"


class HoldEvent(Event):
    """Silence with a reason, an owner and an end. Scope: all of the customer, one legal entity, or one invoice."""

    TOPIC = TOPIC
    SUBJECT = "hold_id"

    hold_id: UUID
    kind: HoldKind
    reason: str
    owner: str
    legal_entity: str | None = None
    invoice_id: UUID | None = None
    placed_at: Instant
    until: Instant | None = None
    ended_at: Instant | None = None


class HoldPlaced(HoldEvent):
    """Silence begins."""

    TYPE = "scheduler.hold.placed.v1"


class HoldEnded(HoldEvent):
    """Silence ends, by its date or by a person."""

    TYPE = "scheduler.hold.ended.v1"


class TaskKind(StrEnum):
    ESCALATION = "escalation"
    DISPUTE_ANSWER = "dispute-answer"
    DISPUTE_DECISION = "dispute-decision"
    DISPUTE_HARD_STOP = "dispute-hard-stop"
    HARDSHIP_REVIEW = "hardship-review"
    CALL_BACK = "call-back"
    BAD_FEEDBACK = "bad-feedback"
    PAYMENT_DECLINED = "payment-declined"
    PLAN_APPROVAL = "plan-approval"
    DISPUTE_APPROVAL = "dispute-approval"
    PLAN_REFUSED = "plan-refused"
    CHARGEBACK = "chargeback"
    DISPUTE_CREDIT = "dispute-credit"


class TaskOutcome(StrEnum):
    DONE = "done"
    NOT_NEEDED = "not-needed"
    MOOT = "moot"


class TaskEvent(Event):
    """Work for a person of ours. `about` is the escalation, dispute, request, plan or invoice that it comes from."""

    TOPIC = TOPIC
    SUBJECT = "task_id"

    task_id: UUID
    kind: TaskKind
    about: UUID
    legal_entity: str
    owner_role: Annotated[str, Field(description="such as account-owner, or a team of disputes")]
    owner: Annotated[str, Field(description="a person; empty where the role alone is known")] = ""
    why: str
    raised_at: Instant
    due_at: Instant
    outcome: TaskOutcome | None = None
    note: str = ""
    ended_by: Annotated[str, Field(description="staff subject; empty for the machine")] = ""
    ended_at: Instant | None = None


class TaskRaised(TaskEvent):
    """Somebody has something to do."""

    TYPE = "scheduler.task.raised.v1"


class TaskEnded(TaskEvent):
    """It came to something: a person said so, or what it was about has ended."""

    TYPE = "scheduler.task.ended.v1"


class RecordsParked(Event):
    """How many records of this customer stand parked in the scheduler; 0 when the last one was released."""

    TYPE = "scheduler.records.parked.v1"
    TOPIC = TOPIC
    SUBJECT = "customer_id"

    parked: Annotated[int, Field(ge=0)]
