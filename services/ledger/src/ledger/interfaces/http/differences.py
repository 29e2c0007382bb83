"""Where the ERP states another open amount than the books have."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from ledger.domain.credit import NOBODY
from ledger.domain.difference import (
    Difference,
    DifferenceOver,
    ItemMoved,
    NotOneItem,
    SecondPersonWanted,
)
from ledger.gateways import differences, judging, load_books, runs
from ledger.gateways.load_books import Wanted
from ledger.handlers.accept_difference import accept_difference
from ledger.interfaces.consumers import save
from ledger.interfaces.http.today import day_at
from ledger.interfaces.http.unknown import NotKnown, known
from shared.base.money import decimal_text
from shared.contracts.company import Company
from shared.db.work import Work
from shared.web.accepted import Text
from shared.web.auth import Staff, require, signed_in
from shared.web.commands import Command, CommandRoute, Question
from shared.web.pages import Page, Paging
from shared.web.problems import problems


class ItemShown(BaseModel):
    """`kind` is invoice, credit-note or payment, each with the ERP's `id`; or credits or total, sums of several."""

    kind: str
    id: str | None


class DifferenceShown(BaseModel):
    """`run_id` and `as_of` are of the run whose figures these are; `since` is when the first run saw it.

    `ours` leaves out what we matched by ourselves. `ending` is agreed or accepted; `asked_by` waits for somebody else.
    """

    difference_id: UUID
    run_id: str
    as_of: date
    source: str
    legal_entity: str
    customer_id: UUID | None
    customer_number: str | None
    item: ItemShown
    currency: str
    ours: str
    theirs: str
    since: datetime
    since_run_id: str
    asked_by: str | None
    accepted_by: str | None
    ended_at: datetime | None
    ending: str | None


def differences_router(company: Company) -> APIRouter:
    """`/v1/differences`: look, and take the ERP's figure over."""
    router = APIRouter(
        prefix="/v1/differences",
        tags=["differences"],
        route_class=CommandRoute,
        dependencies=[Depends(signed_in)],
    )

    @router.get("")
    async def list_differences(
        question: Question, paging: Paging, run_id: Text | None = None
    ) -> Page[DifferenceShown]:
        """Those that stand; with `run_id` all that the run saw, with its figures. The oldest first."""
        after = (
            (datetime.fromisoformat(paging.after[0]), UUID(paging.after[1]))
            if paging.after
            else None
        )
        async with question.look() as connection:
            found = await differences.listed(
                connection, run_id, after=after, limit=paging.limit + 1
            )
        return paging.page(
            [shown(one, run_id) for one in found], lambda one: (one.since, one.difference_id)
        )

    @router.post(
        "/{difference_id}/acceptances",
        status_code=201,
        responses=problems(NotKnown, DifferenceOver, SecondPersonWanted, NotOneItem, ItemMoved),
    )
    async def accept(
        difference_id: UUID, work: Command, staff: Annotated[Staff, require("operator", "admin")]
    ) -> DifferenceShown:
        """The first person asks; a second one's word books an adjustment, dated today, to the ERP's figure."""
        difference = await _locked(work, difference_id)
        wanted = Wanted(customers={difference.customer_id})
        if difference.item.item_id is not None:
            wanted.objects.add(difference.item.item_id)
        books = await load_books.load(work.connection, wanted, moment=work.moment)
        if await judging.has_moved(work.connection, difference):
            raise ItemMoved("the item changed since the run; the next one says what stands")
        today = day_at(company, difference.legal_entity, work.moment)

        accept_difference(books, difference, by=staff.subject, today=today, moment=work.moment)

        await save(work, books)
        await differences.keep(work, [difference])
        return shown(difference)

    return router


async def _locked(work: Work, difference_id: UUID) -> Difference:
    """The difference as it stands while nobody judges or accepts in its scope."""
    found = known(await differences.one(work.connection, difference_id), "difference")
    await runs.lock(work.connection, [(found.source, found.legal_entity)])
    locked = await differences.one(work.connection, difference_id)
    assert locked is not None
    return locked


def shown(difference: Difference, run_id: str | None = None) -> DifferenceShown:
    """The difference, as the run of that id saw it."""
    item, last = difference.item, difference.last
    return DifferenceShown(
        difference_id=difference.difference_id,
        run_id=run_id or last.run_id,
        as_of=last.as_of,
        source=difference.source,
        legal_entity=difference.legal_entity,
        customer_id=difference.customer_id if difference.customer_id != NOBODY else None,
        customer_number=difference.customer_number or None,
        item=ItemShown(kind=item.kind, id=item.source_id or None),
        currency=item.currency,
        ours=decimal_text(difference.ours_minor, item.currency),
        theirs=decimal_text(difference.theirs_minor, item.currency),
        since=difference.since.at,
        since_run_id=difference.since.run_id,
        asked_by=difference.asked_by,
        accepted_by=difference.accepted_by,
        ended_at=difference.ended_at,
        ending=difference.ending,
    )
