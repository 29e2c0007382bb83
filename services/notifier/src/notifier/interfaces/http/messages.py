"""Every message to a customer, sent or not, with its reason."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from notifier.gateways import shown
from shared.base.money import decimal_text
from shared.web.auth import require
from shared.web.commands import Question
from shared.web.pages import Page, Paging

router = APIRouter(prefix="/v1/customers", tags=["messages"], dependencies=[require("viewer")])


class ListedInvoice(BaseModel):
    """What the message said of one instalment when it left; `instalment` is null for the only one of its invoice."""

    invoice_id: UUID
    invoice_number: str
    instalment: int | None = None
    step: int
    currency: str
    open: str
    due_on: date


class ShownMessage(BaseModel):
    """`status` is waiting, handing-over, sent, suppressed, failed or unknown; `reason` says why, `rule` by which rule.

    `trace_id` is the trace from the look to the hand-over, `origin_traces` those of the events that made the
    listed items due.
    """

    message_id: UUID
    reminder_id: UUID | None
    escalation_id: UUID | None
    dispute_id: UUID | None
    purpose: str
    legal_entity: str
    channel: str | None
    contact_id: str | None
    to: str | None
    status: str
    reason: str
    rule: str
    step: int | None
    items: list[ListedInvoice]
    subject: str
    text: str
    planned_at: datetime
    contact_day: date
    ended_at: datetime | None
    attempts: int
    trace_id: str
    origin_traces: list[str]


@router.get("/{customer_id}/messages")
async def list_messages(
    customer_id: UUID, question: Question, paging: Paging
) -> Page[ShownMessage]:
    """Messages in the order in which they were planned."""
    after, limit = paging.after, paging.limit
    async with question.look() as connection:
        rows = await shown.messages_of(connection, customer_id, after=after, limit=limit)

    return paging.page(
        [_shown(row) for row in rows], lambda one: (one.planned_at.isoformat(), one.message_id)
    )


def _shown(row: dict[str, Any]) -> ShownMessage:
    route, told = row["route"], row["told"]
    return ShownMessage(
        **{name: row[name] for name in ShownMessage.model_fields if name in row},
        channel=route.get("channel"),
        contact_id=route.get("contact_id"),
        to=route.get("address"),
        step=told.get("step"),
        items=[_item(item) for item in told.get("items", ())],
        subject=told.get("subject", ""),
        text=told.get("text", ""),
    )


def _item(item: dict[str, Any]) -> ListedInvoice:
    return ListedInvoice(**item, open=decimal_text(item["open_minor"], item["currency"]))
