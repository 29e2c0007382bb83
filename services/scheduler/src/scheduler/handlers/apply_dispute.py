"""An amount is disputed, or not any more: exactly that amount is not asked for."""

from scheduler.domain.facts import Facts
from scheduler.domain.hold import DISPUTE
from scheduler.handlers.end_moot_tasks import end_moot_tasks
from scheduler.handlers.hold_amounts import Cause, hold_amounts
from shared.base.clock import Moment
from shared.contracts.disputes import DisputeEvent


def apply_dispute(facts: Facts, told: DisputeEvent, *, moment: Moment) -> None:
    """Hold what it says; what was to be done about it may be done, unless it is old news."""
    if hold_disputed(facts, told):
        end_moot_tasks(facts, told, moment=moment)


def hold_disputed(facts: Facts, told: DisputeEvent) -> bool:
    """Whether it is the newest that was heard."""
    reason = told.reason.value
    cause = Cause(DISPUTE, reason, told.team, f"disputed: {reason}")
    return hold_amounts(facts, told, cause)
