"""What another service says is not to be asked for, or is again."""

from typing import Final

from notifier.domain.desk import Desk
from notifier.domain.invoice import AUTOPAY, DISPUTE, PLAN, PROMISE, AmountHold
from shared.base.clock import Moment
from shared.base.ids import derived_id
from shared.base.money import minor_of
from shared.contracts.disputes import DisputeEvent
from shared.contracts.portal_api import ChargeEvent, PlanEvent, PromiseEvent

Told = ChargeEvent | DisputeEvent | PlanEvent | PromiseEvent
KINDS: Final = (
    (ChargeEvent, AUTOPAY),
    (DisputeEvent, DISPUTE),
    (PromiseEvent, PROMISE),
    (PlanEvent, PLAN),
)


def hear_amounts(desk: Desk, told: Told, *, moment: Moment) -> None:
    """Keep what is held of each item; what has ended is kept too, so that an older word cannot revive it."""
    kind = next(name for base, name in KINDS if isinstance(told, base))
    for item in told.items:
        place = (told.subject_id, item.invoice_id, item.instalment)
        desk.hear_amount_hold(
            AmountHold(
                hold_id=derived_id("amount-hold", kind, *place),
                customer_id=told.customer_id,
                version=told.version,
                kind=kind,
                invoice_id=item.invoice_id,
                instalment=item.instalment,
                minor=minor_of(item.held, told.currency),
                until=told.until if isinstance(told, ChargeEvent) else None,
            )
        )
