"""What the notifier tells: the one outcome of every message."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from shared.contracts.erp import Channel
from shared.contracts.event import Amount, Currency, Event, Instant, Part

TOPIC = "notifier.events.v1"


class Purpose(StrEnum):
    COURTESY = "courtesy"
    REMINDER = "reminder"
    ESCALATION = "escalation"
    ANSWER = "answer"
    """To the customer's own act: neither counts nor waits for budget and hours."""
    DISPUTE = "dispute"
    """A step of a dispute, to the customer: no reminder, and not in the budget."""
    WARNING = "warning"
    """A clock of a dispute came to a level: to people of ours."""
    SIGN_IN = "sign-in"
    PROMISE = "promise"
    """A step of a promise to pay, to the customer."""
    PLAN = "plan"
    """A step of a payment plan, to the customer, its instalments' reminders among them."""
    """The link that the customer asked for; like an answer."""
    PAYMENT = "payment"
    """Their payment at the provider's page was confirmed or declined; like an answer."""


class MessageItem(Part):
    """What the message said of one instalment, at the moment it left."""

    invoice_id: UUID
    invoice_number: str
    instalment: Annotated[
        int | None, Field(description="its number; null is the invoice's only one, number 1")
    ] = None
    step: int
    currency: Currency
    open: Amount
    due_on: date


class MessageEvent(Event):
    """`at` is when the outcome was known; `contact_day` the customer's day; `step` the step of the words used."""

    TOPIC = TOPIC
    SUBJECT = "message_id"

    message_id: UUID
    purpose: Purpose
    reminder_id: UUID | None = None
    escalation_id: UUID | None = None
    dispute_id: UUID | None = None
    legal_entity: str
    channel: Channel | None = None
    contact_id: str | None = None
    step: int | None = None
    items: tuple[MessageItem, ...] = ()
    at: Instant
    contact_day: date
    reason: str = ""


class MessageSent(MessageEvent):
    """A provider has taken it."""

    TYPE = "notifier.message.sent.v1"


class MessageSuppressed(MessageEvent):
    """Not sent, and why: the last look found nothing left to say, or a rule against saying it."""

    TYPE = "notifier.message.suppressed.v1"


class MessageFailed(MessageEvent):
    """Every channel failed for good."""

    TYPE = "notifier.message.failed.v1"


class MessageUnknown(MessageEvent):
    """Handed over in the instant of a crash, and the provider cannot be asked: never sent again."""

    TYPE = "notifier.message.unknown.v1"
