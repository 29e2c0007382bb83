"""A customer, its open items and what it has left unapplied."""

import json
from datetime import date, datetime
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from ledger.domain.due import InstalmentLeft
from ledger.gateways import instalments, lookups, reports
from ledger.interfaces.http.bounds import Bounds, KnownAtInFuture, bounds_of
from ledger.interfaces.http.instalments import InstalmentShown, shown
from ledger.interfaces.http.today import day_at
from ledger.interfaces.http.unknown import NotKnown, known
from shared.base.money import decimal_text
from shared.contracts.company import Company
from shared.web.accepted import Text
from shared.web.auth import signed_in
from shared.web.commands import Question
from shared.web.pages import Page, Paging
from shared.web.problems import problems


class DoubtShown(BaseModel):
    code: str
    since: datetime
    record: str


class CustomerShown(BaseModel):
    """`known` is false while the ERP has not described the customer."""

    customer_id: UUID
    source: str
    customer_number: str
    version: int
    known: bool
    name: str
    doubts: list[DoubtShown]


class OpenItem(BaseModel):
    """`days_overdue` are those of what is due the longest; `due_on` is the last day. Without instalments, due whole."""

    invoice_id: UUID
    source_id: str
    invoice_number: str
    legal_entity: str
    currency: str
    total: str
    open: str
    due_on: date
    days_overdue: int
    instalments: list[InstalmentShown]


class UnappliedShown(BaseModel):
    """Money or credit that stands nowhere; `kind` is payment or credit-note."""

    credit_id: UUID
    kind: str
    source: str
    source_id: str
    legal_entity: str
    currency: str
    amount: str
    unapplied: str
    credited_on: date


def customers_router(company: Company) -> APIRouter:
    """`/v1/customers…`."""
    router = APIRouter(
        prefix="/v1/customers", tags=["customers"], dependencies=[Depends(signed_in)]
    )
    asked = bounds_of(company)

    @router.get("", responses=problems(NotKnown))
    async def show_customer(
        question: Question, source: Text, customer_number: Text
    ) -> CustomerShown:
        async with question.look() as connection:
            row = known(await lookups.customer(connection, source, customer_number), "customer")
            doubts = await lookups.doubts(connection, row["customer_id"])
        return _customer(row, doubts)

    @router.get("/{customer_id}/open-items", responses=problems(KnownAtInFuture))
    async def list_open_items(
        customer_id: UUID,
        question: Question,
        paging: Paging,
        bounds: Annotated[Bounds, Depends(asked)],
        as_of: date | None = None,
    ) -> Page[OpenItem]:
        """Days overdue count to `as_of`; to today on the legal entity's own calendar when it is not said."""
        today = partial(day_at, company, moment=question.moment)
        async with question.look() as connection:
            rows = await reports.open_items(
                connection,
                customer_id,
                as_of=bounds.as_of,
                known_at=bounds.known_at,
                after=_after(paging),
                limit=paging.limit + 1,
            )
            parts = await instalments.left_of(
                connection,
                rows,
                customer_id=customer_id,
                as_of=bounds.as_of,
                known_at=bounds.known_at,
            )
        items = [
            _open_item(row, as_of or today(row["legal_entity"]), parts.get(row["invoice_id"], []))
            for row in rows
        ]
        return paging.page(items, lambda one: (one.due_on, one.invoice_id))

    @router.get("/{customer_id}/unapplied", responses=problems(KnownAtInFuture))
    async def list_unapplied(
        customer_id: UUID,
        question: Question,
        paging: Paging,
        bounds: Annotated[Bounds, Depends(asked)],
    ) -> Page[UnappliedShown]:
        async with question.look() as connection:
            rows = await reports.unapplied(
                connection,
                customer_id,
                as_of=bounds.as_of,
                known_at=bounds.known_at,
                after=_after(paging),
                limit=paging.limit + 1,
            )
        return paging.page(
            [_unapplied(row) for row in rows], lambda one: (one.credited_on, one.credit_id)
        )

    return router


def _after(paging: Paging) -> tuple[date, UUID] | None:
    """Where the page before this one ended: a day and an id."""
    return (date.fromisoformat(paging.after[0]), UUID(paging.after[1])) if paging.after else None


def _customer(row: Any, doubts: list[Any]) -> CustomerShown:
    return CustomerShown(
        customer_id=row["customer_id"],
        source=row["source"],
        customer_number=row["customer_number"],
        version=row["version"],
        known=row["body_version"] > 0,
        name=json.loads(row["body"]).get("name", ""),
        doubts=[
            DoubtShown(code=one["code"], since=one["since"], record=str(one["parked_id"]))
            for one in doubts
        ],
    )


def _open_item(row: Any, day: date, parts: list[InstalmentLeft]) -> OpenItem:
    days = max(0, (day - row["due_on"]).days)
    if parts:
        days = max(one.days_overdue(day) for one in parts if one.open_minor)
    return OpenItem(
        invoice_id=row["invoice_id"],
        source_id=row["source_id"],
        invoice_number=row["invoice_number"],
        legal_entity=row["legal_entity"],
        currency=row["currency"],
        total=decimal_text(row["total_minor"], row["currency"]),
        open=decimal_text(row["open_minor"], row["currency"]),
        due_on=row["due_on"],
        days_overdue=days,
        instalments=[shown(one, row["currency"], day) for one in parts],
    )


def _unapplied(row: Any) -> UnappliedShown:
    return UnappliedShown(
        credit_id=row["credit_id"],
        kind=row["kind"],
        source=row["source"],
        source_id=row["source_id"],
        legal_entity=row["legal_entity"],
        currency=row["currency"],
        amount=decimal_text(row["minor"], row["currency"]),
        unapplied=decimal_text(row["unapplied_minor"], row["currency"]),
        credited_on=row["credited_on"],
    )
