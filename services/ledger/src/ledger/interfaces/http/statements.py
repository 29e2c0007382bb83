"""A customer's statement of account: as JSON, as CSV for a spreadsheet, as PDF for a person."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field

from ledger.domain.statement import Account, Left, Movement, Statement, draw_up
from ledger.gateways import statements
from ledger.gateways.statement_csv import statement_csv
from ledger.gateways.statement_pdf import Paper
from ledger.interfaces.http.bounds import Bounds, KnownAtInFuture, bounds_of
from ledger.interfaces.http.unknown import NotKnown, known
from shared.base.errors import Refusal
from shared.base.money import decimal_text
from shared.contracts.company import Company
from shared.web.attachment import CSV, PDF, attached, attachment
from shared.web.auth import signed_in
from shared.web.commands import Question
from shared.web.problems import problems

MOVEMENTS_MAX = 5_000
"""About 150 pages; three seconds of work as PDF."""


class StatementTooLong(Refusal):
    """More movements than one statement holds; ask from a later day on."""

    code = "statement-too-long"


class AppliedShown(BaseModel):
    document: str
    amount: str


class MovementShown(BaseModel):
    """`amount` above zero is owed more. `kind` is invoice, payment, credit-note, return, application, or another kind
    of entry. `applied` changes no balance."""

    on: date
    kind: str
    document: str
    reference: str
    due_on: date | None
    amount: str
    balance: str
    applied: list[AppliedShown]


class OpenShown(BaseModel):
    """An invoice, or one of its instalments, which has its own line, day and `total`."""

    invoice_id: UUID
    document: str
    instalment: int | None
    issued_on: date
    due_on: date | None
    days_overdue: int
    total: str
    open: str


class CreditLeftShown(BaseModel):
    """A payment or credit note that is not applied, or not whole; positive amounts."""

    credit_id: UUID
    kind: str
    document: str
    reference: str
    on: date
    amount: str
    unapplied: str


class AccountShown(BaseModel):
    """One legal entity and currency: `opening` + movements = `closing` = open items less unapplied credits."""

    legal_entity: str
    currency: str
    opening: str
    movements: list[MovementShown]
    closing: str
    open_items: list[OpenShown]
    unapplied: list[CreditLeftShown]
    aging: dict[str, str]


class StatementShown(BaseModel):
    """The same `as_of` and `known_at` give the same bytes, whatever the books learn later."""

    customer_id: UUID
    source: str
    customer_number: str
    name: str
    start: Annotated[date | None, Field(serialization_alias="from")]
    as_of: date
    known_at: datetime
    accounts: list[AccountShown]


def statements_router(company: Company, paper: Paper) -> APIRouter:
    """`/v1/customers/{id}/statement`, `.csv`, `.pdf`."""
    router = APIRouter(
        prefix="/v1/customers/{customer_id}",
        tags=["customers"],
        dependencies=[Depends(signed_in)],
        responses=problems(NotKnown, KnownAtInFuture, StatementTooLong),
    )
    asked = statement_of(company)

    @router.get("/statement")
    async def show_statement(statement: Annotated[Statement, Depends(asked)]) -> StatementShown:
        return _statement(statement)

    @router.get("/statement.csv", response_class=Response, responses=attached(CSV))
    async def statement_for_spreadsheets(
        statement: Annotated[Statement, Depends(asked)],
    ) -> Response:
        return _kept(statement, statement_csv(statement), CSV)

    @router.get("/statement.pdf", response_class=Response, responses=attached(PDF))
    async def statement_for_people(statement: Annotated[Statement, Depends(asked)]) -> Response:
        printed = await asyncio.to_thread(paper.print, statement)
        return _kept(statement, printed, PDF)

    return router


def statement_of(company: Company) -> Callable[..., Awaitable[Statement]]:
    """Dependency: the statement asked for. Refuses `not-known` and `statement-too-long`."""

    async def statement(
        customer_id: UUID,
        question: Question,
        bounds: Annotated[Bounds, Depends(bounds_of(company))],
        start: Annotated[date | None, Query(alias="from")] = None,
    ) -> Statement:
        as_of, known_at = bounds
        async with question.look() as connection:
            row = await statements.customer(connection, customer_id, known_at=known_at)
            customer = known(row, "customer")
            found = await statements.found(
                connection, customer_id, start=start, as_of=as_of, known_at=known_at,
                movements_max=MOVEMENTS_MAX + 1,
            )  # fmt: skip
        if len(found.moved) > MOVEMENTS_MAX:
            raise StatementTooLong(f"more than {MOVEMENTS_MAX} movements; ask `from` a later day")
        return Statement(
            customer_id,
            customer["source"],
            customer["customer_number"],
            customer["body"].get("name", ""),
            customer["body"].get("language", ""),
            start,
            as_of,
            known_at,
            draw_up(found, as_of=as_of),
        )

    return statement


def _kept(statement: Statement, content: bytes, media_type: str) -> Response:
    day = statement.as_of.isoformat()
    return attachment(content, media_type, "statement", statement.customer_number, day)


def _statement(statement: Statement) -> StatementShown:
    return StatementShown(
        customer_id=statement.customer_id,
        source=statement.source,
        customer_number=statement.customer_number,
        name=statement.name,
        start=statement.start,
        as_of=statement.as_of,
        known_at=statement.known_at,
        accounts=[_account(one) for one in statement.accounts],
    )


def _account(account: Account) -> AccountShown:
    def amount(minor: int) -> str:
        return decimal_text(minor, account.currency)

    return AccountShown(
        legal_entity=account.legal_entity,
        currency=account.currency,
        opening=amount(account.opening_minor),
        movements=[_movement(one, amount) for one in account.movements],
        closing=amount(account.closing_minor),
        open_items=[_open(one, amount) for one in account.open_items],
        unapplied=[_credit_left(one, amount) for one in account.unapplied],
        aging={bucket: amount(minor) for bucket, minor in account.aging.items()},
    )


def _movement(one: Movement, amount: Callable[[int], str]) -> MovementShown:
    return MovementShown(
        on=one.on,
        kind=one.kind,
        document=one.document,
        reference=one.reference,
        due_on=one.due_on,
        amount=amount(one.minor),
        balance=amount(one.balance_minor),
        applied=[AppliedShown(document=to, amount=amount(minor)) for to, minor in one.applied],
    )


def _open(left: Left, amount: Callable[[int], str]) -> OpenShown:
    item = left.item
    return OpenShown(
        invoice_id=item.item_id,
        document=item.number,
        instalment=left.instalment and left.instalment.number,
        issued_on=item.on,
        due_on=item.due_on,
        days_overdue=left.days_overdue,
        total=amount(item.minor),
        open=amount(left.minor),
    )


def _credit_left(left: Left, amount: Callable[[int], str]) -> CreditLeftShown:
    item = left.item
    return CreditLeftShown(
        credit_id=item.item_id,
        kind=item.kind,
        document=item.number,
        reference=item.reference,
        on=item.on,
        amount=amount(item.minor),
        unapplied=amount(left.minor),
    )
