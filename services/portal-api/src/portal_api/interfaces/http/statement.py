"""The customer's statement of account: what they were invoiced, what they gave, and what is open."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

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
from portal_api.interfaces.http.invoices import today_at
from portal_api.interfaces.http.visitors import SIGNED_IN, Visitor, Visitors
from shared.base.money import decimal_text
from shared.contracts.company import Company
from shared.web.accepted import Text
from shared.web.problems import problems


class LineShown(BaseModel):
    """`amount` above zero is owed more; `balance` is the total after it. `number` is the invoice's or credit note's, of
    a payment its reference.
    """

    on: date
    kind: LineKind
    document_id: UUID
    number: str | None
    amount: str
    balance: str

    @classmethod
    def of(cls, line: Line, currency: str) -> Self:
        return cls(
            on=line.on,
            kind=line.kind,
            document_id=line.document_id,
            number=line.number,
            amount=decimal_text(line.minor, currency),
            balance=decimal_text(line.balance_minor, currency),
        )


class DifferenceShown(BaseModel):
    document_id: UUID
    number: str | None
    amount: str

    @classmethod
    def of(cls, one: Difference, currency: str) -> Self:
        amount = decimal_text(one.minor, currency)
        return cls(document_id=one.document_id, number=one.number, amount=amount)


class AdjustmentsShown(BaseModel):
    """What documents up to the day were changed by without another document that is shown here, such as a write-off or
    money that settled something of another account. It has no day: all of it counts.
    """

    amount: str
    items: list[DifferenceShown]


class AccountShown(BaseModel):
    """One legal entity and currency; never add them. `closing` is what the documents up to `as_of` and the other
    adjustments leave to be paid. `open_now` and `unapplied_now` are what is left of these documents today.
    """

    legal_entity: str
    currency: str
    as_of: date
    lines: list[LineShown]
    other_adjustments: AdjustmentsShown | None
    closing: str
    open_now: str
    unapplied_now: str

    @classmethod
    def of(cls, account: Account) -> Self:
        """Other adjustments only where there are some."""
        currency, differences = account.currency, account.differences
        adjusted = sum(one.minor for one in differences)
        return cls(
            legal_entity=account.legal_entity,
            currency=currency,
            as_of=account.as_of,
            lines=[LineShown.of(one, currency) for one in account.lines],
            other_adjustments=AdjustmentsShown(
                amount=decimal_text(adjusted, currency),
                items=[DifferenceShown.of(one, currency) for one in differences],
            )
            if differences
            else None,
            closing=decimal_text(account.closing_minor, currency),
            open_now=decimal_text(account.open_minor, currency),
            unapplied_now=decimal_text(account.unapplied_minor, currency),
        )


class StatementShown(BaseModel):
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
        today = today_at(company, visitor.moment)
        entities = {one.legal_entity for one in found.invoices}
        entities |= {one.legal_entity for one in found.given}
        days = {one: asked.as_of or today.days.get(one, today.elsewhere) for one in entities}
        accounts = draw_up(found.invoices, found.given, days=days)
        shown = StatementShown(accounts=[AccountShown.of(one) for one in accounts])
        return Response(
            shown.model_dump_json(), media_type="application/json", headers=dict(response.headers)
        )

    return router
