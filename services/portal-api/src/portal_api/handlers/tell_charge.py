"""A charge as others hear of it."""

from typing import Any

from portal_api.domain.charge import Charge
from portal_api.handlers.tell_mandate import means_told
from shared.base.clock import Moment
from shared.base.money import decimal_text
from shared.base.telling import Telling
from shared.contracts import portal_api as told


def tell_charge(
    telling: Telling,
    charge: Charge,
    fact: type[told.ChargeEvent],
    *,
    moment: Moment,
    **more: Any,
) -> None:
    """The whole charge, as `fact`."""
    currency, is_held = charge.currency, charge.held_until is not None
    telling.announce(
        fact(
            customer_id=charge.customer_id,
            version=charge.version,
            charge_id=charge.charge_id,
            legal_entity=charge.legal_entity,
            currency=currency,
            amount=decimal_text(charge.minor, currency),
            items=tuple(
                told.ChargedItem(
                    invoice_id=one.invoice_id,
                    invoice_number=one.invoice_number,
                    instalment=one.numbers[0] if len(one.numbers) == 1 else None,
                    amount=decimal_text(one.minor, currency),
                    held=decimal_text(one.minor if is_held else 0, currency),
                )
                for one in charge.items
            ),
            charge_on=charge.charge_on,
            until=charge.held_until,
            announcement_id=charge.announcement_id,
            means=means_told(charge.means),
            state=told.ChargeState(charge.state),
            attempts=charge.attempts,
            at=moment,
            **more,
        )
    )
