"""The scheduler set records of a customer aside, or released them."""

from notifier.domain.desk import Desk
from shared.base.clock import Moment
from shared.contracts.scheduler import RecordsParked


def hear_parked(desk: Desk, told: RecordsParked, *, moment: Moment) -> None:
    """Remember how many stand; nothing is handed over to the customer while one does."""
    desk.hear_parked(told.customer_id, version=told.version, parked=told.parked)
