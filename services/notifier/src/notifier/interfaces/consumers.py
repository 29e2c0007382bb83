"""What the notifier hears, in one table."""

import logging
from collections.abc import Callable, Mapping, Sequence

from notifier.domain.desk import Desk
from notifier.gateways import dossiers, messages, switch
from notifier.gateways.tally import count_ends
from notifier.handlers.answer_request import answer_call, answer_hardship, mail_address_change
from notifier.handlers.close_dispute import close_dispute
from notifier.handlers.hear_amounts import hear_amounts
from notifier.handlers.hear_credit import hear_credit
from notifier.handlers.hear_customer import hear_customer
from notifier.handlers.hear_hold import hear_hold
from notifier.handlers.hear_invoice import hear_invoice
from notifier.handlers.hear_parked import hear_parked
from notifier.handlers.hear_preferences import hear_preferences
from notifier.handlers.mail_sign_in import mail_sign_in
from notifier.handlers.recall_outcome import STATUSES, recall_outcome
from notifier.handlers.take_agreement import take_agreement
from notifier.handlers.take_charge import take_charge
from notifier.handlers.take_dispute import take_dispute
from notifier.handlers.take_escalation import take_escalation
from notifier.handlers.take_mandate import take_mandate
from notifier.handlers.take_payment import take_payment
from notifier.handlers.take_payment_back import take_payment_back
from notifier.handlers.take_reminder import take_reminder
from notifier.handlers.warn_team import warn_team
from notifier.handlers.withdraw_reminder import withdraw_reminder
from shared.contracts import disputes, ledger, notifier, portal_api, scheduler
from shared.contracts.event import Event
from shared.db.work import Work
from shared.messaging.cloudevents import Record
from shared.messaging.projection import Projection
from shared.messaging.recall import own_words

_log = logging.getLogger(__name__)

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
    disputes.DisputeOpened: take_dispute,
    disputes.DisputeAcknowledged: take_dispute,
    disputes.DisputeExamined: take_dispute,
    disputes.DisputeDeferred: take_dispute,
    disputes.DisputeAnswered: take_dispute,
    disputes.DisputeResolved: take_dispute,
    disputes.DisputeSettled: take_dispute,
    disputes.DisputeUnsettled: take_dispute,
    disputes.DisputeReopened: take_dispute,
    disputes.DisputeClosed: close_dispute,
    disputes.DisputeWithdrawn: take_dispute,
    disputes.DisputeMerged: take_dispute,
    disputes.DisputeExtended: take_dispute,
    disputes.ClockWarned: warn_team,
    scheduler.ReminderPlanned: take_reminder,
    scheduler.ReminderWithdrawn: withdraw_reminder,
    scheduler.EscalationRaised: take_escalation,
    scheduler.HoldPlaced: hear_hold,
    scheduler.HoldEnded: hear_hold,
    scheduler.RecordsParked: hear_parked,
    portal_api.SignInAsked: mail_sign_in,
    portal_api.HardshipRequested: answer_hardship,
    portal_api.CallRequested: answer_call,
    portal_api.AddressChangeAsked: mail_address_change,
    portal_api.PreferencesChanged: hear_preferences,
    portal_api.PaymentConfirmed: take_payment,
    portal_api.PaymentDeclined: take_payment,
    portal_api.PaymentReturned: take_payment_back,
    portal_api.PaymentRestored: take_payment_back,
    portal_api.MandateSaved: take_mandate,
    portal_api.MandateWithdrawn: take_mandate,
    portal_api.MandateRevoked: take_mandate,
    portal_api.MandateExpiring: take_mandate,
    portal_api.ChargeAnnounced: take_charge,
    portal_api.ChargeAwaited: hear_amounts,
    portal_api.ChargePostponed: take_charge,
    portal_api.ChargePaid: hear_amounts,
    portal_api.ChargeFailed: hear_amounts,
    portal_api.ChargeDropped: take_charge,
    portal_api.PromiseMade: take_agreement,
    portal_api.PromisePartPaid: take_agreement,
    portal_api.PromiseKept: take_agreement,
    portal_api.PromisePartlyKept: take_agreement,
    portal_api.PromiseBroken: take_agreement,
    portal_api.PromiseWithdrawn: take_agreement,
    portal_api.PlanProposed: take_agreement,
    portal_api.PlanAccepted: take_agreement,
    portal_api.PlanActivated: take_agreement,
    portal_api.PlanDeclined: take_agreement,
    portal_api.PlanRefused: take_agreement,
    portal_api.PlanLapsed: take_agreement,
    portal_api.InstalmentPaid: take_agreement,
    portal_api.InstalmentDue: take_agreement,
    portal_api.InstalmentMissed: take_agreement,
    portal_api.PlanExtended: take_agreement,
    portal_api.PlanCompleted: take_agreement,
    portal_api.PlanBroken: take_agreement,
}


def projection() -> Projection[Desk]:
    """The notifier's own view of ledger, disputes, scheduler, promises and plans, and what it is to mail."""
    return Projection(
        service="notifier",
        topics=(ledger.TOPIC, disputes.TOPIC, scheduler.TOPIC, portal_api.TOPIC),
        hears=HEARS,
        load=dossiers.load,
        save=_save,
    )


async def _save(work: Work, desk: Desk) -> None:
    await dossiers.save(work.connection, desk)
    count_ends(desk)


class OwnOutcomes:
    """What we told of our messages, read back at every start. A database that knows an outcome is left alone; one that
    does not was restored from an older backup: it learns what has left, and sending is off until a person says so.

    No projection: an outcome never waits behind a parked record, or the message would leave again.
    """

    topics: tuple[str, ...] = (notifier.TOPIC,)

    async def take(self, work: Work, records: Sequence[Record]) -> None:
        told = [event for event, _ in own_words(records, STATUSES)]
        forgotten = await messages.not_over(work.connection, [one.message_id for one in told])
        if not forgotten:
            return

        _log.warning("restored: outcomes read back", extra={"messages": len(forgotten)})
        missing = [one for one in told if one.message_id in forgotten]
        await dossiers.hold(work.connection, {one.customer_id for one in missing})
        desk = Desk(messages=await messages.load(work.connection, list(forgotten)))
        for one in missing:
            recall_outcome(desk, one, moment=work.moment)

        await messages.save(work.connection, desk.to_save(), {})
        await switch.restored(work.connection, moment=work.moment)

    async def park(self, work: Work, record: Record, error: Exception) -> None:
        """Nothing of ours is set aside unread."""
        raise error
