"""The customer's disputes: what is disputed, where it stands, and until when we answer."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from portal_api.domain.contact import Role
from portal_api.gateways import disputes
from portal_api.interfaces.http.visitors import SIGNED_IN, Visitor, Visitors
from shared.base.errors import Refusal
from shared.contracts.disputes import Actor, Outcome, Reason, State
from shared.web.pages import Page, Paging
from shared.web.problems import problems


class DisputeUnknown(Refusal):
    """You have no such dispute."""

    code, status = "dispute-unknown", 404


class DisputedShown(BaseModel):
    """`held` is not asked for now; `upheld` is null until it is decided."""

    invoice_id: UUID
    invoice_number: str
    instalment: int | None
    amount: str
    upheld: str | None
    held: str


class DisputeShown(BaseModel):
    """`words` are those of the last move. A due time is null once it is met, and moves while we wait for somebody."""

    dispute_id: UUID
    version: int
    legal_entity: str
    currency: str
    reason: Reason
    state: State
    outcome: Outcome | None
    opened_at: datetime
    moved_at: datetime
    moved_by: Actor
    words: str
    answer_due_at: datetime | None
    decision_due_at: datetime | None
    merged_into: UUID | None
    items: list[DisputedShown]

    @classmethod
    def of(cls, row: Any) -> Self:
        """From a row."""
        shown = {name: row[name] for name in cls.model_fields}
        items = [dict(zip(DisputedShown.model_fields, one, strict=True)) for one in row["items"]]
        return cls.model_validate(shown | {"items": items})


def disputes_router(visitors: Visitors) -> APIRouter:
    """`/v1/disputes` and one below."""
    router = APIRouter(prefix="/v1/disputes", tags=["disputes"], responses=SIGNED_IN)
    viewer = visitors.allowed(Role.VIEW)

    @router.get("")
    async def list_disputes(
        visitor: Annotated[Visitor, viewer], paging: Paging
    ) -> Page[DisputeShown]:
        """The last opened first."""
        after = None
        if paging.after:
            after = datetime.fromisoformat(paging.after[0]), UUID(paging.after[1])
        async with visitor.look() as connection:
            rows = await disputes.page(
                connection, visitor.session.customer_id, after=after, limit=paging.limit + 1
            )
        shown = [DisputeShown.of(row) for row in rows]
        return paging.page(shown, lambda one: (one.opened_at.isoformat(), one.dispute_id))

    @router.get("/{dispute_id}", responses=problems(DisputeUnknown))
    async def show_dispute(dispute_id: UUID, visitor: Annotated[Visitor, viewer]) -> DisputeShown:
        """Somebody else's is as unknown as one that there is not."""
        async with visitor.look() as connection:
            row = await disputes.one(connection, visitor.session.customer_id, dispute_id)
        if row is None:
            raise DisputeUnknown("you have no such dispute")
        return DisputeShown.of(row)

    return router
