"""The announcement of a charge has left: until the charge is made nobody asks for these amounts otherwise."""

from datetime import date

from portal_api.domain.autopay import AutopayRails
from portal_api.domain.charge import Charge
from portal_api.handlers.tell_charge import tell_charge
from shared.base.clock import Moment
from shared.base.telling import Telling
from shared.contracts import portal_api as told


def await_charge(
    telling: Telling, charge: Charge, rails: AutopayRails, *, announced_on: date, moment: Moment
) -> bool:
    """Once; and never of one that will not be made because its announcement left too late. `announced_on` is the legal
    entity's.
    """
    kind = charge.means.kind
    until = rails.held_until(charge.charge_on, kind)

    if not rails.in_time(announced_on, charge.charge_on, kind) or not charge.hold(until):
        return False

    tell_charge(telling, charge, told.ChargeAwaited, moment=moment)
    return True
