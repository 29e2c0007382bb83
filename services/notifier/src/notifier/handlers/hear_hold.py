"""A hold was placed or has ended."""

from notifier.domain.customer import Hold
from notifier.domain.desk import Desk
from shared.base.clock import Moment
from shared.contracts.scheduler import HoldEvent


def hear_hold(desk: Desk, told: HoldEvent, *, moment: Moment) -> None:
    """Keep the hold; an ended one is kept too, so that an older word cannot revive it."""
    desk.hear_hold(
        Hold(
            hold_id=told.hold_id,
            customer_id=told.customer_id,
            version=told.version,
            kind=told.kind.value,
            placed_at=told.placed_at,
            legal_entity=told.legal_entity,
            invoice_id=told.invoice_id,
            until=told.until,
            ended_at=told.ended_at,
        )
    )
