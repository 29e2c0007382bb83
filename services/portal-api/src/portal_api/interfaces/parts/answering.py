"""Answering: promises and plans within their rails, and what becomes of them unasked."""

from portal_api.gateways import plans, promises
from portal_api.gateways.plan_files import load_plan_rails
from portal_api.gateways.promise_rails_file import load_promise_rails
from portal_api.interfaces.http.plan_approvals import plan_approvals_router
from portal_api.interfaces.http.plans import plans_router
from portal_api.interfaces.http.promises import promises_router
from portal_api.interfaces.parts.ground import Ground, Part
from portal_api.interfaces.planning import Planning
from portal_api.interfaces.promising import Promising


def planning_on(ground: Ground) -> Planning:
    """With the rails and texts of its files."""
    company = ground.company
    rails, agreement = load_plan_rails(ground.settings.portal_api_plans_file, company)
    entities = company.legal_entities if company else ()
    return Planning(rails, agreement, {one.code: one.name for one in entities})


def answering(ground: Ground, planning: Planning) -> Part:
    """How a customer answers, and we them."""
    rails = load_promise_rails(ground.settings.portal_api_promises_file, ground.company)
    promising = Promising(rails)
    return Part(
        doors=(
            promises_router(ground.visitors, promising),
            plans_router(ground.visitors, planning),
            plan_approvals_router(planning),
        ),
        jobs=(
            ground.job("promises", ground.watch(promises.TIMER, promising.judge).run),
            ground.job("plans", ground.watch(plans.TIMER, planning.judge).run),
        ),
    )
