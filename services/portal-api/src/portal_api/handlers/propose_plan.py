"""A customer wants what was quoted: the plan waits for both sides to accept its text."""

from copy import deepcopy

from portal_api.domain.answers import Answers
from portal_api.domain.plan import Acceptance, Plan, PlanState, Side
from portal_api.domain.plan_rails import PlanRails
from portal_api.domain.quote import Quote
from portal_api.handlers.take_items import check_left
from portal_api.handlers.tell_plan import tell_plan
from shared.base.clock import Moment
from shared.base.days import local_day
from shared.base.errors import Refusal
from shared.base.ids import derived_id
from shared.contracts.portal_api import PlanLapsed, PlanProposed


class QuoteOutOfDate(Refusal):
    """The quote's time is over, or its first day is: ask for a new one."""

    code, status = "quote-out-of-date", 409


def propose_plan(answers: Answers, quote: Quote, rails: PlanRails, *, moment: Moment) -> Plan:
    """It takes the place of proposals that the customer did not accept. Up to the sum from which on a person of ours
    has to agree, our side accepts at once.
    """
    terms = quote.terms
    today = local_day(moment, rails.zone(terms.legal_entity))
    if moment >= quote.valid_until or quote.instalments[0].due_on < today:
        raise QuoteOutOfDate(f"it was good until {quote.valid_until.isoformat()}")
    for older in [one for one in answers.plans.values() if one.state is PlanState.PROPOSED]:
        _lapse(answers, older, moment=moment)
    rails.check_room(len(answers.plans))
    check_left(answers, quote.items, terms.currency)

    plan = Plan(
        plan_id=derived_id("plan", quote.quote_id),
        customer_id=quote.customer_id,
        terms=terms,
        items=deepcopy(quote.items),
        instalments=deepcopy(quote.instalments),
        proposed_at=moment,
        answer_by=quote.valid_until,
    )
    if not terms.needs_approval:
        rule = f"policy plans/{rails.version}"
        plan.acceptances.append(Acceptance(Side.US, rule, moment, terms.text_hash))
    answers.plans[plan.plan_id] = plan
    answers.keep_plan(plan)
    tell_plan(answers, plan, PlanProposed, moment=moment)
    return plan


def _lapse(answers: Answers, plan: Plan, *, moment: Moment) -> None:
    plan.move(PlanState.LAPSED, moment=moment)
    del answers.plans[plan.plan_id]
    answers.keep_plan(plan)
    tell_plan(answers, plan, PlanLapsed, moment=moment)
