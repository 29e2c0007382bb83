"""The customer's invoices: what was invoiced, what is open, and when it is due."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from portal_api.domain.contact import Role
from portal_api.domain.invoice import State
from portal_api.gateways import invoices
from portal_api.gateways.invoices import Today, Wanted
from portal_api.interfaces.http.visitors import SIGNED_IN, Visitor, Visitors
from shared.base.errors import Refusal
from shared.base.money import decimal_text
from shared.contracts.company import Company
from shared.web.accepted import Text
from shared.web.pages import Page, Paging
from shared.web.problems import problems


class InvoiceUnknown(Refusal):
    """You have no such invoice."""

    code, status = "invoice-unknown", 404


class InstalmentShown(BaseModel):
    """Without `due_on` it is not due at all."""

    number: int
    due_on: date | None
    amount: str
    open: str


class DiscountShown(BaseModel):
    """Whoever pays `pays` with a value date up to `until` owes no more."""

    until: date
    amount: str
    pays: str


class InvoiceShown(BaseModel):
    """`overdue`: something of it is open whose day is over where the legal entity is. `discounts` are those that can
    still be taken.
    """

    invoice_id: UUID
    version: int
    legal_entity: str
    invoice_number: str
    issued_on: date
    due_on: date
    currency: str
    total: str
    open: str
    state: State
    overdue: bool
    payment_reference: str | None
    instalments: list[InstalmentShown]
    discounts: list[DiscountShown]

    @classmethod
    def of(cls, row: Any, today: Today) -> Self:
        """From a row."""
        currency, day = row["currency"], today.at(row["legal_entity"])
        plain = (
            *("invoice_id", "version", "legal_entity", "invoice_number", "issued_on", "due_on"),
            *("currency", "payment_reference"),
        )

        return cls(
            **{name: row[name] for name in plain},
            total=decimal_text(row["total_minor"], currency),
            open=decimal_text(row["open_minor"], currency),
            state=State(row["status"]),
            overdue=today.is_overdue(row),
            instalments=[
                InstalmentShown(
                    number=number,
                    due_on=due_on,
                    amount=decimal_text(minor, currency),
                    open=decimal_text(open_minor, currency),
                )
                for number, due_on, minor, open_minor in row["instalments"]
            ],
            discounts=[
                DiscountShown(
                    until=until,
                    amount=decimal_text(minor, currency),
                    pays=decimal_text(pays, currency),
                )
                for until, minor, pays in row["discounts"]
                if row["open_minor"] and date.fromisoformat(until) >= day
            ],
        )


class Filter(BaseModel):
    """What a list holds; what is left out is all."""

    state: State | None = None
    legal_entity: Text | None = None
    currency: Annotated[str | None, Field(pattern=r"^[A-Z]{3}$")] = None
    overdue: bool | None = None


def invoices_router(visitors: Visitors, company: Company | None) -> APIRouter:
    """`/v1/invoices` and one below."""
    router = APIRouter(prefix="/v1/invoices", tags=["invoices"], responses=SIGNED_IN)
    viewer, zones = visitors.allowed(Role.VIEW), time_zones_of(company)

    @router.get("")
    async def list_invoices(
        visitor: Annotated[Visitor, viewer],
        paging: Paging,
        asked: Annotated[Filter, Query()],
    ) -> Page[InvoiceShown]:
        """By due date."""
        today, mine = Today(visitor.moment, zones), visitor.session.customer_id
        wanted = Wanted(**asked.model_dump())
        after = paging.beyond(date.fromisoformat, UUID)
        async with visitor.ask() as connection:
            rows = await invoices.page(
                connection, mine, wanted, today, after=after, limit=paging.rows
            )
        shown = [InvoiceShown.of(row, today) for row in rows]
        return paging.page(shown, lambda one: (one.due_on, one.invoice_id))

    @router.get("/{invoice_id}", responses=problems(InvoiceUnknown))
    async def show_invoice(invoice_id: UUID, visitor: Annotated[Visitor, viewer]) -> InvoiceShown:
        """Somebody else's is as unknown as one that there is not."""
        async with visitor.ask() as connection:
            row = await invoices.one(connection, visitor.session.customer_id, invoice_id)
        if row is None:
            raise InvoiceUnknown("you have no such invoice")
        return InvoiceShown.of(row, Today(visitor.moment, zones))

    return router


def time_zones_of(company: Company | None) -> Mapping[str, str]:
    """By legal entity."""
    return {one.code: one.time_zone for one in company.legal_entities} if company else {}
