"""The provider was asked how an attempt of autopay stands: paid, to be tried again some day, or failed for good."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from portal_api.domain.autopay import AutopayRails
from portal_api.domain.charge import Charge
from portal_api.domain.charge import State as ChargeState
from portal_api.domain.payment import Payment, Seen, State
from portal_api.handlers.learn_payment import decline_told, tell_payment
from portal_api.handlers.tell_charge import tell_charge
from shared.base.clock import Moment
from shared.base.telling import Telling
from shared.contracts import portal_api as told


class Tried(NamedTuple):
    """The rails, and the days on which autopay tried each invoice."""

    rails: AutopayRails
    attempts: Mapping[UUID, Sequence[date]]


def learn_charge(
    telling: Telling,
    charge: Charge,
    payment: Payment,
    seen: Seen,
    before: Tried,
    *,
    today: date,
    moment: Moment,
) -> bool:
    """Whether it was news. Raises `AmountDiffers`."""
    if not payment.learn(seen, today=today, moment=moment):
        return False

    if payment.state is State.SUCCEEDED:
        if charge.end(ChargeState.PAID, None, moment=moment, held_until=today):
            tell_charge(telling, charge, told.ChargePaid, moment=moment)
        tell_payment(telling, payment, told.PaymentConfirmed, moment=moment)
    elif payment.state is State.DECLINED:
        _declined(telling, charge, payment, before, today=today, moment=moment)
    return True


def _declined(
    telling: Telling,
    charge: Charge,
    payment: Payment,
    before: Tried,
    *,
    today: date,
    moment: Moment,
) -> None:
    """A decline for good is the payer's errand: they are told as of any payment, and so are people of ours."""
    decline = payment.decline
    assert decline is not None, "a declined payment has a reason"
    is_newest = charge.payment_id == payment.payment_id and charge.state is ChargeState.CHARGING
    tried = max((before.attempts.get(one.invoice_id, ()) for one in payment.items), key=len)

    again = before.rails.retry_on(
        decline, tried, charge.means.kind, charge.legal_entity, today=today
    )

    if is_newest and again is not None:
        held_until = before.rails.held_until(again, charge.means.kind)
        charge.postpone(again, held_until=held_until)
        tell_charge(
            telling, charge, told.ChargePostponed, moment=moment, decline=decline_told(decline)
        )
    elif is_newest and charge.end(ChargeState.FAILED, decline.code, moment=moment):
        tell_charge(
            telling, charge, told.ChargeFailed, moment=moment, decline=decline_told(decline)
        )
        tell_payment(telling, payment, told.PaymentDeclined, moment=moment)
