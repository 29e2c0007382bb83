"""What our people decide, assign and say of a dispute."""

from uuid import UUID

from fastapi import APIRouter, Depends

from disputes.domain.dispute import (
    Dispute,
    DisputeInOtherState,
    MoreUpheldThanDisputed,
    Outcome,
    OutcomeContradicted,
    Proposal,
)
from disputes.handlers.move_dispute import assign_dispute, speak_of_dispute
from disputes.handlers.resolve_dispute import (
    SecondPersonWanted,
    approve_resolution,
    decline_resolution,
    resolve_dispute,
)
from disputes.interfaces.disputing import DisputeUnknown, Disputing
from disputes.interfaces.http.shapes import (
    Assigning,
    Comment,
    Declining,
    DisputeShown,
    Resolving,
    Working,
    by,
)
from shared.base.money import AmountTooLarge, AmountTooPrecise, minor_of
from shared.web.auth import signed_in
from shared.web.commands import Command, CommandRoute
from shared.web.problems import problems


def decisions_router(disputing: Disputing) -> APIRouter:
    """Resolutions with their approvals, assignments, comments."""
    router = APIRouter(
        prefix="/v1/disputes",
        tags=["disputes"],
        route_class=CommandRoute,
        dependencies=[Depends(signed_in)],
    )

    @router.post(
        "/{dispute_id}/resolutions",
        status_code=201,
        responses=problems(
            *(DisputeUnknown, DisputeInOtherState, MoreUpheldThanDisputed, OutcomeContradicted),
            *(AmountTooPrecise, AmountTooLarge),
        ),
    )
    async def resolve(
        dispute_id: UUID, given: Resolving, work: Command, staff: Working
    ) -> DisputeShown:
        """Decides it; more than the limit upheld is a proposal until a second person approves."""
        async with disputing.at_hand(work, dispute_id) as (docket, (dispute,)):
            upheld = _upheld(dispute, given)
            proposal = Proposal(given.outcome, upheld, staff.subject, given.why, given.words)
            resolve_dispute(docket, dispute, proposal, disputing.rulebook, moment=work.moment)
        return DisputeShown.of(dispute)

    @router.post(
        "/{dispute_id}/approvals",
        status_code=201,
        responses=problems(DisputeUnknown, DisputeInOtherState, SecondPersonWanted),
    )
    async def approve(dispute_id: UUID, work: Command, staff: Working) -> DisputeShown:
        """The second person's word: what was proposed is decided."""
        async with disputing.at_hand(work, dispute_id) as (docket, (dispute,)):
            approve_resolution(docket, dispute, by=staff.subject, moment=work.moment)
        return DisputeShown.of(dispute)

    @router.post(
        "/{dispute_id}/declines",
        status_code=201,
        responses=problems(DisputeUnknown, DisputeInOtherState),
    )
    async def decline(
        dispute_id: UUID, given: Declining, work: Command, staff: Working
    ) -> DisputeShown:
        """What was proposed is not wanted, and waits for nobody any more; whoever proposed it may take it back so."""
        async with disputing.at_hand(work, dispute_id) as (docket, (dispute,)):
            decline_resolution(
                docket, dispute, disputing.rulebook,
                by=staff.subject, why=given.why, moment=work.moment,
            )  # fmt: skip
        return DisputeShown.of(dispute)

    @router.post("/{dispute_id}/assignments", status_code=201, responses=problems(DisputeUnknown))
    async def assign(
        dispute_id: UUID, given: Assigning, work: Command, staff: Working
    ) -> DisputeShown:
        """To a person, or without an owner back to the team's queue."""
        async with disputing.at_hand(work, dispute_id) as (docket, (dispute,)):
            assign_dispute(
                docket, dispute, by(staff, dispute.state, given.why, work.moment),
                owner=given.owner, team=given.team or dispute.team, rulebook=disputing.rulebook,
            )  # fmt: skip
        return DisputeShown.of(dispute)

    @router.post("/{dispute_id}/comments", status_code=201, responses=problems(DisputeUnknown))
    async def comment(
        dispute_id: UUID, given: Comment, work: Command, staff: Working
    ) -> DisputeShown:
        """Among us, or to the customer, who is told."""
        async with disputing.at_hand(work, dispute_id) as (docket, (dispute,)):
            told = given.to == "customer"
            why, words = ("answered", given.words) if told else (given.words, "")
            move = by(staff, dispute.state, why, work.moment, words)
            speak_of_dispute(docket, dispute, move, rulebook=disputing.rulebook)
        return DisputeShown.of(dispute)

    return router


def _upheld(dispute: Dispute, given: Resolving) -> tuple[int, ...]:
    """In minor units by item; said of none, it is all of them, or nothing."""
    if given.upheld is None:
        nothing = given.outcome is Outcome.REJECTED
        return tuple(0 if nothing else item.minor for item in dispute.items)
    return tuple(
        minor_of(amount, dispute.currency, pointer=f"/upheld/{place}")
        for place, amount in enumerate(given.upheld)
    )
