"""Hold that the scheduler keeps silent, and for how long: what is not asked for is not charged unasked, and
who asked for time may ask again once it is over.
"""

from portal_api.domain.items import HardshipOver, Items
from portal_api.domain.silence import Silence
from shared.base.clock import Moment
from shared.contracts import scheduler


def hold_silence(items: Items, told: scheduler.HoldEvent, *, moment: Moment) -> None:
    """Its reason and its owner stay with the scheduler."""
    items.hold_silence(
        Silence(
            hold_id=told.hold_id,
            customer_id=told.customer_id,
            version=told.version,
            legal_entity=told.legal_entity,
            invoice_id=told.invoice_id,
            until=told.until,
            ended_at=told.ended_at,
        )
    )
    if told.kind is scheduler.HoldKind.HARDSHIP and told.ended_at is not None:
        over = HardshipOver(told.customer_id, told.placed_at, told.ended_at)
        items.hardships_over[told.hold_id] = over
