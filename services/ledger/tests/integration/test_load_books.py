"""Whom a slice locks: whoever it can move, and nobody whom it cannot."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from ledger.domain.credit import NOBODY
from ledger.gateways import load_books
from ledger.gateways.load_books import Wanted
from shared.base.ids import object_id
from shared.db.work import Work, is_transient

DE = "urn:acme:erp:de01"


def a_parent_pays_for_two(pen: Any) -> None:
    """P1 of C1 goes to the invoices of C2 and C3; P2 of nobody to that of C3."""
    pen.invoice("I2", customer_number="C2")
    pen.invoice("I3", customer_number="C3")
    pen.payment(
        "P1",
        allocations=[
            {"invoice_id": "I2", "amount": "50.00"},
            {"invoice_id": "I3", "amount": "50.00"},
        ],
    )
    pen.take(
        "erp.payment.received.v1", payment_id="P2", version=1, legal_entity="DE01", value_date="2026-03-20",
        currency="EUR", amount="10.00", method="transfer", allocations=[{"invoice_id": "I3", "amount": "10.00"}],
    )  # fmt: skip


class TestBesideOneAnother:
    """Two slices at a time. Whoever would have to wait gives up at once here."""

    async def test_slices_of_different_customers_do_not_wait(self, till: Any) -> None:
        async with _slice(till) as first, _slice(till) as second:
            await _load(first, "C1", invoice="I1")
            await _load(second, "C2", invoice="I2")

    async def test_who_speaks_of_what_is_not_there_keeps_out_who_may_bring_it(
        self, till: Any
    ) -> None:
        async with _slice(till) as first, _slice(till) as second:
            await _load(first, "C1", payment="P1", speaks_of={"invoice": "I2"})
            with pytest.raises(asyncpg.LockNotAvailableError):
                await _load(second, "C2", invoice="I2")

    async def test_who_speaks_of_what_is_there_waits_for_its_customer_only(self, till: Any) -> None:
        till.pen.invoice("I2", customer_number="C2")
        await till.take()
        async with _slice(till) as first, _slice(till) as second:
            await _load(first, "C1", payment="P1", speaks_of={"invoice": "I2"})
            await _load(second, "C3", invoice="I3")
            with pytest.raises(asyncpg.LockNotAvailableError):
                await _load(second, "C2", invoice="I4")

    async def test_one_thing_brought_twice_for_two_customers_is_tried_again(
        self, till: Any
    ) -> None:
        till.pen.invoice("I1", customer_number="C1")
        till.pen.invoice("I1", customer_number="C2")
        one, other = till.written
        till.written.clear()

        async def take(record: Any) -> None:
            async with till.service.database.work(till.service.clock.now()) as work:
                await till.hearing.take(work, [record])

        ended = await asyncio.gather(take(one), take(other), return_exceptions=True)
        for record, error in zip((one, other), ended, strict=True):
            if error is not None:
                assert is_transient(error), repr(error)
                await take(record)
        outcomes = await till.fetch("SELECT outcome, code FROM intake ORDER BY outcome")
        assert [tuple(row) for row in outcomes] == [
            ("accepted", ""),
            ("conflict", "version-conflicts"),
        ]


@asynccontextmanager
async def _slice(till: Any) -> AsyncIterator[Work]:
    """A transaction that waits for nobody."""
    async with till.service.database.work(till.service.clock.now()) as work:
        await work.connection.execute("SET LOCAL lock_timeout = '200ms'")
        yield work


async def _load(
    work: Work, number: str, *, speaks_of: dict[str, str] | None = None, **brought: str
) -> None:
    ids = {object_id(DE, kind, name) for kind, name in brought.items()}
    touched = {object_id(DE, kind, name) for kind, name in (speaks_of or {}).items()}
    named = {object_id(DE, "customer", number): (DE, number)}
    wanted = Wanted(named=named, objects=ids | touched, brought=ids)
    async with work.connection.transaction():
        await load_books.load(work.connection, wanted, moment=work.moment)


class TestLoad:
    async def test_a_childs_slice_locks_the_parent_but_no_other_child(self, till: Any) -> None:
        a_parent_pays_for_two(till.pen)
        await till.take()

        assert await _locked(till, "C2", invoice="I2") == {"C1", "C2"}

    async def test_what_the_payer_is_said_to_do_locks_all_that_it_reaches(self, till: Any) -> None:
        a_parent_pays_for_two(till.pen)
        await till.take()

        assert await _locked(till, "C1", payment="P1") == {"C1", "C2", "C3"}

    async def test_money_of_nobody_joins_nobody(self, till: Any) -> None:
        a_parent_pays_for_two(till.pen)
        assert set(await till.take()) == {"accepted"}

        assert await _locked(till, "C3", invoice="I3") == {"C1", "C3"}


async def _locked(till: Any, number: str, **named: str) -> set[str]:
    """Customer numbers at hand when a record names this customer and these objects."""
    wanted = Wanted(
        named={object_id(DE, "customer", number): (DE, number)},
        objects={object_id(DE, kind, name) for kind, name in named.items()},
        brought={object_id(DE, kind, name) for kind, name in named.items()},
    )
    async with till.service.database.work(till.service.clock.now()) as work:
        books = await load_books.load(work.connection, wanted, moment=work.moment)
    numbers: dict[UUID, str] = {object_id(DE, "customer", one): one for one in ("C1", "C2", "C3")}
    return {numbers[one] for one in books.customers if one != NOBODY}
