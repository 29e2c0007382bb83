"""What our people decide of a dispute."""

from uuid import UUID

from fastapi import APIRouter, Depends

from disputes.domain.dispute import (
    Dispute,
    MoreUpheldThanDisputed,
    Outcome,
    OutcomeContradicted,
    Proposal,
)
from disputes.domain.move import DisputeInOtherState
from disputes.handlers.resolve_dispute import (
    SecondPersonWanted,
    approve_resolution,
    decline_resolution,
    resolve_dispute,
)
from disputes.interfaces.disputing import DisputeUnknown, Disputing
from disputes.interfaces.http.shapes import (
    Declining,
    DisputeShown,
    Resolving,
    Working,
)
from shared.base.money import AmountTooLarge, AmountTooPrecise, minor_of
from shared.web.auth import signed_in
from shared.web.commands import Command, CommandRoute
from shared.web.problems import problems
from shared.web.versions import ExpectedVersion


def decisions_router(disputing: Disputing) -> APIRouter:
    """Resolutions, with their approvals and declines."""
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
        return DisputeShown.of(dispute, disputing.rulebook)

    @router.post(
        "/{dispute_id}/approvals",
        status_code=201,
        responses=problems(DisputeUnknown, DisputeInOtherState, SecondPersonWanted),
    )
    async def approve(
        dispute_id: UUID, work: Command, staff: Working, expected: ExpectedVersion
    ) -> DisputeShown:
        """The second person's word: what was proposed is decided, as that person has seen it."""
        async with disputing.at_hand(work, dispute_id) as (docket, (dispute,)):
            expected.must_be(dispute.version)
            approve_resolution(
                docket, dispute, disputing.rulebook, by=staff.subject, moment=work.moment
            )
        return DisputeShown.of(dispute, disputing.rulebook)

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
        return DisputeShown.of(dispute, disputing.rulebook)

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
