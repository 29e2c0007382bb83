"""The desk: what one slice of facts or one batch of due messages is worked on."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar
from uuid import UUID

from notifier.domain.customer import Customer, Hold
from notifier.domain.invoice import AmountHold, Credit, Invoice
from notifier.domain.message import Message, Purpose, Status
from notifier.domain.preferences import Preferences
from shared.base.telling import Telling

REMINDERS = frozenset({Purpose.COURTESY, Purpose.REMINDER})


class Versioned(Protocol):
    @property
    def version(self) -> int: ...


V = TypeVar("V", bound=Versioned)


@dataclass(slots=True)
class Desk(Telling):
    """Facts heard (newest version of each) and messages on the table; `touched` are those to be written back.

    Facts are written guarded by version, so what is already known better is dropped by the database.
    """

    messages: dict[UUID, Message] = field(default_factory=dict)
    touched: set[UUID] = field(default_factory=set)
    opened_by: dict[UUID, Any] = field(default_factory=dict)
    """New message → the record that asked for it, whose trace is kept beside the message."""
    customers: dict[UUID, Customer] = field(default_factory=dict)
    parked: dict[UUID, tuple[int, int]] = field(default_factory=dict)
    """Customer → (version, how many records stand aside in the scheduler)."""
    invoices: dict[UUID, Invoice] = field(default_factory=dict)
    credits: dict[UUID, Credit] = field(default_factory=dict)
    holds: dict[UUID, Hold] = field(default_factory=dict)
    amount_holds: dict[UUID, AmountHold] = field(default_factory=dict)
    preferences: dict[UUID, Preferences] = field(default_factory=dict)
    newest: dict[UUID, int] = field(default_factory=dict)
    """Dispute, promise or plan → the newest version heard."""

    def open(self, message: Message) -> None:
        """A new message, asked for by the record being handled."""
        self.opened_by[message.message_id] = self.cause
        self.put(message)

    def put(self, message: Message) -> None:
        """Write this message back when the slice is saved."""
        self.messages[message.message_id] = message
        self.touched.add(message.message_id)

    def to_save(self) -> list[Message]:
        return [self.messages[message_id] for message_id in sorted(self.touched)]

    def waiting_reminders(self, customer_id: UUID, legal_entity: str) -> Iterator[Message]:
        """Reminders that have not left yet."""
        for message in list(self.messages.values()):
            if (
                message.customer_id == customer_id
                and message.legal_entity == legal_entity
                and message.status is Status.WAITING
                and message.purpose in REMINDERS
            ):
                yield message

    def waiting_news(self, subject_id: UUID) -> Iterator[Message]:
        """What was to be said of a dispute, promise or plan and has not left yet."""
        for message in list(self.messages.values()):
            if message.subject_id == subject_id and message.status is Status.WAITING:
                yield message

    def hear_customer(self, customer: Customer) -> None:
        _keep_newest(self.customers, customer.customer_id, customer)

    def hear_invoices(self, invoices: Iterable[Invoice]) -> None:
        for invoice in invoices:
            _keep_newest(self.invoices, invoice.invoice_id, invoice)

    def hear_credit(self, credit: Credit) -> None:
        _keep_newest(self.credits, credit.credit_id, credit)

    def hear_hold(self, hold: Hold) -> None:
        _keep_newest(self.holds, hold.hold_id, hold)

    def hear_amount_hold(self, hold: AmountHold) -> None:
        _keep_newest(self.amount_holds, hold.hold_id, hold)

    def hear_preferences(self, told: Preferences) -> None:
        _keep_newest(self.preferences, told.preferences_id, told)

    def hear_parked(self, customer_id: UUID, *, version: int, parked: int) -> None:
        if version >= self.parked.get(customer_id, (0, 0))[0]:
            self.parked[customer_id] = (version, parked)


def _keep_newest(known: dict[UUID, V], key: UUID, heard: V) -> None:
    if key not in known or heard.version > known[key].version:
        known[key] = heard
