"""A dispute is closed: that is told like every step of it, and the customer is asked what they think of us."""

from notifier.domain.desk import Desk
from notifier.handlers.ask_satisfaction import ask_satisfaction
from notifier.handlers.take_dispute import take_dispute
from shared.base.clock import Moment
from shared.contracts.disputes import DisputeClosed


def close_dispute(desk: Desk, closed: DisputeClosed, *, moment: Moment) -> None:
    """Both, each once."""
    take_dispute(desk, closed, moment=moment)
    ask_satisfaction(desk, closed, moment=moment)
