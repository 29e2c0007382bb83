"""A side accepts a plan's text, or we decline: it is active once both have accepted the same."""

from datetime import date

from portal_api.domain.answers import Answers
from portal_api.domain.plan import Acceptance, Plan, PlanState, Reminded, Side
from portal_api.domain.plan_rails import PlanRails
from portal_api.handlers.take_items import check_left, paid_already
from portal_api.handlers.tell_plan import tell_plan
from shared.base.clock import Moment
from shared.base.days import local_day
from shared.base.errors import Refusal
from shared.contracts.portal_api import PlanAccepted, PlanActivated, PlanDeclined


class TextNotTheSame(Refusal):
    """This is not the text of the plan: read it again."""

    code, status = "text-not-the-same", 409


class PlanNotOpen(Refusal):
    """It is not waiting for that any more, or not yet."""

    code, status = "plan-not-open", 409


class PlanOutOfDate(Refusal):
    """Its first day is over: it needs a new quote."""

    code, status = "plan-out-of-date", 409


def accept_plan(
    answers: Answers, plan: Plan, rails: PlanRails, acceptance: Acceptance, *, moment: Moment
) -> None:
    """The customer accepts first: payments count from then on, and nothing of it is asked for. Again is as once."""
    side = acceptance.side
    if acceptance.text_hash != plan.terms.text_hash:
        raise TextNotTheSame("the hash is of another text", pointer="/text_hash")
    if plan.accepted_by(side) is not None:
        return
    wanted = PlanState.PROPOSED if side is Side.CUSTOMER else PlanState.ACCEPTED
    if plan.state is not wanted or moment >= plan.answer_by:
        raise PlanNotOpen(f"it is {plan.state}, to be answered by {plan.answer_by.isoformat()}")
    _begin(answers, plan, rails, side, moment=moment)

    plan.acceptances.append(acceptance)
    is_active = len(plan.acceptances) == len(Side)
    plan.move(PlanState.ACTIVE if is_active else PlanState.ACCEPTED, moment=moment)
    answers.keep_plan(plan)
    tell_plan(answers, plan, PlanActivated if is_active else PlanAccepted, moment=moment)


def decline_plan(answers: Answers, plan: Plan, *, reason: str, moment: Moment) -> None:
    """A person of ours does not agree; the customer is told why. Again is as once."""
    if plan.state is PlanState.DECLINED:
        return
    if plan.state is not PlanState.ACCEPTED:
        raise PlanNotOpen(f"it is {plan.state}")

    answers.spend(plan)
    plan.reason = reason
    plan.move(PlanState.DECLINED, moment=moment)
    answers.keep_plan(plan)
    tell_plan(answers, plan, PlanDeclined, moment=moment)


def _begin(answers: Answers, plan: Plan, rails: PlanRails, side: Side, *, moment: Moment) -> None:
    """What is counted begins with the customer's word; whoever accepts reads of the first part that is near."""
    if side is Side.CUSTOMER:
        for item in plan.items:
            item.before = paid_already(answers, item.invoice_id)
        check_left(answers, plan.items, plan.terms.currency, without=plan.plan_id)
        plan.answer_by = rails.valid_until(moment)
    plan.count(answers.known_to(plan))
    _check_first(plan, rails, today=local_day(moment, rails.zone(plan.terms.legal_entity)))


def _check_first(plan: Plan, rails: PlanRails, *, today: date) -> None:
    first = next(plan.unpaid(), None)
    if first is not None and first.due_on < today:
        raise PlanOutOfDate(f"the next part was due on {first.due_on}")
    if plan.reminder(today=today, days_before=rails.remind_days_before) and first is not None:
        first.reminded = Reminded.COMING
