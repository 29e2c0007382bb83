"""What the provider has of an attempt of autopay moves it, its charge and, if the bank says so, the mandate."""

from datetime import date, timedelta
from typing import Final
from uuid import UUID

from portal_api.domain.autopay import AutopayRails
from portal_api.domain.charge import State as ChargeState
from portal_api.domain.decline import Decline, NextStep
from portal_api.domain.mandate import State as MandateState
from portal_api.domain.payment import Payment, Seen, State
from portal_api.gateways import charges, mandates, payments
from portal_api.handlers.learn_charge import Tried, learn_charge
from portal_api.interfaces.announcing import charge_at
from portal_api.interfaces.mandate_ends import end_mandate
from shared.base.clock import Moment
from shared.base.days import local_day
from shared.base.telling import Telling
from shared.db import timers
from shared.db.work import Work

LOOK_AFTER: Final = timedelta(hours=12)
"""So long a bank may take before the provider is asked."""


async def hear_charge(
    work: Work, telling: Telling, payment: Payment, seen: Seen, rails: AutopayRails
) -> bool:
    """Whether it was news; the customer is locked. Raises `AmountDiffers`."""
    assert payment.charge_id is not None, "it is an attempt of autopay"
    charge = await charges.find(work.connection, payment.charge_id)
    assert charge is not None, "a charge is never removed"
    zone = rails.zone(charge.legal_entity)

    moved = learn_charge(
        telling,
        charge,
        payment,
        seen,
        Tried(rails, await attempts_of(work, payment.customer_id, rails, charge.means.kind, zone)),
        today=local_day(work.moment, zone),
        moment=work.moment,
    )

    if moved:
        await charges.move(work.connection, charge)
        waits = charge.state is ChargeState.ANNOUNCED
        due = {str(charge.charge_id): charge_at(rails, charge) if waits else None}
        await timers.set_many(work.connection, charges.TIMER, due)
        looks = work.moment + LOOK_AFTER if payment.state is State.PROCESSING else None
        await timers.set_many(work.connection, payments.TIMER, {str(payment.payment_id): looks})
        await obey(work, payment.decline, charge.mandate_id)
    return moved


async def attempts_of(
    work: Work, customer_id: UUID, rails: AutopayRails, kind: str, zone: str
) -> dict[UUID, list[date]]:
    """The days on which autopay tried each invoice, as far back as rails count."""
    since: Moment = work.moment - timedelta(days=rails.means[kind].within_days + 1)
    tried = await payments.attempts(work.connection, customer_id, since=since)
    return {one: [local_day(at, zone) for at in days] for one, days in tried.items()}


async def obey(work: Work, decline: Decline | None, mandate_id: UUID | None) -> None:
    """What the bank says not to try again is not: the mandate ends with the word that says so."""
    if mandate_id is None or decline is None or decline.next_step is not NextStep.OTHER_MEANS:
        return
    mandate = await mandates.find(work.connection, mandate_id)
    assert mandate is not None, "a mandate is never removed"
    await end_mandate(work, mandate, MandateState.REVOKED, decline.code)
