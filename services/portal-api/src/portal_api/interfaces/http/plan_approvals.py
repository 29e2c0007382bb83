"""Our own word on plans above the sum up to which a rule gives it: the task names the plan."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from portal_api.gateways import plans
from portal_api.handlers.accept_plan import PlanNotOpen, PlanOutOfDate, TextNotTheSame
from portal_api.interfaces.http.plan_shown import AcceptanceGiven, Body, PlanShown
from portal_api.interfaces.planning import Accepts, Planning, PlanUnknown
from shared.web.accepted import Reason
from shared.web.auth import Staff, require
from shared.web.commands import Command, CommandRoute, Question
from shared.web.problems import problems

Deciding = Annotated[Staff, require("collector", "manager", "admin")]


class DeclineGiven(Body):
    reason: Annotated[Reason, Field(description="as the customer reads it")]


def plan_approvals_router(planning: Planning) -> APIRouter:
    """`/v1/plan-approvals/{plan_id}` and what can be said to it."""
    router = APIRouter(
        prefix="/v1/plan-approvals", tags=["plan approvals"], route_class=CommandRoute
    )

    @router.get("/{plan_id}", dependencies=[require("viewer")], responses=problems(PlanUnknown))
    async def show(plan_id: UUID, question: Question) -> PlanShown:
        """Any customer's plan, with the text that is to be accepted."""
        async with question.look() as connection:
            found = await plans.any_one(connection, plan_id)
        if found is None:
            raise PlanUnknown("there is no such plan")
        return PlanShown.of(found)

    @router.post(
        "/{plan_id}/acceptances",
        status_code=201,
        responses=problems(PlanUnknown, TextNotTheSame, PlanNotOpen, PlanOutOfDate),
    )
    async def approve(
        plan_id: UUID, given: AcceptanceGiven, work: Command, staff: Deciding
    ) -> PlanShown:
        """The same text that the customer accepted: the plan is active."""
        accepts = Accepts(f"staff {staff.subject}", given.text_hash, "")
        return PlanShown.of(await planning.approve(work, plan_id, accepts))

    @router.post(
        "/{plan_id}/declines", status_code=201, responses=problems(PlanUnknown, PlanNotOpen)
    )
    async def decline(plan_id: UUID, given: DeclineGiven, work: Command, _: Deciding) -> PlanShown:
        """The customer is told why, and asked for the amounts again."""
        return PlanShown.of(await planning.decline(work, plan_id, reason=given.reason))

    return router
