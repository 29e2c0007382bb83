"""A charge that was announced is not made: because the customer said so, or because nothing is to be charged."""

from portal_api.domain.charge import Charge, ChargeUnderWay, State, Why
from portal_api.handlers.tell_charge import tell_charge
from shared.base.clock import Moment
from shared.base.telling import Telling
from shared.contracts import portal_api as told


def drop_charge(telling: Telling, charge: Charge, why: Why, *, moment: Moment) -> None:
    """Once."""
    if charge.end(State.DROPPED, why.value, moment=moment):
        reason = told.DropReason(why.value)
        tell_charge(telling, charge, told.ChargeDropped, moment=moment, reason=reason)


def stop_charge(telling: Telling, charge: Charge, *, moment: Moment) -> bool:
    """By the customer; False when they did before. Raises `ChargeUnderWay`."""
    if charge.state is State.DROPPED:
        return False
    if charge.state is not State.ANNOUNCED:
        raise ChargeUnderWay(f"it is {charge.state.value}")
    drop_charge(telling, charge, Why.STOPPED, moment=moment)
    return True
