"""What is open of a customer's invoices at this moment: for whoever is about to take money for them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from ledger.gateways import lookups
from shared.base.money import decimal_text
from shared.web.auth import signed_in
from shared.web.commands import Question

INVOICES_MAX = 100

router = APIRouter(prefix="/v1/customers", tags=["customers"], dependencies=[Depends(signed_in)])


class OpenAmount(BaseModel):
    """`open` is what is left of it now, whatever day its entries are of; "0.00" for one that is settled."""

    invoice_id: UUID
    source_id: str
    invoice_number: str
    legal_entity: str
    currency: str
    open: str


class OpenAmounts(BaseModel):
    items: list[OpenAmount]


@router.get("/{customer_id}/open-amounts")
async def show_open_amounts(
    customer_id: UUID,
    question: Question,
    invoice_id: Annotated[list[UUID], Query(min_length=1, max_length=INVOICES_MAX)],
) -> OpenAmounts:
    """Of those named that are the customer's and count; others are left out."""
    async with question.look() as connection:
        rows = await lookups.owed(connection, customer_id, invoice_id)
    plain = ("invoice_id", "source_id", "invoice_number", "legal_entity", "currency")
    shown = [
        OpenAmount(
            **{name: row[name] for name in plain},
            open=decimal_text(row["open_minor"], row["currency"]),
        )
        for row in rows
    ]
    return OpenAmounts(items=shown)
