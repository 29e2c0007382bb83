"""What became of a record of the ERP."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from ledger.gateways import lookups
from ledger.interfaces.http.unknown import NotKnown, known
from shared.base.errors import Refusal
from shared.web.accepted import INT_MAX, NO_NUL, Bigint, Text
from shared.web.auth import signed_in
from shared.web.commands import Question
from shared.web.problems import problems

DELIVERIES_MAX = 200
EVENT_ID_MAX = 2_000

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


@router.get("", responses=problems(NotKnown, QuestionIncomplete))
async def show_intake(  # noqa: PLR0917 - FastAPI names them all
    question: Question,
    source: Text | None = None,
    event_id: Annotated[str | None, Query(max_length=EVENT_ID_MAX, pattern=NO_NUL)] = None,
    topic: Text | None = None,
    partition: Annotated[int | None, Query(ge=0, le=INT_MAX)] = None,
    offset: Bigint | None = None,
) -> IntakeShown:
    """By `source` and `event_id`, or by `topic`, `partition` and `offset`."""
    async with question.look() as connection:
        if source is not None and event_id is not None:
            row = await lookups.first_of_event(connection, source, event_id)
        elif topic is not None and partition is not None and offset is not None:
            row = await lookups.intake_at(connection, topic, partition, offset)
        else:
            raise QuestionIncomplete(
                "ask by source and event_id, or by topic, partition and offset"
            )

        row = known(row, "record")
        deliveries = await lookups.deliveries(
            connection, row["source"], row["event_id"], limit=DELIVERIES_MAX
        )
    return _shown(row, deliveries)


def _shown(row: Any, deliveries: list[Any]) -> IntakeShown:
    named = {name: row[name] for name in IntakeShown.model_fields if name != "deliveries"}
    return IntakeShown(**named, deliveries=[Delivery(**dict(one)) for one in deliveries])
