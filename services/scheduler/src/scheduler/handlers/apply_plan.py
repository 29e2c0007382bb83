"""What is planned is paid by its own parts, and not asked for otherwise; a large plan waits for a person of ours."""

from typing import Final

from scheduler.domain import task
from scheduler.domain.facts import Facts
from scheduler.domain.hold import PLAN
from scheduler.handlers.end_moot_tasks import end_as_moot
from scheduler.handlers.hold_amounts import Cause, hold_amounts
from scheduler.handlers.raise_task import raise_task
from shared.base.clock import Moment
from shared.contracts.portal_api import PlanEvent, PlanState

OWNER: Final = "customer"
"""Nobody of ours has to do anything about a plan that stands."""


def apply_plan(facts: Facts, told: PlanEvent, *, moment: Moment) -> None:
    """Hold what it says; what was to be decided about it may be decided."""
    last = max(one.due_on for one in told.instalments)
    words = f"planned in {len(told.instalments)} parts until {last}: {told.state}"
    cause = Cause(PLAN, f"plan until {last}", OWNER, words)
    is_newest = hold_amounts(facts, told, cause)

    if not is_newest:
        return
    if told.state is PlanState.ACCEPTED:
        _ask(facts, told, moment=moment)
        return
    for one in facts.standing_tasks(told.plan_id):
        if one.kind is task.TaskKind.PLAN_APPROVAL:
            end_as_moot(facts, one, note=f"plan {told.state}", moment=moment)
    if told.state is PlanState.REFUSED:
        _speak(facts, told, moment=moment)


def _ask(facts: Facts, told: PlanEvent, *, moment: Moment) -> None:
    why = (
        f"the customer accepted a plan in {len(told.instalments)} parts; it lapses without our word"
    )
    asked = task.Cause(
        told.customer_id, told.plan_id, told.legal_entity, why, due_at=told.answer_by
    )
    raise_task(facts, task.TaskKind.PLAN_APPROVAL, asked, moment=moment)


def _speak(facts: Facts, told: PlanEvent, *, moment: Moment) -> None:
    why = f"the customer refused a plan in {len(told.instalments)} parts: find another way"
    if told.reason:
        why = f"{why}; they say: {told.reason}"[: task.WHY_CHARACTERS_MAX]
    asked = task.Cause(told.customer_id, told.plan_id, told.legal_entity, why)
    raise_task(facts, task.TaskKind.PLAN_REFUSED, asked, moment=moment)
