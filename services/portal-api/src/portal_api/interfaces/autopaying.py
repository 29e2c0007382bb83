"""What a customer says about autopay: how much at a time, off, not this one, and that the means is taken back."""

from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from portal_api.domain.autopay import Autopay
from portal_api.domain.charge import Charge, ChargeUnknown
from portal_api.domain.mandate import Mandate, MandateUnknown, State
from portal_api.domain.session import Session
from portal_api.gateways import answers, charges, contacts, mandates
from portal_api.gateways.tally import count_moves
from portal_api.handlers.drop_charge import stop_charge
from portal_api.interfaces.mandate_ends import end_mandate, turn_off
from shared.base.money import minor_of
from shared.base.telling import Telling
from shared.db import timers
from shared.db.work import Work
from shared.messaging.tell import tell


class Limit(NamedTuple):
    """What one charge may be at most."""

    currency: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Standing:
    """The mandate that is shown, and what was said about autopay."""

    mandate: Mandate
    autopay: Autopay | None


async def withdraw(work: Work, customer_id: UUID) -> Standing:
    """What stands is taken back at once, and autopay is off. Taken back twice is taken back once."""
    await answers.lock(work.connection, customer_id)
    for mandate in await mandates.standing(work.connection, customer_id):
        await end_mandate(work, mandate, State.WITHDRAWN, "customer")
    found = await mandates.newest(work.connection, customer_id)
    if found is None:
        raise MandateUnknown("you have saved no means of payment")
    return Standing(found, await mandates.autopay_of(work.connection, customer_id))


async def turn_on(work: Work, session: Session, limit: Limit) -> Standing:
    """Up to so much per charge from now on. Raises `MandateUnknown` where nothing is saved."""
    customer_id = session.customer_id
    await answers.lock(work.connection, customer_id)
    me = await contacts.me(work.connection, customer_id, session.address)
    active = await mandates.active(work.connection, customer_id)
    if active is None:
        raise MandateUnknown("save a means of payment first")
    held = await mandates.autopay_of(work.connection, customer_id)
    minor = minor_of(limit.amount, limit.currency, pointer="/limit/amount")

    said = Autopay(
        *(customer_id, limit.currency, minor, held.version + 1 if held else 1),
        *(me.contact_id, work.moment),
    )

    await mandates.say(work.connection, said)
    await timers.set_many(work.connection, charges.LOOKS, {str(customer_id): work.moment})
    return Standing(active, said)


async def turned_off(work: Work, session: Session) -> Standing:
    """Nothing is charged from now on; the means stays saved. Raises `MandateUnknown` where there is none."""
    customer_id = session.customer_id
    await answers.lock(work.connection, customer_id)
    me = await contacts.me(work.connection, customer_id, session.address)
    found = await mandates.newest(work.connection, customer_id)
    if found is None:
        raise MandateUnknown("you have saved no means of payment")
    return Standing(found, await turn_off(work, customer_id, by=me.contact_id))


async def stop(work: Work, customer_id: UUID, charge_id: UUID) -> Charge:
    """A charge that was announced is not made. Raises `ChargeUnknown`, `ChargeUnderWay`."""
    await answers.lock(work.connection, customer_id)
    charge = await charges.one(work.connection, customer_id, charge_id)
    if charge is None:
        raise ChargeUnknown("nothing of that id was announced to you")
    telling = Telling()
    if stop_charge(telling, charge, moment=work.moment):
        await charges.move(work.connection, charge)
        await timers.set_many(work.connection, charges.TIMER, {str(charge_id): None})
        tell(work, telling.told)
        count_moves(telling.told)
    return charge
