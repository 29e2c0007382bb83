"""A customer needs more time: once, every part that is not paid is due so much later."""

from portal_api.domain.answers import Answers
from portal_api.domain.plan import Plan, PlanState
from portal_api.domain.plan_rails import PlanRails
from portal_api.handlers.accept_plan import PlanNotOpen
from portal_api.handlers.tell_plan import tell_plan
from shared.base.clock import Moment
from shared.base.errors import Refusal
from shared.contracts.portal_api import PlanExtended


class PlanExtendedAlready(Refusal):
    """A plan is extended once."""

    code, status = "plan-extended-already", 409


def extend_plan(
    answers: Answers, plan: Plan, rails: PlanRails, *, days: int, moment: Moment
) -> None:
    """By as many days as the text allows; what was paid is counted first."""
    if plan.state is not PlanState.ACTIVE:
        raise PlanNotOpen(f"it is {plan.state}")
    if plan.extended_days:
        raise PlanExtendedAlready(f"it was extended by {plan.extended_days} days")
    rails.check_extension(days, plan.terms.extension_days_max)

    today = rails.day_of(moment, plan.terms.legal_entity)
    if plan.missed(plan.count(answers.known_to(plan)), today=today):
        raise PlanNotOpen("a part was not paid in time")
    plan.extend(days)
    answers.keep_plan(plan)
    tell_plan(answers, plan, PlanExtended, moment=moment)
