"""Whose errand a dispute is, and what our people say of it where it stands."""

from uuid import UUID

from fastapi import APIRouter, Depends

from disputes.domain.move import DisputeInOtherState
from disputes.handlers.move_dispute import TeamUnknown, assign_dispute, speak_of_dispute
from disputes.interfaces.disputing import DisputeUnknown, Disputing
from disputes.interfaces.http.shapes import Assigning, Comment, DisputeShown, Working, by
from shared.web.auth import signed_in
from shared.web.commands import Command, CommandRoute
from shared.web.problems import problems


def assignments_router(disputing: Disputing) -> APIRouter:
    """Assignments and comments."""
    router = APIRouter(
        prefix="/v1/disputes",
        tags=["disputes"],
        route_class=CommandRoute,
        dependencies=[Depends(signed_in)],
    )

    @router.post(
        "/{dispute_id}/assignments",
        status_code=201,
        responses=problems(DisputeUnknown, DisputeInOtherState, TeamUnknown),
    )
    async def assign(
        dispute_id: UUID, given: Assigning, work: Command, staff: Working
    ) -> DisputeShown:
        """To a person, or without an owner back to the team's queue."""
        async with disputing.at_hand(work, dispute_id) as (docket, (dispute,)):
            assign_dispute(
                docket, dispute, by(staff, dispute.state, given.why, work.moment),
                owner=given.owner, team=given.team or dispute.team, rulebook=disputing.rulebook,
            )  # fmt: skip
        return DisputeShown.of(dispute, disputing.rulebook)

    @router.post(
        "/{dispute_id}/comments",
        status_code=201,
        responses=problems(DisputeUnknown, DisputeInOtherState),
    )
    async def comment(
        dispute_id: UUID, given: Comment, work: Command, staff: Working
    ) -> DisputeShown:
        """Among us, or to the customer, who is told."""
        async with disputing.at_hand(work, dispute_id) as (docket, (dispute,)):
            told = given.to == "customer"
            why, words = ("answered", given.words) if told else (given.words, "")
            move = by(staff, dispute.state, why, work.moment, words)
            speak_of_dispute(docket, dispute, move, rulebook=disputing.rulebook)
        return DisputeShown.of(dispute, disputing.rulebook)

    return router
