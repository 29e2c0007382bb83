"""Messages that a customer received, as far as portal-api must know them."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple
from uuid import UUID

from shared.base.clock import Moment


class Purpose(StrEnum):
    """What a message to a customer is for. What we tell our own people has no place here."""

    COURTESY = "courtesy"
    REMINDER = "reminder"
    ANSWER = "answer"
    DISPUTE = "dispute"
    SIGN_IN = "sign-in"
    PAYMENT = "payment"
    PROMISE = "promise"
    PLAN = "plan"


TO_CUSTOMERS: Final = frozenset(one.value for one in Purpose)


class Mentioned(NamedTuple):
    """What it said of an invoice, or of one instalment, when it left. `open` is a decimal of `currency`."""

    invoice_id: UUID
    invoice_number: str
    instalment: int | None
    currency: str
    open: str
    due_on: date


@dataclass(frozen=True, slots=True)
class Message:
    """The newest we heard of a message; `version` is the notifier's. `purpose` is one of `TO_CUSTOMERS`."""

    message_id: UUID
    customer_id: UUID
    version: int
    legal_entity: str
    purpose: str
    channel: str | None
    sent_at: Moment
    items: tuple[Mentioned, ...]

    def __post_init__(self) -> None:
        assert self.purpose in TO_CUSTOMERS, "it was not meant for customers"
