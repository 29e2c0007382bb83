"""What the scheduler hears, in one table."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from scheduler.domain.facts import Facts
from scheduler.gateways import alarm, projection, projection_writes, recollections
from scheduler.handlers.apply_call import apply_call
from scheduler.handlers.apply_charge import apply_charge
from scheduler.handlers.apply_clock import apply_clock
from scheduler.handlers.apply_credit import apply_credit
from scheduler.handlers.apply_customer import apply_customer
from scheduler.handlers.apply_dispute import apply_dispute
from scheduler.handlers.apply_feedback import apply_feedback
from scheduler.handlers.apply_hardship import apply_hardship
from scheduler.handlers.apply_invoice import apply_invoice
from scheduler.handlers.apply_payment import apply_payment
from scheduler.handlers.apply_plan import apply_plan
from scheduler.handlers.apply_portal_payment import (
    apply_chargeback,
    apply_decline,
    end_chargeback,
    end_declines,
)
from scheduler.handlers.apply_promise import apply_promise
from scheduler.handlers.apply_proposal import apply_proposal
from scheduler.handlers.apply_unsettled import apply_unsettled
from scheduler.handlers.note_outcome import note_outcome
from shared.contracts import disputes, ledger, notifier, portal_api, scheduler
from shared.contracts.event import Event
from shared.db.work import Work
from shared.messaging.cloudevents import Record, told_at
from shared.messaging.projection import Projection, customer_of
from shared.messaging.recall import own_words

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
    disputes.DisputeOpened: apply_dispute,
    disputes.DisputeAcknowledged: apply_dispute,
    disputes.DisputeAssigned: apply_dispute,
    disputes.DisputeExamined: apply_dispute,
    disputes.DisputeDeferred: apply_dispute,
    disputes.DisputeAnswered: apply_dispute,
    disputes.OutcomeProposed: apply_proposal,
    disputes.OutcomeDeclined: apply_dispute,
    disputes.DisputeResolved: apply_dispute,
    disputes.DisputeSettled: apply_dispute,
    disputes.DisputeUnsettled: apply_unsettled,
    disputes.DisputeReopened: apply_dispute,
    disputes.DisputeClosed: apply_dispute,
    disputes.DisputeWithdrawn: apply_dispute,
    disputes.DisputeMerged: apply_dispute,
    disputes.DisputeExtended: apply_dispute,
    disputes.ClockWarned: apply_clock,
    portal_api.PromiseMade: apply_promise,
    portal_api.PromisePartPaid: apply_promise,
    portal_api.PromiseKept: apply_promise,
    portal_api.PromisePartlyKept: apply_promise,
    portal_api.PromiseBroken: apply_promise,
    portal_api.PromiseWithdrawn: apply_promise,
    portal_api.HardshipRequested: apply_hardship,
    portal_api.CallRequested: apply_call,
    portal_api.FeedbackGiven: apply_feedback,
    portal_api.PaymentDeclined: apply_decline,
    portal_api.PaymentConfirmed: end_declines,
    portal_api.PaymentReturned: apply_chargeback,
    portal_api.PaymentRestored: end_chargeback,
    portal_api.ChargeAwaited: apply_charge,
    portal_api.ChargePostponed: apply_charge,
    portal_api.ChargePaid: apply_charge,
    portal_api.ChargeFailed: apply_charge,
    portal_api.ChargeDropped: apply_charge,
    portal_api.PlanProposed: apply_plan,
    portal_api.PlanAccepted: apply_plan,
    portal_api.PlanActivated: apply_plan,
    portal_api.PlanDeclined: apply_plan,
    portal_api.PlanRefused: apply_plan,
    portal_api.PlanLapsed: apply_plan,
    portal_api.InstalmentPaid: apply_plan,
    portal_api.InstalmentDue: apply_plan,
    portal_api.InstalmentMissed: apply_plan,
    portal_api.PlanExtended: apply_plan,
    portal_api.PlanCompleted: apply_plan,
    portal_api.PlanBroken: apply_plan,
    notifier.MessageSent: note_outcome,
    notifier.MessageSuppressed: note_outcome,
    notifier.MessageFailed: note_outcome,
    notifier.MessageUnknown: note_outcome,
}

DECISIONS: Final[tuple[type[Event], ...]] = (
    scheduler.ReminderPlanned,
    scheduler.ReminderWithdrawn,
    scheduler.EscalationRaised,
    scheduler.HoldPlaced,
    scheduler.HoldEnded,
    scheduler.TaskRaised,
    scheduler.TaskEnded,
)


def hearing() -> Projection[Facts]:
    """What is open, and what became of our messages."""
    return Projection(
        service="scheduler",
        topics=(ledger.TOPIC, disputes.TOPIC, portal_api.TOPIC, notifier.TOPIC),
        hears=HEARS,
        load=projection.load,
        save=projection_writes.save,
        parked_fact=_parked,
    )


class OwnParkings:
    """Our own word that records of a customer were set aside or released here: look at them, whatever is parked.

    No projection: there the record would queue behind what it tells of.
    """

    topics: tuple[str, ...] = (scheduler.TOPIC,)

    async def take(self, work: Work, records: Sequence[Record]) -> None:
        parkings = [one for one in records if one.type == scheduler.RecordsParked.TYPE]
        told = {known for one in parkings if (known := customer_of(one.key)) is not None}
        if told:
            await alarm.ring_now(work.connection, told, moment=work.moment)

    async def park(self, work: Work, record: Record, error: Exception) -> None:
        """Nothing of it can crash by its content."""
        raise error


class OwnDecisions(OwnParkings):
    """Everything we told of our decisions, read back at every start: a database that was rebuilt, or restored from an
    older backup, learns what it has decided, so that nobody is told the same step twice.
    """

    async def take(self, work: Work, records: Sequence[Record]) -> None:
        await super().take(work, records)
        told = [
            (event, told_at(record, otherwise=work.moment))
            for event, record in own_words(records, DECISIONS)
        ]
        await recollections.save(work.connection, told)


def _parked(customer_id: UUID, version: int, parked: int) -> Any:
    return scheduler.RecordsParked(customer_id=customer_id, version=version, parked=parked)
