"""A payment that comes short with a reason: what was left out is told once, and nothing is booked for it."""

from typing import Any

import pytest

from shared.base.ids import object_id
from shared.testing.builders import SOURCE

CUSTOMER = str(object_id(SOURCE, "customer", "C1"))
CLAIMED = "ledger.deduction.claimed.v1"
SHORT = {"amount": "10.00", "reason": "damaged", "words": "One of ten is broken."}


async def pays(till: Any, amount: str = "90.00", *, status: int = 201, **part: Any) -> Any:
    """C1 pays so much of I1, which is one of 100.00."""
    given = {
        "customer_id": CUSTOMER,
        "legal_entity": "DE01",
        "value_date": "2026-03-31",
        "currency": "EUR",
        "amount": amount,
        "bank_reference": "E2E-1",
        "allocations": [{"invoice_id": "I1", "amount": amount, **part}],
    }
    answer = await till.http.post("/v1/payments", json=given)
    assert answer.status_code == status, answer.text
    return answer.json()


async def claims(till: Any) -> list[dict[str, Any]]:
    rows = await till.fetch(
        "SELECT convert_from(payload, 'utf8')::json AS body FROM outbox "
        f"WHERE headers::json ->> 'ce_type' = '{CLAIMED}' ORDER BY seq"
    )
    return [row["body"] for row in rows]


@pytest.fixture
async def owed(till: Any) -> Any:
    """C1 owes 100.00."""
    till.pen.customer("C1")
    till.pen.invoice("I1", "100.00")
    await till.take()
    return till


class TestADeduction:
    async def test_is_told_once_after_the_payment(self, owed: Any) -> None:
        entered = await pays(owed, short=SHORT)
        assert await pays(owed, short=SHORT) == entered

        (claim,) = await claims(owed)
        assert (claim["amount"], claim["reason"], claim["words"], claim["request_id"]) == (
            "10.00", "damaged", "One of ten is broken.", entered["request_id"],
        )  # fmt: skip
        told = await owed.told()
        assert told.index(CLAIMED) > told.index("ledger.payment.received.v1")
        assert entered["allocations"][0]["short"] == SHORT
        shown = await owed.get(f"/v1/requests/{entered['request_id']}")
        assert shown["allocations"] == entered["allocations"]
        (item,) = (await owed.get(f"/v1/customers/{CUSTOMER}/open-items"))["items"]
        assert item["open"] == "10.00"

    async def test_is_at_most_what_is_open_after_the_payment(self, owed: Any) -> None:
        await pays(owed, short=SHORT | {"amount": "25.00"})

        assert [one["amount"] for one in await claims(owed)] == ["10.00"]

    async def test_of_an_invoice_that_is_paid_whole_is_none(self, owed: Any) -> None:
        await pays(owed, "100.00", short=SHORT)

        assert await claims(owed) == []

    async def test_without_a_reason_it_is_a_partial_payment(self, owed: Any) -> None:
        await pays(owed)

        assert await claims(owed) == []

    async def test_is_told_where_the_erp_posted_the_payment_first(self, owed: Any) -> None:
        owed.pen.payment("P1", "90.00", bank_reference="E2E-1", invoice_reference="I1")
        await owed.take()

        entered = await pays(owed, short=SHORT)

        assert entered["state"] == "echoed"
        assert [one["amount"] for one in await claims(owed)] == ["10.00"]

    @pytest.mark.parametrize(
        "wrong",
        [{"reason": "because"}, {"amount": "0.00"}, {"amount": "-1.00"}, {"words": "x" * 2_001}],
    )
    async def test_that_says_nothing_sound_is_refused(self, owed: Any, wrong: Any) -> None:
        answer = await pays(owed, status=422, short=SHORT | wrong)

        assert answer["errors"][0]["pointer"].startswith("/allocations/0/short/")

    async def test_finer_than_the_currency_is_refused_by_name(self, owed: Any) -> None:
        answer = await pays(owed, status=422, short=SHORT | {"amount": "1.001"})

        assert answer["code"] == "amount-too-precise"
