"""What the notifier hears, in one table."""

from collections.abc import Callable, Mapping

from notifier.domain.desk import Desk
from notifier.gateways import dossiers
from notifier.handlers.hear_credit import hear_credit
from notifier.handlers.hear_customer import hear_customer
from notifier.handlers.hear_hold import hear_hold
from notifier.handlers.hear_invoice import hear_invoice
from notifier.handlers.hear_parked import hear_parked
from notifier.handlers.take_escalation import take_escalation
from notifier.handlers.take_reminder import take_reminder
from notifier.handlers.withdraw_reminder import withdraw_reminder
from shared.contracts import ledger, scheduler
from shared.contracts.event import Event
from shared.messaging.projection import Projection

HEARS: Mapping[type[Event], Callable[..., None]] = {
    ledger.CustomerChanged: hear_customer,
    ledger.InvoiceOpened: hear_invoice,
    ledger.InvoiceAmended: hear_invoice,
    ledger.InvoiceSettled: hear_invoice,
    ledger.InvoiceReopened: hear_invoice,
    ledger.InvoiceCancelled: hear_invoice,
    ledger.PaymentReceived: hear_credit,
    ledger.PaymentApplied: hear_credit,
    ledger.PaymentReturned: hear_credit,
    ledger.PaymentCancelled: hear_credit,
    ledger.CreditPosted: hear_credit,
    ledger.CreditApplied: hear_credit,
    ledger.CreditCancelled: hear_credit,
    scheduler.ReminderPlanned: take_reminder,
    scheduler.ReminderWithdrawn: withdraw_reminder,
    scheduler.EscalationRaised: take_escalation,
    scheduler.HoldPlaced: hear_hold,
    scheduler.HoldEnded: hear_hold,
    scheduler.RecordsParked: hear_parked,
}


def projection() -> Projection[Desk]:
    """The notifier's own view of ledger and scheduler."""
    return Projection(
        service="notifier",
        topics=(ledger.TOPIC, scheduler.TOPIC),
        hears=HEARS,
        load=dossiers.load,
        save=dossiers.save,
    )
