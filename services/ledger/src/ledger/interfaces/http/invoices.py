"""An invoice and what became of it, change by change."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from ledger.gateways import instalments, lookups, past_items
from ledger.interfaces.http.bounds import Bounds, KnownAtInFuture, past
from ledger.interfaces.http.instalments import InstalmentShown, shown
from ledger.interfaces.http.today import day_at
from ledger.interfaces.http.unknown import NotKnown, known
from shared.base.ids import object_id
from shared.base.money import decimal_text
from shared.contracts.company import Company
from shared.web.accepted import Text
from shared.web.auth import signed_in
from shared.web.commands import Question
from shared.web.problems import problems


class ChangeShown(BaseModel):
    """`change` is opened, amended, applied, settled, reopened or cancelled; `at` when we learned it."""

    version: int
    at: datetime
    change: str
    status: str
    total: str
    open: str
    due_on: date


class InvoiceShown(BaseModel):
    """`due_on` is the last day; without instalments it is due whole."""

    invoice_id: UUID
    customer_id: UUID
    version: int
    source: str
    source_id: str
    status: str
    invoice_number: str
    legal_entity: str
    currency: str
    total: str
    open: str
    issued_on: date
    due_on: date
    returned: bool
    instalments: list[InstalmentShown]
    history: list[ChangeShown]


def invoices_router(company: Company) -> APIRouter:
    """`/v1/invoices`."""
    router = APIRouter(prefix="/v1/invoices", tags=["invoices"], dependencies=[Depends(signed_in)])

    @router.get("", responses=problems(NotKnown, KnownAtInFuture))
    async def show_invoice(
        question: Question,
        asked: Annotated[Bounds | None, Depends(past)],
        source: Text,
        source_id: Text,
    ) -> InvoiceShown:
        """By the ERP's own id; one that only a cancellation has named is not known yet."""
        known_at = asked.known_at if asked else question.moment
        async with question.look() as connection:
            row = await lookups.invoice(connection, object_id(source, "invoice", source_id))
            row = known(row if row is not None and row["currency"] is not None else None, "invoice")
            if asked is not None:
                then = await past_items.invoice(
                    connection, row, as_of=asked.as_of, known_at=known_at
                )
                row = known(then, "invoice")
            changes = await lookups.history(connection, row["invoice_id"], known_at=known_at)
            parts = await instalments.left_of(
                connection,
                [row],
                customer_id=row["customer_id"],
                as_of=asked.as_of if asked else date.max,
                known_at=known_at,
            )

        day = asked.as_of if asked else day_at(company, row["legal_entity"], question.moment)
        due = [shown(one, row["currency"], day) for one in parts.get(row["invoice_id"], ())]
        return _invoice(row, due, [_change(change, row["currency"]) for change in changes])

    return router


def _invoice(row: Any, due: list[InstalmentShown], changes: list[ChangeShown]) -> InvoiceShown:
    plain = (
        "invoice_id",
        "customer_id",
        "version",
        "source",
        "source_id",
        "status",
        "invoice_number",
    )
    dated = ("legal_entity", "currency", "issued_on", "due_on", "returned")
    return InvoiceShown(
        **{name: row[name] for name in (*plain, *dated)},
        total=decimal_text(row["total_minor"], row["currency"]),
        open=decimal_text(row["open_minor"], row["currency"]),
        instalments=due,
        history=changes,
    )


def _change(row: Any, currency: str) -> ChangeShown:
    return ChangeShown(
        version=row["version"],
        at=row["recorded_at"],
        change=row["change"],
        status=row["status"],
        total=decimal_text(row["total_minor"], currency),
        open=decimal_text(row["open_minor"], currency),
        due_on=row["due_on"],
    )
