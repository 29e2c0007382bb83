"""The customer's statement of account: what they were invoiced, what they gave, and what is open."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field, WithJsonSchema
from pydantic_core import to_json
from typing_extensions import TypedDict

from portal_api.domain.contact import Role
from portal_api.domain.statement import (
    Account,
    Difference,
    Line,
    LineKind,
    StatementTooLong,
    draw_up,
)
from portal_api.gateways import statements
from portal_api.gateways.invoices import Today
from portal_api.interfaces.http.invoices import time_zones_of
from portal_api.interfaces.http.visitors import SIGNED_IN, Visitor, Visitors
from shared.base.money import decimal_text
from shared.contracts.company import Company
from shared.web.accepted import Text
from shared.web.problems import problems

Day = Annotated[str, WithJsonSchema({"type": "string", "format": "date"})]
Id = Annotated[str, WithJsonSchema({"type": "string", "format": "uuid"})]
"""A statement is written out of texts alone, in a fifth of the time."""


class LineShown(TypedDict):
    """`amount` above zero is owed more; `balance` is the total after it. `number` is the invoice's or credit note's, of
    a payment its reference.
    """

    on: Day
    kind: LineKind
    document_id: Id
    number: str | None
    amount: str
    balance: str


class DifferenceShown(TypedDict):
    document_id: Id
    number: str | None
    amount: str


class AdjustmentsShown(TypedDict):
    """What documents up to the day were changed by without another document that is shown here, such as a write-off or
    money that settled something of another account. It has no day: all of it counts.
    """

    amount: str
    items: list[DifferenceShown]


class AccountShown(TypedDict):
    """One legal entity and currency; never add them. `closing` is what the documents up to `as_of` and the other
    adjustments leave to be paid. `open_now` and `unapplied_now` are what is left of these documents today.
    """

    legal_entity: str
    currency: str
    as_of: Day
    lines: list[LineShown]
    other_adjustments: AdjustmentsShown | None
    closing: str
    open_now: str
    unapplied_now: str


class StatementShown(TypedDict):
    """By legal entity and currency."""

    accounts: list[AccountShown]


class Asked(BaseModel):
    """Without `as_of`, of each legal entity up to its today."""

    as_of: date | None = None
    legal_entity: Text | None = None
    currency: Annotated[str | None, Field(pattern=r"^[A-Z]{3}$")] = None


def statement_router(visitors: Visitors, company: Company | None) -> APIRouter:
    """`/v1/statement`."""
    router = APIRouter(prefix="/v1/statement", tags=["statement"], responses=SIGNED_IN)
    zones = time_zones_of(company)

    @router.get("", response_model=StatementShown, responses=problems(StatementTooLong))
    async def show_statement(
        visitor: Annotated[Visitor, visitors.allowed(Role.VIEW)],
        asked: Annotated[Asked, Query()],
        response: Response,
    ) -> Response:
        """Documents up to a day, oldest first, with a running total.

        Written out here: what is built of checked parts need not be checked again, and a statement is long.
        """
        async with visitor.look() as connection:
            found = await statements.documents(
                connection,
                visitor.session.customer_id,
                legal_entity=asked.legal_entity,
                currency=asked.currency,
            )
        today = Today(visitor.moment, zones)
        entities = {one.legal_entity for one in found.invoices}
        entities |= {one.legal_entity for one in found.given}
        days = {one: asked.as_of or today.at(one) for one in entities}
        accounts = draw_up(found.invoices, found.given, days=days)
        shown = StatementShown(accounts=[account_shown(one) for one in accounts])
        return Response(
            to_json(shown), media_type="application/json", headers=dict(response.headers)
        )

    return router


def account_shown(account: Account) -> AccountShown:
    """Other adjustments only where there are some."""
    currency, differences = account.currency, account.differences
    return AccountShown(
        legal_entity=account.legal_entity,
        currency=currency,
        as_of=account.as_of.isoformat(),
        lines=[_line(one, balance, currency) for one, balance in account.lines],
        other_adjustments=AdjustmentsShown(
            amount=decimal_text(sum(one.minor for one in differences), currency),
            items=[_difference(one, currency) for one in differences],
        )
        if differences
        else None,
        closing=decimal_text(account.closing_minor, currency),
        open_now=decimal_text(account.open_minor, currency),
        unapplied_now=decimal_text(account.unapplied_minor, currency),
    )


def _line(line: Line, balance_minor: int, currency: str) -> LineShown:
    return {
        "on": line.on.isoformat(),
        "kind": line.kind,
        "document_id": line.document_id,
        "number": line.number,
        "amount": decimal_text(line.minor, currency),
        "balance": decimal_text(balance_minor, currency),
    }


def _difference(one: Difference, currency: str) -> DifferenceShown:
    amount = decimal_text(one.minor, currency)
    return {"document_id": one.document_id, "number": one.number, "amount": amount}
