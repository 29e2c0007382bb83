"""An amount is disputed, or not any more: exactly that amount is not asked for."""

from scheduler.domain.facts import Facts
from scheduler.domain.hold import DISPUTE
from scheduler.handlers.end_moot_tasks import end_moot_tasks
from scheduler.handlers.hold_amounts import Cause, hold_amounts
from shared.base.clock import Moment
from shared.contracts.disputes import DisputeEvent


def apply_dispute(facts: Facts, told: DisputeEvent, *, moment: Moment) -> None:
    """Hold what it says; what was to be done about it may be done."""
    reason = told.reason.value
    hold_amounts(facts, told, Cause(DISPUTE, reason, told.team, f"disputed: {reason}"))
    end_moot_tasks(facts, told, moment=moment)
