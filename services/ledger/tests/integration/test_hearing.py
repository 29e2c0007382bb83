"""Slices on a real database: the same books as in memory, kept, locked, and never changed afterwards."""

from collections.abc import Callable
from typing import Any

import asyncpg
import pytest

from ledger.gateways.rows import due_text
from ledger.gateways.tables import COPY_ROWS_MIN


def a_busy_month(pen: Any) -> None:
    """Everything that happens to invoices and payments, once."""
    pen.customer()
    pen.invoice("I1", "119.00", net="100.00", tax="19.00")
    pen.invoice(
        "I2", "50.00", holds=[{"reason": "dispute", "amount": "5.00", "until": "2026-05-01"}]
    )
    pen.payment("P1", "100.00", allocations=[{"invoice_id": "I1", "amount": "100.00"}])
    pen.payment("P2", "30.00", reference="for I2")
    pen.credit_note("N1", "19.00", allocations=[{"invoice_id": "I1", "amount": "19.00"}])
    pen.invoice("I2", "45.00", version=2)
    pen.take(
        "erp.payment.returned.v1",
        payment_id="P1",
        version=2,
        returned_on="2026-04-01",
        amount="40.00",
        reason="bank-return",
    )
    pen.allocate("P2", ("I1", "30.00"))
    pen.take("erp.invoice.cancelled.v1", invoice_id="I2", version=3, cancelled_on="2026-04-01")


def a_hard_month(pen: Any) -> None:
    """What stood open before, deductions, adjustments, and money that crosses customers, entities and currencies."""
    opening = {"open": "40.00", "as_of": "2026-03-31"}
    pen.invoice("OLD", opening=opening)
    pen.payment("P0", "60.00", allocations=[{"invoice_id": "OLD", "amount": "60.00"}])
    pen.payment("P1", opening=opening, reference="nothing")
    pen.adjust("A1", "7.00", item="LATER")
    pen.invoice("LATER", "119.00", net="100.00", tax="19.00", customer_number="C2")
    pen.adjust("A2", "7.00", item="LATER", customer_number="C2", reason="discount")
    discount = [{"kind": "discount", "amount": "2.00"}, {"kind": "bank-fee", "amount": "1.00"}]
    pen.payment(
        "P2",
        "50.00",
        customer_number="C3",
        allocations=[{"invoice_id": "LATER", "amount": "50.00", "deductions": discount}],
    )
    pen.invoice("USD", currency="USD", customer_number="C4")
    pen.credit_note("N1", "100.00", customer_number="C2")
    pen.take(
        "erp.allocations.set.v1",
        credit={"kind": "credit-note", "id": "N1"},
        version=1,
        customer_number="C2",
        allocations=[
            {"invoice_id": "USD", "amount": "70.00", "credit_amount": "61.11"},
            {"invoice_id": "OLD", "amount": "10.00"},
        ],
    )
    back = {"returned_on": "2026-04-01", "reason": "bank-return"}
    pen.take("erp.payment.returned.v1", payment_id="P0", version=2, amount="20.00", **back)
    pen.take("erp.payment.returned.v1", payment_id="P2", version=2, amount="25.00", **back)
    pen.adjust("A3", "5.00", item="P1", kind="payment", reason="refund")
    pen.take(
        "erp.adjustment.cancelled.v1", adjustment_id="A2", version=2, cancelled_on="2026-04-01"
    )
    pen.invoice("LATER", "99.00", net="80.00", tax="19.00", customer_number="C2", version=2)
    pen.take("erp.invoice.cancelled.v1", invoice_id="USD", version=2, cancelled_on="2026-04-01")
    in_parts(pen)


def in_parts(pen: Any) -> None:
    """Instalments and early payment: taken by us, held because the ERP has not booked it, and taken back."""
    terms = {
        "instalments": [
            {"number": 1, "due_on": "2026-03-15", "amount": "60.00"},
            {"number": 2, "due_on": "2026-03-31", "amount": "30.00"},
            {"number": 3, "amount": "10.00"},
        ],
        "discounts": [{"until": "2026-03-20", "percent": "2"}],
    }
    for name in ("T1", "T2", "T3"):
        pen.invoice(name, customer_number="C5", **terms)
    pen.payment("P5", "98.00", customer_number="C5", reference="T1")
    to = [{"invoice_id": "T2", "instalment": 2, "amount": "30.00"}]
    pen.payment("P6", "30.00", customer_number="C5", allocations=to)
    to = [{"invoice_id": "T3", "amount": "98.00"}]
    pen.payment("P7", "98.00", customer_number="C5", allocations=to)
    back = {"returned_on": "2026-04-01", "reason": "bank-return", "amount": "8.00"}
    pen.take("erp.payment.returned.v1", payment_id="P5", version=2, **back)
    pen.invoice("T2", customer_number="C5", version=2, discounts=terms["discounts"])


class TestHearing:
    @pytest.mark.parametrize("at_once", [1, 3, 500])
    @pytest.mark.parametrize(
        ("month", "ends"),
        [(a_busy_month, {"accepted"}), (a_hard_month, {"accepted", "waiting"})],
        ids=["busy", "hard"],
    )
    async def test_the_cut_of_slices_does_not_matter(
        self, till: Any, desk: Any, at_once: int, month: Callable[[Any], None], ends: set[str]
    ) -> None:
        month(till.pen)
        for record in till.written:
            desk.take_record(record)
        outcomes = await till.take(at_once=at_once)

        assert set(outcomes) == ends
        opened = await till.fetch(
            "SELECT invoice_id, status, open_minor, due, version FROM invoices"
        )
        assert {tuple(row) for row in opened} == {
            (one.invoice_id, one.status, one.open_minor, due_text(one.due), one.version)
            for one in desk.books.invoices.values()
        }
        left = await till.fetch("SELECT credit_id, status, unapplied_minor, version FROM credits")
        assert {tuple(row) for row in left} == {
            (one.credit_id, one.status, one.unapplied_minor, one.version)
            for one in desk.books.credits.values()
        }
        assert [kind.rpartition(".v")[0] for kind in await till.told()] == [
            one.fact.TYPE.rpartition(".v")[0] for one in desk.books.told
        ]
        assert (await till.get("/v1/proof"))["imbalance"] == 0

    async def test_everything_again_is_a_duplicate_and_leaves_no_trace(self, till: Any) -> None:
        a_busy_month(till.pen)
        await till.take()
        before = [tuple(row) for row in await till.fetch("SELECT * FROM entries ORDER BY entry_id")]
        told = await till.told()

        a_busy_month(till.pen)
        outcomes = await till.take()

        assert set(outcomes) <= {"duplicate", "superseded"}
        assert [
            tuple(row) for row in await till.fetch("SELECT * FROM entries ORDER BY entry_id")
        ] == before
        assert await till.told() == told

    async def test_waiting_records_are_accepted_when_their_parents_come(self, till: Any) -> None:
        till.pen.payment("P1", allocations=[{"invoice_id": "I1", "amount": "100.00"}])
        till.pen.take(
            "erp.payment.returned.v1",
            payment_id="P9",
            version=2,
            returned_on="2026-04-01",
            reason="other",
        )
        assert await till.take() == ["waiting", "waiting"]
        till.pen.invoice("I1")
        till.pen.payment("P9", allocations=[])
        await till.take()
        rows = await till.fetch('SELECT outcome FROM intake ORDER BY "offset"')
        assert [row["outcome"] for row in rows] == ["accepted"] * 4

    async def test_what_waits_and_what_it_waits_for_may_share_a_slice(self, till: Any) -> None:
        till.pen.payment("P1", allocations=[{"invoice_id": "I1", "amount": "100.00"}])
        till.pen.invoice("I1")

        assert await till.take() == ["accepted", "accepted"]

    async def test_a_bad_record_and_its_mended_successor_may_share_a_slice(self, till: Any) -> None:
        till.pen.invoice("I1", "100.00", tax="1.00", net="1.00")
        till.pen.invoice("I1", "100.00", version=2)

        assert await till.take() == ["refused", "accepted"]
        assert await till.fetch("SELECT 1 FROM doubts") == []
        assert await till.fetch("SELECT 1 FROM parked_records WHERE ended_at IS NULL") == []

    @pytest.mark.parametrize("number", [COPY_ROWS_MIN - 1, COPY_ROWS_MIN])
    async def test_many_rows_go_another_way_to_the_same_books(self, till: Any, number: int) -> None:
        for one in range(number):
            till.pen.invoice(f"I{one}", "10.00")

        assert await till.take() == ["accepted"] * number
        proof = await till.get("/v1/proof")
        assert (proof["imbalance"], await till.fetch("SELECT sum(open_minor) FROM invoices")) == (
            0,
            [(number * 1_000,)],
        )

    @pytest.mark.parametrize(
        "change", ["UPDATE entries SET minor = 1", "DELETE FROM entries", "TRUNCATE entries"]
    )
    async def test_entries_stand_for_ever(self, till: Any, change: str) -> None:
        till.pen.invoice()
        await till.take()
        with pytest.raises(asyncpg.PostgresError, match=r"never changed|permission denied"):
            async with till.service.database.work(till.service.clock.now()) as work:
                await work.connection.execute(change)

    async def test_a_crash_parks_the_record_alone(self, till: Any) -> None:
        till.pen.invoice()
        (record,) = till.written
        async with till.service.database.work(till.service.clock.now()) as work:
            await till.hearing.park(work, record, RuntimeError("boom"))
        assert (await till.doubts(), (await till.get("/v1/parked"))["items"][0]["code"]) == (
            ["crashed", "customer-unknown"],
            "crashed",
        )
