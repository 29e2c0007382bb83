"""What became of a plan by what was paid: its parts are counted, reminded of, and a missed one breaks it."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from portal_api.domain.answers import Answers
from portal_api.domain.plan import HOLDING, Plan, PlanState, Reminded
from portal_api.domain.plan_rails import PlanRails
from portal_api.handlers.tell_plan import tell_plan
from shared.base.clock import Moment
from shared.contracts import portal_api as told

REMINDERS: Final[Mapping[Reminded, type[told.PlanEvent]]] = {
    Reminded.COMING: told.InstalmentDue,
    Reminded.LATE: told.InstalmentMissed,
}


def judge_plan(answers: Answers, plan: Plan, rails: PlanRails, *, moment: Moment) -> None:
    """Tell what is news. A plan that waits for a word lapses when its time is up."""
    if plan.state is not PlanState.ACTIVE and moment >= plan.answer_by:
        _end(answers, plan, PlanState.LAPSED, told.PlanLapsed, moment=moment)
    if plan.state not in HOLDING:
        return
    today = rails.day_of(moment, plan.terms.legal_entity)
    before = [item.counted for item in plan.items]
    in_time = _count(answers, plan, rails, today=today)

    if plan.state is PlanState.ACTIVE:
        if plan.is_paid():
            _end(answers, plan, PlanState.COMPLETED, told.PlanCompleted, moment=moment)
            return
        if missed := plan.missed(in_time, today=today):
            number = missed.number
            _end(answers, plan, PlanState.BROKEN, told.PlanBroken, moment=moment, number=number)
            return
    if [item.counted for item in plan.items] != before:
        _tell(answers, plan, told.InstalmentPaid, moment=moment)
    if plan.state is PlanState.ACTIVE:
        _remind(answers, plan, rails, today=today, moment=moment)


def _count(answers: Answers, plan: Plan, rails: PlanRails, *, today: date) -> dict[date, int]:
    """What came in time for each part. A part that was not asked for while it was disputed, or taken off, and is owed
    after all, is announced like any other before it is due.
    """
    rested = plan.resting()
    in_time = plan.count(answers.known_to(plan))
    back = rested & {part.number for part in plan.unpaid()}
    if not back or plan.state is not PlanState.ACTIVE:
        return in_time
    plan.put_off(min(back), until=today + timedelta(days=rails.remind_days_before))
    return plan.count(answers.known_to(plan))


def _end(
    answers: Answers,
    plan: Plan,
    state: PlanState,
    fact: type[told.PlanEvent],
    *,
    moment: Moment,
    number: int | None = None,
) -> None:
    answers.spend(plan)
    plan.move(state, moment=moment)
    answers.keep_plan(plan)
    tell_plan(answers, plan, fact, moment=moment, number=number)


def _remind(answers: Answers, plan: Plan, rails: PlanRails, *, today: date, moment: Moment) -> None:
    due = plan.reminder(today=today, days_before=rails.remind_days_before)
    if due is not None:
        part, reminded = due
        part.reminded = reminded
        _tell(answers, plan, REMINDERS[reminded], moment=moment, number=part.number)


def _tell(
    answers: Answers,
    plan: Plan,
    fact: type[told.PlanEvent],
    *,
    moment: Moment,
    number: int | None = None,
) -> None:
    plan.change()
    answers.keep_plan(plan)
    tell_plan(answers, plan, fact, moment=moment, number=number)
