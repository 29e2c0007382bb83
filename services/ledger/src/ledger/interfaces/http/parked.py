"""Records that stand aside: look, take again, or discard with a reason."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict

from ledger.gateways import lookups
from ledger.interfaces.consumers import ErpHearing, NothingParked
from shared.web.accepted import Reason
from shared.web.auth import require, signed_in
from shared.web.commands import Command, CommandRoute, Question
from shared.web.pages import Page, Paging
from shared.web.problems import problems


class ParkedShown(BaseModel):
    """`customer_id` is whom the record names; `customer_ids` all whom it keeps silent."""

    parked_id: UUID
    customer_id: UUID | None
    customer_ids: list[UUID]
    source: str
    event_id: str
    type: str
    topic: str
    object_id: UUID | None
    version: int | None
    outcome: str
    code: str
    pointer: str
    detail: str
    parked_at: datetime


class Discard(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Reason


class Ended(BaseModel):
    """What the record is now."""

    parked_id: UUID
    outcome: str
    code: str
    detail: str


def parked_router(hearing: ErpHearing) -> APIRouter:
    """`/v1/parked`: a record is retried alone, for versions guard the order."""
    router = APIRouter(
        prefix="/v1/parked",
        tags=["parked"],
        route_class=CommandRoute,
        dependencies=[Depends(signed_in)],
    )
    person: dict[str, Any] = {
        "dependencies": [require("operator", "admin")],
        "responses": problems(NothingParked),
    }

    @router.get("")
    async def list_parked(question: Question, paging: Paging) -> Page[ParkedShown]:
        after = (
            (datetime.fromisoformat(paging.after[0]), UUID(paging.after[1]))
            if paging.after
            else None
        )
        async with question.look() as connection:
            rows = await lookups.parked(connection, after=after, limit=paging.limit + 1)
        return paging.page(
            [_shown(row) for row in rows], lambda one: (one.parked_at, one.parked_id)
        )

    @router.post("/{parked_id}/retries", status_code=201, **person)
    async def retry(parked_id: UUID, work: Command) -> Ended:
        taken = await hearing.retry(work, parked_id)
        return Ended(
            parked_id=parked_id, outcome=taken.outcome.value, code=taken.code, detail=taken.detail
        )

    @router.post("/{parked_id}/discards", status_code=201, **person)
    async def discard(parked_id: UUID, asked: Discard, work: Command) -> Ended:
        await hearing.discard(work, parked_id, why=asked.reason)
        return Ended(parked_id=parked_id, outcome="discarded", code="", detail=asked.reason)

    return router


def _shown(row: Any) -> ParkedShown:
    attributes = json.loads(row["attributes"])
    plain = ParkedShown.model_fields.keys() - {"source", "event_id", "type"}
    return ParkedShown(
        source=attributes.get("source", ""),
        event_id=attributes.get("id", ""),
        type=attributes.get("type", ""),
        **{name: row[name] for name in plain},
    )
