"""Moves of a dispute, each a noun below it: examined, waiting, withdrawn, merged, closed, opened again."""

from uuid import UUID

from fastapi import APIRouter, Depends

from disputes.domain.move import DisputeInOtherState, Move, State
from disputes.domain.reopening import EvidenceNotNew, ReopenedTooOften, ReopeningTooLate
from disputes.handlers.merge_dispute import merge_dispute
from disputes.handlers.move_dispute import move_dispute
from disputes.handlers.open_dispute import MoreDisputedThanOpen, TooManyDisputes
from disputes.interfaces.disputing import DisputeUnknown, Disputing
from disputes.interfaces.http.shapes import (
    DisputeShown,
    Ending,
    Merging,
    Reopening,
    Reviewing,
    Speaking,
    Waiting,
    Withdrawing,
    Working,
    by,
    speaker,
)
from shared.db.work import Work
from shared.web.auth import signed_in
from shared.web.commands import Command, CommandRoute
from shared.web.problems import problems

WAITS = {"customer": State.WAITING_FOR_CUSTOMER, "carrier": State.WAITING_FOR_CARRIER}
MOVED = problems(DisputeUnknown, DisputeInOtherState)
REOPENED = problems(
    *(DisputeUnknown, DisputeInOtherState, MoreDisputedThanOpen, TooManyDisputes),
    *(ReopeningTooLate, ReopenedTooOften, EvidenceNotNew),
)


def moves_router(disputing: Disputing) -> APIRouter:
    """All that moves a dispute but its resolution."""
    router = APIRouter(
        prefix="/v1/disputes",
        tags=["disputes"],
        route_class=CommandRoute,
        dependencies=[Depends(signed_in)],
    )

    async def go(work: Work, dispute_id: UUID, move: Move) -> DisputeShown:
        async with disputing.at_hand(work, dispute_id) as (docket, (dispute,)):
            move_dispute(docket, dispute, move, rulebook=disputing.rulebook)
        return DisputeShown.of(dispute, disputing.rulebook)

    @router.post("/{dispute_id}/reviews", status_code=201, responses=MOVED)
    async def examine(
        dispute_id: UUID, given: Reviewing, work: Command, staff: Working
    ) -> DisputeShown:
        """Somebody looks into it, for the first time or after waiting."""
        return await go(work, dispute_id, by(staff, State.IN_REVIEW, given.why, work.moment))

    @router.post("/{dispute_id}/waits", status_code=201, responses=MOVED)
    async def wait(dispute_id: UUID, given: Waiting, work: Command, staff: Working) -> DisputeShown:
        """The clocks pause, for no longer than the terms allow."""
        why = f"waits for the {given.waits_for}"
        move = by(staff, WAITS[given.waits_for], why, work.moment, given.words)
        return await go(work, dispute_id, move)

    @router.post("/{dispute_id}/closures", status_code=201, responses=MOVED)
    async def close(dispute_id: UUID, given: Ending, work: Command, staff: Working) -> DisputeShown:
        """Nothing is left to do."""
        move = by(staff, State.CLOSED, given.why, work.moment, given.words)
        return await go(work, dispute_id, move)

    @router.post("/{dispute_id}/withdrawals", status_code=201, responses=MOVED)
    async def withdraw(
        dispute_id: UUID, given: Withdrawing, work: Command, staff: Speaking
    ) -> DisputeShown:
        """Whoever opened it thinks otherwise now; the amount is asked for again."""
        whose = speaker(staff, given.contact_id)
        move = Move(State.WITHDRAWN, work.moment, *whose, given.why, given.words)
        return await go(work, dispute_id, move)

    @router.post("/{dispute_id}/reopenings", status_code=201, responses=REOPENED)
    async def reopen(
        dispute_id: UUID, given: Reopening, work: Command, staff: Speaking
    ) -> DisputeShown:
        """There is new evidence: held again, and the clocks go on where they stood. A customer names papers that they
        brought since the outcome, and only so often, and for so long."""
        whose = speaker(staff, given.contact_id)
        move = Move(State.IN_REVIEW, work.moment, *whose, given.why, given.words)
        dispute = await disputing.reopen(work, dispute_id, move, given.papers)
        return DisputeShown.of(dispute, disputing.rulebook)

    @router.post("/{dispute_id}/merges", status_code=201, responses=MOVED)
    async def merge(
        dispute_id: UUID, given: Merging, work: Command, staff: Working
    ) -> DisputeShown:
        """The other one, told before, says the same and goes on for both, with what this one says beyond it."""
        move = by(staff, State.MERGED, given.why, work.moment)
        async with disputing.at_hand(work, dispute_id, given.into) as (docket, (dispute, into)):
            merge_dispute(docket, dispute, into, move, rulebook=disputing.rulebook)
        return DisputeShown.of(dispute, disputing.rulebook)

    return router
