"""Payments and credit notes: where they are applied, and what is left of them."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from ledger.domain.credit import CREDIT_NOTE, NOBODY, PAYMENT
from ledger.domain.request import OURS
from ledger.gateways import lookups, past_items
from ledger.interfaces.http.bounds import Bounds, KnownAtInFuture, past
from ledger.interfaces.http.unknown import NotKnown, known
from shared.base.ids import object_id
from shared.base.money import decimal_text
from shared.web.accepted import Text
from shared.web.auth import signed_in
from shared.web.commands import Asking, Question
from shared.web.problems import problems

router = APIRouter(prefix="/v1", tags=["payments"], dependencies=[Depends(signed_in)])

Asked = Annotated[Bounds | None, Depends(past)]


class AllocationShown(BaseModel):
    """`provisional`: ours, until the ERP speaks; null in an answer about the past, for which it is not kept."""

    invoice_id: UUID
    source_id: str | None
    amount: str
    provisional: bool | None


class CreditShown(BaseModel):
    """`version` is null in an answer about the past. `provisional`: entered by us, until the ERP has posted it."""

    customer_id: UUID | None
    version: int | None
    source: str
    source_id: str
    status: str
    provisional: bool
    legal_entity: str
    currency: str
    amount: str
    unapplied: str
    allocations: list[AllocationShown]


class PaymentShown(CreditShown):
    payment_id: UUID
    value_date: date
    returned: str


class CreditNoteShown(CreditShown):
    credit_note_id: UUID
    issued_on: date


@router.get("/payments", responses=problems(NotKnown, KnownAtInFuture))
async def show_payment(
    question: Question, asked: Asked, source: Text, source_id: Text
) -> PaymentShown:
    """By the ERP's own id."""
    return payment_shown(*await _credit(question, asked, PAYMENT, source, source_id))


@router.get("/credit-notes", responses=problems(NotKnown, KnownAtInFuture))
async def show_credit_note(
    question: Question, asked: Asked, source: Text, source_id: Text
) -> CreditNoteShown:
    """By the ERP's own id."""
    row, applied = await _credit(question, asked, CREDIT_NOTE, source, source_id)
    return CreditNoteShown(
        credit_note_id=row["credit_id"], issued_on=row["credited_on"], **_shown(row, applied)
    )


def payment_shown(row: Any, applied: list[Any]) -> PaymentShown:
    """A payment's row, with the rows of where it is applied."""
    return PaymentShown(
        payment_id=row["credit_id"],
        value_date=row["credited_on"],
        returned=decimal_text(row["returned_minor"], row["currency"]),
        **_shown(row, applied),
    )


async def _credit(
    question: Asking, asked: Bounds | None, kind: str, source: str, source_id: str
) -> tuple[Any, list[Any]]:
    async with question.look() as connection:
        row = await lookups.credit(connection, object_id(source, kind, source_id))
        row = known(row if row is not None and row["currency"] is not None else None, kind)
        if asked is None:
            applied = await lookups.allocations(connection, row["credit_id"])
        else:
            as_of, known_at = asked
            then = await past_items.credit(connection, row, as_of=as_of, known_at=known_at)
            row, applied = known(then, kind)
    return row, applied


def _shown(row: Any, applied: list[Any]) -> dict[str, Any]:
    currency = row["currency"]
    allocations = [
        AllocationShown(
            invoice_id=one["invoice_id"],
            source_id=one["invoice_source_id"],
            amount=decimal_text(one["applied_minor"], currency),
            provisional=one["provisional"],
        )
        for one in applied
    ]
    shown = {
        name: row[name]
        for name in ("version", "source", "source_id", "status", "legal_entity", "currency")
    }
    return shown | {
        "provisional": row["source"] == OURS,
        "customer_id": row["customer_id"] if row["customer_id"] != NOBODY else None,
        "amount": decimal_text(row["minor"], currency),
        "unapplied": decimal_text(row["unapplied_minor"], currency),
        "allocations": allocations,
    }
