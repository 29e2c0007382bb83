"""Runs of balances: what the ERP has stated, and what became of it."""

from datetime import date, datetime
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from ledger.gateways import runs
from shared.web.auth import signed_in
from shared.web.commands import Question
from shared.web.pages import Page, Paging

router = APIRouter(
    prefix="/v1/balance-runs", tags=["differences"], dependencies=[Depends(signed_in)]
)


class RunShown(BaseModel):
    """`customers` as the end of the run counts them, null before it; `ending` is judged or superseded, null while
    something is missing. `differences` are those that it has seen.
    """

    run_key: UUID
    source: str
    legal_entity: str
    run_id: str
    as_of: date
    opened_at: datetime
    customers: int | None
    judged_at: datetime | None
    ended_at: datetime | None
    ending: str | None
    differences: int


@router.get("")
async def list_runs(question: Question, paging: Paging) -> Page[RunShown]:
    """All there ever were, the first heard first."""
    after = (
        (datetime.fromisoformat(paging.after[0]), UUID(paging.after[1])) if paging.after else None
    )
    async with question.look() as connection:
        rows = await runs.listed(connection, after=after, limit=paging.limit + 1)
    return paging.page(
        [RunShown(**dict(row)) for row in rows], lambda one: (one.opened_at, one.run_key)
    )
