"""A payment entered at our door and told by the ERP too: once in the books, whoever is first and whoever dies."""

import asyncio
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from shared.base.ids import object_id
from shared.testing import builders
from shared.testing.builders import SOURCE, Voice

pytestmark = [pytest.mark.timeout(900)]
erp = Voice()
UP_SECONDS_MAX = 120

KILLED = [
    # (who is first, where the ledger dies at the first step, and at the second)
    ("door", "request.before-commit", "slice.before-commit"),
    ("door", "relay.before-send", "slice.after-commit"),
    ("door", "relay.after-send", "slice.before-commit"),
    ("erp", "slice.before-commit", "request.before-commit"),
    ("erp", "slice.after-commit", "request.before-commit"),
]


class TestTheEcho:
    @pytest.mark.parametrize(("first", "at_first", "at_second"), KILLED)
    async def test_money_is_in_the_books_once(
        self, stack: Any, first: str, at_first: str, at_second: str
    ) -> None:
        number = f"E-{first}-{at_first}-{at_second}".upper().replace(".", "-")
        due = (await stack.now()).date() - timedelta(days=12)
        invoice = builders.invoice(f"I-{number}", number, "250.00", due=due)
        await stack.tell(erp.says(builders.customer(number)), erp.says(invoice))
        steps = [(enters, at_first), (tells, at_second)]
        if first == "erp":
            steps = [(tells, at_first), (enters, at_second)]

        for step, point in steps:
            before = (await stack.program("ledger"))["restarts"]
            await stack.kill("ledger", crash_at=point)
            await step(stack, number, due)
            await stack.settle()
            assert (await stack.program("ledger"))["restarts"] >= before + 2
            assert await stack.open_items(number) == []
        await stack.advance_to_contact()

        (request,) = [
            one
            for one in await stack.all("ledger", "/v1/requests")
            if one["customer_number"] == number
        ]
        assert (request["state"], request["entry"]) == ("echoed", None)
        payment = await stack.get("ledger", "/v1/payments", source=SOURCE, source_id=f"P-{number}")
        assert (payment["unapplied"], payment["provisional"]) == ("0.00", False)
        path = f"/v1/customers/{customer_id(number)}/unapplied"
        assert await stack.all("ledger", path) == []
        assert (await stack.get("ledger", "/v1/proof"))["imbalance"] == 0
        assert await stack.mails(f"ap@{number.lower()}.example") == []

    async def test_all_of_it_stands_on_the_bank_s_account(self, stack: Any) -> None:
        rows = await stack.all("ledger", "/v1/trial-balance")
        balances = {row["account"]: row["balance"] for row in rows if row["currency"] == "EUR"}
        assert (balances["1000"], balances.get("1010", "0.00")) == (
            f"{250 * len(KILLED)}.00",
            "0.00",
        )


def customer_id(number: str) -> str:
    return str(object_id(SOURCE, "customer", number))


async def enters(stack: Any, number: str, day: date) -> None:
    """A person does, again and again until there is an answer."""
    body = {
        "customer_id": customer_id(number),
        "legal_entity": "DE01",
        "value_date": day.isoformat(),
        "currency": "EUR",
        "amount": "250.00",
        "bank_reference": f"E2E-{number}",
        "allocations": [{"invoice_id": f"I-{number}", "amount": "250.00"}],
    }
    async with asyncio.timeout(UP_SECONDS_MAX):
        while True:
            try:
                await stack.post("ledger", "/v1/payments", body)
            except httpx.TransportError:
                await asyncio.sleep(0.2)
            else:
                return


async def tells(stack: Any, number: str, day: date) -> None:
    """The ERP does, every event twice."""
    payment = builders.payment(
        f"P-{number}", number, "250.00", on=day, bank_reference=f"E2E-{number}"
    )
    await stack.publish(erp.says(payment), erp.says(payment))
