"""What the scheduler hears, in one table."""

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from scheduler.domain.facts import Facts
from scheduler.gateways import projection, projection_writes
from scheduler.handlers.apply_credit import apply_credit
from scheduler.handlers.apply_customer import apply_customer
from scheduler.handlers.apply_invoice import apply_invoice
from scheduler.handlers.apply_payment import apply_payment
from scheduler.handlers.note_outcome import note_outcome
from shared.contracts import ledger, notifier
from shared.contracts.event import Event
from shared.contracts.scheduler import RecordsParked
from shared.messaging.projection import Projection

HEARS: Final[Mapping[type[Event], Callable[..., None]]] = {
    ledger.CustomerChanged: apply_customer,
    ledger.InvoiceOpened: apply_invoice,
    ledger.InvoiceAmended: apply_invoice,
    ledger.InvoiceSettled: apply_invoice,
    ledger.InvoiceReopened: apply_invoice,
    ledger.InvoiceCancelled: apply_invoice,
    ledger.PaymentReceived: apply_payment,
    ledger.PaymentApplied: apply_payment,
    ledger.PaymentReturned: apply_payment,
    ledger.PaymentCancelled: apply_payment,
    ledger.CreditPosted: apply_credit,
    ledger.CreditApplied: apply_credit,
    ledger.CreditCancelled: apply_credit,
    notifier.MessageSent: note_outcome,
    notifier.MessageSuppressed: note_outcome,
    notifier.MessageFailed: note_outcome,
    notifier.MessageUnknown: note_outcome,
}


def hearing() -> Projection[Facts]:
    """What is open, and what became of our messages."""
    return Projection(
        service="scheduler",
        topics=(ledger.TOPIC, notifier.TOPIC),
        hears=HEARS,
        load=projection.load,
        save=projection_writes.save,
        parked_fact=_parked,
    )


def _parked(customer_id: UUID, version: int, parked: int) -> Any:
    return RecordsParked(customer_id=customer_id, version=version, parked=parked)
