"""The door to records of our own topics that stand parked: look, retry in order, discard with a reason."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from shared.base.errors import Refusal
from shared.db.work import is_transient
from shared.messaging import parking
from shared.messaging.projection import Projection
from shared.web.accepted import Bigint, Reason
from shared.web.auth import SignedIn, require
from shared.web.commands import Command, CommandRoute, Question
from shared.web.pages import Page, Paging
from shared.web.problems import problems


class NothingParked(Refusal):
    """No record of that number stands parked."""

    code, status = "nothing-parked", 404


class StillCrashes(Refusal):
    """The records were taken again, in order, and one crashed again: nothing was changed."""

    code, status = "still-crashes", 409


class ParkedRecord(BaseModel):
    parked_id: int
    customer_id: str
    topic: str
    type: str
    code: str
    detail: str
    parked_at: datetime


class Discard(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Reason


class Retried(BaseModel):
    retried: int


def parked_router(projection: Projection[Any], prefix: str = "/v1/parked") -> APIRouter:
    """`/v1/parked` of a service with this projection. A retry takes all of the customer's records, in order."""
    router = APIRouter(prefix=prefix, tags=["parked"], route_class=CommandRoute)

    @router.get("")
    async def parked(_: SignedIn, question: Question, paging: Paging) -> Page[ParkedRecord]:
        after = int(paging.after[0]) if paging.after else 0
        async with question.look() as connection:
            rows = await parking.page(connection, after=after, limit=paging.limit + 1)
        return paging.page([ParkedRecord(**row) for row in rows], lambda one: (one.parked_id,))

    @router.post(
        "/{parked_id}/retries",
        status_code=201,
        dependencies=[require("operator")],
        responses=problems(NothingParked, StillCrashes),
    )
    async def retry(parked_id: Bigint, work: Command) -> Retried:
        key = await _key_of(work.connection, parked_id)
        try:
            return Retried(retried=await projection.retry(work, key))
        except Exception as error:
            if is_transient(error):
                raise
            raise StillCrashes(f"{type(error).__name__}: {error}") from error

    @router.post(
        "/{parked_id}/discards",
        status_code=201,
        dependencies=[require("operator")],
        responses=problems(NothingParked),
    )
    async def discard(parked_id: Bigint, wanted: Discard, work: Command) -> None:
        key = await _key_of(work.connection, parked_id)
        await projection.discard(work, key, parked_id, why=wanted.reason)

    return router


async def _key_of(connection: Any, parked_id: int) -> str:
    key = await parking.key_of(connection, parked_id)
    if key is None:
        raise NothingParked(f"record {parked_id} does not stand parked")
    return key
