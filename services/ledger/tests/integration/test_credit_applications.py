"""A credit directed at invoices, through the doors and in the tables: once, however often it is asked."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from shared.base.ids import object_id

SOURCE = "urn:acme:erp:de01"
CUSTOMER = object_id(SOURCE, "customer", "C1")
NOTE = object_id(SOURCE, "credit-note", "N1")


def invoice_id(name: str) -> UUID:
    return object_id(SOURCE, "invoice", name)


@pytest.fixture
async def owing(till: Any) -> Any:
    """100.00 on I1, 50.00 on I2, a credit note of 40.00 on account; the portal comes to the door."""
    till.roles = frozenset({"portal"})
    till.pen.customer()
    till.pen.invoice("I1", "100.00")
    till.pen.invoice("I2", "50.00")
    till.pen.credit_note("N1", "40.00", allocations=[])
    assert await till.take() == ["accepted"] * 4
    return till


async def apply(till: Any, *items: tuple[str, str], key: str = "", **more: Any) -> Any:
    said = {
        "customer_id": str(CUSTOMER),
        "credit_id": str(NOTE),
        "contact_id": "7",
        "items": [{"invoice_id": str(invoice_id(one)), "amount": amount} for one, amount in items],
    }
    headers = {"Idempotency-Key": key} if key else {}
    return await till.http.post("/v1/credit-applications", json=said | more, headers=headers)


async def opens(till: Any) -> tuple[int, ...]:
    rows = await till.fetch(
        "SELECT open_minor FROM (SELECT source_id, open_minor FROM invoices "
        "UNION ALL SELECT source_id, unapplied_minor FROM credits) AS items ORDER BY source_id"
    )
    return tuple(row["open_minor"] for row in rows)


class TestApplying:
    async def test_counts_at_once_and_the_echo_settles_it_once(self, owing: Any) -> None:
        answer = await apply(owing, ("I1", "30.00"))

        assert answer.status_code == 201, answer.text
        shown = answer.json()
        assert (shown["kind"], shown["state"], shown["asked_by"]) == ("allocation", "open", "7")
        assert await opens(owing) == (7_000, 5_000, 1_000)
        assert "ledger.allocation.requested.v1" in await owing.told()

        for _ in range(2):
            owing.pen.allocate("N1", ("I1", "30.00"), kind="credit-note")
        assert await owing.take() == ["accepted", "duplicate"]
        assert await opens(owing) == (7_000, 5_000, 1_000)
        assert (await owing.get(f"/v1/requests/{shown['request_id']}"))["state"] == "echoed"
        assert (await owing.get("/v1/proof"))["imbalance"] == 0

    async def test_stands_after_a_later_slice_about_something_else(self, owing: Any) -> None:
        await apply(owing, ("I1", "30.00"))

        owing.pen.payment("P1", "5.00", allocations=[{"invoice_id": "I2", "amount": "5.00"}])
        owing.pen.invoice("I1", "110.00", version=2)
        await owing.take()

        assert await opens(owing) == (8_000, 4_500, 1_000, 0)

    @pytest.mark.parametrize("spoken", [True, False])
    async def test_what_the_erp_refuses_stands_no_longer(self, owing: Any, spoken: bool) -> None:
        if not spoken:
            owing.pen.credit_note("N1", "40.00", version=2)
            await owing.take()
        request_id = (await apply(owing, ("I1", "30.00"))).json()["request_id"]

        owing.pen.take("erp.request.refused.v1", request_id=request_id, reason="closed")
        assert await owing.take() == ["accepted"]

        assert await opens(owing) == (10_000, 5_000, 4_000)

    async def test_the_same_key_is_once_and_without_one_no_more_than_is_left(
        self, owing: Any
    ) -> None:
        first, again = [await apply(owing, ("I1", "30.00"), key="k") for _ in range(2)]
        assert first.json() == again.json()
        assert await opens(owing) == (7_000, 5_000, 1_000)

        answers = await asyncio.gather(*(apply(owing, ("I2", "10.00")) for _ in range(3)))

        assert sorted(one.status_code for one in answers) == [201, 409, 409]
        assert await opens(owing) == (7_000, 4_000, 0)


class TestRefusals:
    @pytest.mark.parametrize(
        ("items", "more", "status", "code"),
        [
            ([("I1", "40.01")], {}, 409, "no-room"),
            ([("I2", "0.001")], {}, 422, "amount-too-precise"),
            ([("I9", "1.00")], {}, 422, "item-unknown"),
            ([("I1", "1.00")], {"credit_id": str(UUID(int=7))}, 404, "not-known"),
            ([("I1", "1.00")], {"customer_id": str(UUID(int=7))}, 404, "not-known"),
            ([("I1", "1.00"), ("I1", "1.00")], {}, 409, "already-stands-there"),
            ([], {}, 422, "request-invalid"),
        ],
    )
    async def test_are_named(
        self, owing: Any, items: list[tuple[str, str]], more: dict[str, str], status: int, code: str
    ) -> None:
        answer = await apply(owing, *items, **more)

        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert await opens(owing) == (10_000, 5_000, 4_000)

    async def test_an_invoice_of_another_customer_or_entity_is_elsewhere(self, owing: Any) -> None:
        owing.pen.customer("C2")
        owing.pen.invoice("I3", customer_number="C2")
        owing.pen.invoice("I4", currency="USD")
        await owing.take()
        for name in ("I3", "I4"):
            answer = await apply(owing, (name, "1.00"))
            assert (answer.status_code, answer.json()["code"]) == (422, "item-elsewhere")
