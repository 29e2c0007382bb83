"""The books as a whole: trial balance, aging, proof."""

from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from ledger.domain.aging import bucket_of, in_buckets
from ledger.gateways import proof, reports
from ledger.interfaces.http.bounds import Bounds, KnownAtInFuture, bounds_of
from shared.base.money import decimal_text
from shared.contracts.company import Company
from shared.web.auth import signed_in
from shared.web.commands import Question
from shared.web.pages import Page
from shared.web.problems import problems


class Balance(BaseModel):
    """Debits are positive."""

    legal_entity: str
    currency: str
    account: str
    balance: str


class Aging(BaseModel):
    """What is open by days overdue; credits and unapplied cash stand apart and are not netted."""

    legal_entity: str
    currency: str
    buckets: dict[str, str]
    open: str
    unapplied: str


class Proof(BaseModel):
    """Minor units by which the books are off each law, over all currencies; everything but `entries` must be 0."""

    imbalance: int
    trial_balance: int
    subledger: int
    totals: int
    open_amounts: int
    entries: int


def books_router(company: Company) -> APIRouter:
    """`/v1/trial-balance`, `/v1/aging`, `/v1/proof`."""
    router = APIRouter(prefix="/v1", tags=["books"], dependencies=[Depends(signed_in)])
    bounds = bounds_of(company)

    @router.get("/trial-balance", responses=problems(KnownAtInFuture))
    async def trial_balance(
        question: Question, asked: Annotated[Bounds, Depends(bounds)]
    ) -> Page[Balance]:
        as_of, known_at = asked
        async with question.look() as connection:
            rows = await reports.trial_balance(connection, as_of=as_of, known_at=known_at)
        return Page(items=[_balance(row) for row in rows])

    @router.get("/aging", responses=problems(KnownAtInFuture))
    async def aging(question: Question, asked: Annotated[Bounds, Depends(bounds)]) -> Page[Aging]:
        as_of, known_at = asked
        async with question.look() as connection:
            owed = await reports.aging(connection, as_of=as_of, known_at=known_at)
            left = await reports.credits_left(connection, as_of=as_of, known_at=known_at)
        return Page(items=_agings(owed, left))

    @router.get("/proof")
    async def prove(question: Question) -> Proof:
        async with question.look() as connection:
            found = await proof.prove(connection)
        return Proof(imbalance=proof.imbalance_of(found), **found)

    return router


def _balance(row: Any) -> Balance:
    return Balance(
        legal_entity=row["legal_entity"],
        currency=row["currency"],
        account=str(row["account"]),
        balance=decimal_text(row["balance_minor"], row["currency"]),
    )


def _agings(owed: Iterable[tuple[str, str, int, int]], left: Iterable[Any]) -> list[Aging]:
    """By legal entity and currency: what is owed by bucket, and what credits have left."""
    buckets: dict[tuple[str, str], dict[str, int]] = {}
    for entity, currency, days_overdue, open_minor in owed:
        there = buckets.setdefault((entity, currency), {})
        name = bucket_of(days_overdue)
        there[name] = there.get(name, 0) + open_minor
    unapplied = {(row["legal_entity"], row["currency"]): row["unapplied_minor"] for row in left}
    return [
        _aging(scope, buckets.get(scope, {}), unapplied.get(scope, 0))
        for scope in sorted(buckets.keys() | unapplied.keys())
    ]


def _aging(scope: tuple[str, str], buckets: dict[str, int], unapplied: int) -> Aging:
    entity, currency = scope
    return Aging(
        legal_entity=entity,
        currency=currency,
        buckets={
            name: decimal_text(minor, currency) for name, minor in in_buckets(buckets).items()
        },
        open=decimal_text(sum(buckets.values()), currency),
        unapplied=decimal_text(unapplied, currency),
    )
