"""An amount is disputed, or not any more."""

from notifier.domain.desk import Desk
from notifier.domain.invoice import AmountHold
from shared.base.clock import Moment
from shared.base.ids import derived_id
from shared.base.money import minor_of
from shared.contracts.disputes import DisputeEvent


def hear_dispute(desk: Desk, told: DisputeEvent, *, moment: Moment) -> None:
    """Keep what is held of each item; what has ended is kept too, so that an older word cannot revive it."""
    for item in told.items:
        place = (told.dispute_id, item.invoice_id, item.instalment)
        desk.hear_amount_hold(
            AmountHold(
                hold_id=derived_id("amount-hold", "dispute", *place),
                customer_id=told.customer_id,
                version=told.version,
                kind="dispute",
                invoice_id=item.invoice_id,
                instalment=item.instalment,
                minor=minor_of(item.held, told.currency),
            )
        )
