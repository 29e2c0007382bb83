"""A customer does not want a plan, before both sides have agreed: it ends at once, and holds nothing any more."""

from portal_api.domain.answers import Answers
from portal_api.domain.plan import Plan, PlanState
from portal_api.handlers.accept_plan import PlanNotOpen
from portal_api.handlers.tell_plan import tell_plan
from shared.base.clock import Moment
from shared.contracts.portal_api import PlanRefused

REFUSABLE = frozenset({PlanState.PROPOSED, PlanState.ACCEPTED})


def refuse_plan(answers: Answers, plan: Plan, *, words: str, moment: Moment) -> None:
    """`words` are the customer's, "" for none. Again is as once; what both sides have agreed on is kept."""
    if plan.state is PlanState.REFUSED:
        return
    if plan.state not in REFUSABLE:
        raise PlanNotOpen(f"it is {plan.state}")

    answers.spend(plan)
    plan.reason = words
    plan.move(PlanState.REFUSED, moment=moment)
    answers.keep_plan(plan)
    tell_plan(answers, plan, PlanRefused, moment=moment)
