"""A customer's timer came due, or a fact about them came in: look at them."""

from dataclasses import replace
from uuid import UUID

from scheduler.domain.decide import decide
from scheduler.domain.looks import Looks
from scheduler.domain.task import TaskOutcome, task_of_escalation
from scheduler.domain.view import Rulebook, is_overdue
from scheduler.handlers.tell_decisions import (
    escalation_raised,
    hold_ended,
    reminder_planned,
    reminder_withdrawn,
    task_ended,
    task_raised,
)
from shared.base.clock import Moment


def look_at_customer(
    looks: Looks, customer_id: UUID, *, rulebook: Rulebook, moment: Moment
) -> None:
    """Decide, and tell what was decided. An escalation is over once nothing is overdue at that legal entity."""
    view = looks.views[customer_id]

    verdict = decide(view, rulebook, moment=moment)
    over = [
        task.end(TaskOutcome.MOOT, by="", note="nothing is overdue any more", moment=moment)
        for task in looks.escalated.get(customer_id, ())
        if not is_overdue(view, task.legal_entity, rulebook, moment=moment)
    ]

    lines = (task.line() for task in over)
    looks.verdicts[customer_id] = replace(verdict, decisions=(*verdict.decisions, *lines))
    for task in over:
        looks.tasks.append(task)
        looks.announce(task_ended(task))
    for withdrawal in verdict.withdrawals:
        looks.announce(reminder_withdrawn(customer_id, withdrawal))
    for reminder in verdict.reminders:
        looks.announce(reminder_planned(reminder, verdict.policy))
    for escalation in verdict.escalations:
        looks.announce(escalation_raised(escalation, verdict.policy))
        task = task_of_escalation(escalation, moment=moment)
        looks.tasks.append(task)
        looks.announce(task_raised(task))
    for hold in verdict.ended_holds:
        looks.announce(hold_ended(hold))
