"""The customer's payments and credit notes: where they stand, and what of them is unapplied."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Self
from uuid import UUID

import asyncpg
from fastapi import APIRouter
from pydantic import BaseModel

from portal_api.domain.contact import Role
from portal_api.domain.credit import CreditState, Kind
from portal_api.gateways import own_credits
from portal_api.gateways.own_credits import Settled
from portal_api.interfaces.http.visitors import SIGNED_IN, Visitor, Visitors
from shared.base.errors import Refusal
from shared.base.money import decimal_text
from shared.web.pages import Page, Paging
from shared.web.problems import problems


class PaymentUnknown(Refusal):
    """You have no such payment."""

    code, status = "payment-unknown", 404


class AllocationShown(BaseModel):
    """What one invoice falls by, in its own currency: `amount` has what was taken off for paying early or the like, so
    it can be more than `spent`, what it takes of the credit.

    One that is not yours, or not known here, has no name. Provisional: until the seller's books confirm it.
    """

    invoice_id: UUID | None
    invoice_number: str | None
    currency: str | None
    amount: str | None
    spent: str
    provisional: bool


class CreditShown(BaseModel):
    """`number` is a credit note's. `dated_on`: the value date of a payment, or the day of issue. `state`: payments are
    `received`, credit notes `posted`.
    """

    credit_id: UUID
    kind: Kind
    version: int
    legal_entity: str
    number: str | None
    dated_on: date
    currency: str
    total: str
    returned: str
    unapplied: str
    state: CreditState
    reference: str | None
    allocations: list[AllocationShown]

    @classmethod
    def of(cls, row: Any, settled: Mapping[str, Settled]) -> Self:
        """From a row."""
        currency = row["currency"]
        plain = ("credit_id", "version", "legal_entity", "number", "dated_on", "reference")
        return cls(
            **{name: row[name] for name in plain},
            kind=Kind(row["kind"]),
            currency=currency,
            total=decimal_text(row["total_minor"], currency),
            returned=decimal_text(row["returned_minor"], currency),
            unapplied=decimal_text(row["unapplied_minor"], currency),
            state=CreditState(row["status"]),
            allocations=_allocations(row, settled),
        )


class PaymentShown(BaseModel):
    """`returned`: what went back of `amount`, by the bank or by us, since `returned_on`."""

    payment_id: UUID
    version: int
    legal_entity: str
    value_date: date
    currency: str
    amount: str
    returned: str
    returned_on: date | None
    return_reason: str | None
    unapplied: str
    state: CreditState
    method: str
    reference: str | None
    allocations: list[AllocationShown]

    @classmethod
    def of(cls, row: Any, settled: Mapping[str, Settled]) -> Self:
        """From a row."""
        currency = row["currency"]
        plain = ("version", "legal_entity", "returned_on", "return_reason", "method", "reference")
        return cls(
            **{name: row[name] for name in plain},
            payment_id=row["credit_id"],
            value_date=row["dated_on"],
            currency=currency,
            amount=decimal_text(row["total_minor"], currency),
            returned=decimal_text(row["returned_minor"], currency),
            unapplied=decimal_text(row["unapplied_minor"], currency),
            state=CreditState(row["status"]),
            allocations=_allocations(row, settled),
        )


def payments_router(visitors: Visitors) -> APIRouter:
    """`/v1/payments` and one below."""
    router = APIRouter(prefix="/v1/payments", tags=["payments"], responses=SIGNED_IN)
    viewer = visitors.allowed(Role.VIEW)

    @router.get("")
    async def list_payments(
        visitor: Annotated[Visitor, viewer], paging: Paging
    ) -> Page[PaymentShown]:
        """Newest value date first."""
        after, mine = paging.beyond(date.fromisoformat, UUID), visitor.session.customer_id
        async with visitor.look() as connection:
            rows = await own_credits.payments(connection, mine, after=after, limit=paging.rows)
            settled = await own_credits.settled_by(connection, mine, rows)
        shown = [PaymentShown.of(row, settled) for row in rows]
        return paging.page(shown, lambda one: (one.value_date, one.payment_id))

    @router.get("/{payment_id}", responses=problems(PaymentUnknown))
    async def show_payment(payment_id: UUID, visitor: Annotated[Visitor, viewer]) -> PaymentShown:
        """Somebody else's is as unknown as one that there is not."""
        mine = visitor.session.customer_id
        async with visitor.look() as connection:
            row = await own_credits.one(connection, mine, payment_id, Kind.PAYMENT)
            if row is None:
                raise PaymentUnknown("you have no such payment")
            settled = await own_credits.settled_by(connection, mine, [row])
        return PaymentShown.of(row, settled)

    return router


def credits_router(visitors: Visitors) -> APIRouter:
    """`/v1/credits`."""
    router = APIRouter(prefix="/v1/credits", tags=["credits"], responses=SIGNED_IN)

    @router.get("")
    async def list_credits(
        visitor: Annotated[Visitor, visitors.allowed(Role.VIEW)], paging: Paging
    ) -> Page[CreditShown]:
        """Credit notes, and payments of which something is unapplied; newest first."""
        after, mine = paging.beyond(date.fromisoformat, UUID), visitor.session.customer_id
        async with visitor.look() as connection:
            rows = await own_credits.credit_notes_and_unapplied(
                connection, mine, after=after, limit=paging.rows
            )
            settled = await own_credits.settled_by(connection, mine, rows)
        shown = [CreditShown.of(row, settled) for row in rows]
        return paging.page(shown, lambda one: (one.dated_on, one.credit_id))

    return router


def _allocations(row: asyncpg.Record, settled: Mapping[str, Settled]) -> list[AllocationShown]:
    shown = []
    for invoice_id, amount, spent_minor, provisional in row["allocations"]:
        invoice = settled.get(invoice_id)
        shown.append(
            AllocationShown(
                invoice_id=invoice and invoice_id,
                invoice_number=invoice and invoice.invoice_number,
                currency=invoice and invoice.currency,
                amount=invoice and amount,
                spent=decimal_text(spent_minor, row["currency"]),
                provisional=provisional,
            )
        )
    return shown
