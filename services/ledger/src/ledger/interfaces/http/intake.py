"""What became of a record of the ERP."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from ledger.gateways import lookups
from ledger.interfaces.http.customers import TEXT_MAX
from ledger.interfaces.http.unknown import known
from shared.base.errors import Refusal
from shared.web.auth import signed_in
from shared.web.commands import Look

DELIVERIES_MAX = 200

router = APIRouter(prefix="/v1/intake", tags=["intake"], dependencies=[Depends(signed_in)])


class QuestionIncomplete(Refusal):
    """Ask by source and event id, or by topic, partition and offset."""

    code = "question-incomplete"


class Delivery(BaseModel):
    topic: str
    partition: int
    offset: int
    outcome: str
    recorded_at: datetime


class IntakeShown(BaseModel):
    """The first record with that event id, as it is now; `deliveries` are all records with it."""

    source: str
    event_id: str
    type: str
    object_id: UUID | None
    version: int | None
    customer_id: UUID | None
    outcome: str
    code: str
    pointer: str
    detail: str
    recorded_at: datetime
    deliveries: list[Delivery]


@router.get("")
async def show_intake(  # noqa: PLR0917 - FastAPI names them all
    connection: Look,
    source: Annotated[str | None, Query(max_length=TEXT_MAX)] = None,
    event_id: Annotated[str | None, Query(max_length=2_000)] = None,
    topic: Annotated[str | None, Query(max_length=TEXT_MAX)] = None,
    partition: Annotated[int | None, Query(ge=0)] = None,
    offset: Annotated[int | None, Query(ge=0)] = None,
) -> IntakeShown:
    """By `source` and `event_id`, or by `topic`, `partition` and `offset`."""
    if source is not None and event_id is not None:
        row = await lookups.first_of_event(connection, source, event_id)
    elif topic is not None and partition is not None and offset is not None:
        row = await lookups.intake_at(connection, topic, partition, offset)
    else:
        raise QuestionIncomplete("ask by source and event_id, or by topic, partition and offset")

    row = known(row, "record")
    deliveries = await lookups.deliveries(
        connection, row["source"], row["event_id"], limit=DELIVERIES_MAX
    )
    return _shown(row, deliveries)


def _shown(row: Any, deliveries: list[Any]) -> IntakeShown:
    named = {name: row[name] for name in IntakeShown.model_fields if name != "deliveries"}
    return IntakeShown(**named, deliveries=[Delivery(**dict(one)) for one in deliveries])
