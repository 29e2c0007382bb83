"""Why each thing did or did not happen to a customer, and when they are looked at next."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from scheduler.gateways import holds, next_look, timeline
from shared.base.errors import Refusal
from shared.web.auth import require
from shared.web.commands import Question
from shared.web.pages import Page, Paging
from shared.web.problems import problems

BEFORE_ALL = datetime.min.replace(tzinfo=UTC)

router = APIRouter(prefix="/v1/customers", tags=["timeline"], dependencies=[require("viewer")])


class CustomerUnknown(Refusal):
    """Nobody told us of this customer."""

    code, status = "customer-unknown", 404


class Line(BaseModel):
    """`kind` is reminder, courtesy, silence, withdrawal, escalation, outcome, hold, segment or task. `rule` decided it,
    on these `facts`, under this policy."""

    at: datetime
    kind: str
    step: int | None
    reason: str
    rule: str
    policy: str
    policy_version: int
    facts: dict[str, Any]


class NextLook(BaseModel):
    """`at` is null while only a new fact can change anything."""

    at: datetime | None
    why: str
    segment: str | None
    segment_why: str


class _Kept(Line):
    decision_id: int


@router.get("/{customer_id}/timeline", responses=problems(CustomerUnknown))
async def read_timeline(customer_id: UUID, question: Question, paging: Paging) -> Page[Line]:
    """Every decision and every silence, oldest first."""
    after = (BEFORE_ALL, 0)
    if paging.after:
        after = datetime.fromisoformat(paging.after[0]), int(paging.after[1])
    async with question.look() as connection:
        await known(connection, customer_id)
        rows = await timeline.page(connection, customer_id, after=after, limit=paging.limit + 1)
    kept = [_Kept(**row) for row in rows]
    page = paging.page(kept, lambda line: (line.at.isoformat(), line.decision_id))
    return Page[Line](items=list(page.items), next=page.next)


@router.get("/{customer_id}/next-look", responses=problems(CustomerUnknown))
async def read_next_look(customer_id: UUID, question: Question) -> NextLook:
    """When the customer is looked at next, and what for."""
    async with question.look() as connection:
        row = await next_look.read(connection, customer_id)
    if row is None:
        raise CustomerUnknown(f"nobody told us of a customer {customer_id}")
    touched = row["at"] is not None and row["at"] != row["look_at"]
    return NextLook(
        at=row["at"],
        why="a fact came in" if touched else row["look_why"],
        segment=row["segment"],
        segment_why=row["segment_why"],
    )


async def known(connection: Any, customer_id: UUID) -> None:
    """Refuse customers nobody told us of."""
    if not await holds.is_known(connection, customer_id):
        raise CustomerUnknown(f"nobody told us of a customer {customer_id}")
