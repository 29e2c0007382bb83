"""Disputes as our people work on them: open, look, and every move as a noun below one dispute."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from disputes.gateways import listing
from disputes.handlers.open_dispute import (
    InvoiceUnknown,
    ItemsMixed,
    MoreDisputedThanOpen,
    Opening,
    TooManyDisputes,
    Wanted,
)
from disputes.interfaces.disputing import CustomerUnknown, DisputeUnknown, Disputing, known
from disputes.interfaces.http.shapes import (
    ClockShown,
    DisputeShown,
    Given,
    Queue,
    Speaking,
    speaker,
)
from shared.base.money import AmountTooLarge, AmountTooPrecise
from shared.web.auth import signed_in
from shared.web.commands import Command, CommandRoute, Question
from shared.web.pages import Page, Paging
from shared.web.problems import problems
from shared.web.versions import etag


def disputes_router(disputing: Disputing) -> APIRouter:
    """`/v1/disputes` and all below."""
    router = APIRouter(
        prefix="/v1/disputes",
        tags=["disputes"],
        route_class=CommandRoute,
        dependencies=[Depends(signed_in)],
    )

    @router.post(
        "",
        status_code=201,
        responses=problems(
            *(CustomerUnknown, InvoiceUnknown, ItemsMixed, MoreDisputedThanOpen, TooManyDisputes),
            *(AmountTooPrecise, AmountTooLarge),
        ),
    )
    async def open_(given: Given, work: Command, staff: Speaking) -> DisputeShown:
        """The amount is not asked for from now on. The same words again are the same dispute."""
        opening = Opening(
            given.customer_id,
            given.reason,
            [Wanted(one.invoice_id, one.instalment, one.amount) for one in given.items],
            *speaker(staff, given.contact_id),
            given.words,
        )
        return DisputeShown.of(await disputing.open(work, opening), disputing.rulebook)

    @router.get("")
    async def list_disputes(
        question: Question, paging: Paging, queue: Annotated[Queue, Query()]
    ) -> Page[DisputeShown]:
        """The oldest first."""
        after = None
        if paging.after:
            after = datetime.fromisoformat(paging.after[0]), UUID(paging.after[1])
        wanted = listing.Filter(**queue.model_dump())
        async with question.look() as connection:
            found = await listing.page(connection, wanted, after=after, limit=paging.limit + 1)
        return paging.page(
            [DisputeShown.of(one, disputing.rulebook) for one in found],
            lambda one: (one.opened_at, one.dispute_id),
        )

    @router.get("/{dispute_id}", responses=problems(DisputeUnknown))
    async def show(dispute_id: UUID, question: Question, response: Response) -> DisputeShown:
        """With the ETag that whoever approves has to have seen."""
        async with question.look() as connection:
            found = known(await listing.one(connection, dispute_id))
        response.headers["ETag"] = etag(found.version)
        return DisputeShown.of(found, disputing.rulebook)

    @router.get("/{dispute_id}/clock", responses=problems(DisputeUnknown))
    async def show_clocks(dispute_id: UUID, question: Question) -> list[ClockShown]:
        """When what is due, and whether time runs."""
        async with question.look() as connection:
            dispute = known(await listing.one(connection, dispute_id))
        return [
            ClockShown.of(clock, team=dispute.team, now=question.moment)
            for clock in disputing.rulebook.clocks(dispute)
        ]

    return router
