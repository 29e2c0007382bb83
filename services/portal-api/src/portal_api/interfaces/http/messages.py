"""The messages that the customer received from us."""

from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from portal_api.domain.contact import Role
from portal_api.domain.message import Purpose
from portal_api.gateways import messages
from portal_api.interfaces.http.visitors import SIGNED_IN, Visitor, Visitors
from shared.web.pages import Page, Paging


class MentionedShown(BaseModel):
    """What it said of an invoice, or of one instalment, when it left: it may be paid since."""

    invoice_id: UUID
    invoice_number: str
    instalment: int | None
    currency: str
    open: str
    due_on: date


class MessageShown(BaseModel):
    message_id: UUID
    purpose: Purpose
    channel: str | None
    at: datetime
    legal_entity: str
    items: list[MentionedShown]

    @classmethod
    def of(cls, row: Any) -> Self:
        """From a row."""
        return cls(
            message_id=row["message_id"],
            purpose=Purpose(row["purpose"]),
            channel=row["channel"],
            at=row["sent_at"],
            legal_entity=row["legal_entity"],
            items=[
                MentionedShown(**dict(zip(MentionedShown.model_fields, one, strict=True)))
                for one in row["items"]
            ],
        )


def messages_router(visitors: Visitors) -> APIRouter:
    """`/v1/messages`."""
    router = APIRouter(prefix="/v1/messages", tags=["messages"], responses=SIGNED_IN)

    @router.get("")
    async def list_messages(
        visitor: Annotated[Visitor, visitors.allowed(Role.VIEW)], paging: Paging
    ) -> Page[MessageShown]:
        """Newest first."""
        after, mine = paging.beyond(datetime.fromisoformat, UUID), visitor.session.customer_id
        async with visitor.ask() as connection:
            rows = await messages.page(connection, mine, after=after, limit=paging.rows)
        shown = [MessageShown.of(row) for row in rows]
        return paging.page(shown, lambda one: (one.at, one.message_id))

    return router
