"""Paying at the portal: the provider's notice books the money once, the ERP is asked and echoes, the payer is told."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from shared.base.ids import object_id
from shared.testing import builders
from shared.testing.builders import SOURCE, Voice

pytestmark = [pytest.mark.timeout(900)]
erp = Voice()


async def owes(stack: Any, number: str, browser: httpx.AsyncClient) -> None:
    """A business owes 1,000.00 on an invoice that is twelve days overdue, and signs in."""
    due = (await stack.now()).date() - timedelta(days=12)
    customer = builders.customer(number, language="en")
    invoice = builders.invoice(f"I-{number}", number, "1000.00", due=due)
    await stack.tell(erp.says(customer), erp.says(invoice))
    await stack.sign_in(browser, f"ap@{number.lower()}.example")


async def asks(stack: Any, browser: httpx.AsyncClient, number: str, **said: str) -> Any:
    """To pay 900.00 of it; returns the payment."""
    item = {"invoice_id": str(object_id(SOURCE, "invoice", f"I-{number}")), "amount": "900.00"}
    body = {"items": [item | said], "return_url": f"{stack.at['portal_api']}/paid"}
    answer = await browser.post(
        "/v1/payments", json=body, headers={"Idempotency-Key": f"pay-{number}"}
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


async def at_the_page(stack: Any, payment: Any, what: str, **said: Any) -> Any:
    """What the webhook answered."""
    session = payment["url"].rpartition("/")[2]
    answer = await stack.post("provider", f"/sessions/{session}/{what}", said)
    await stack.settle()
    return answer["webhook"]


async def requests(stack: Any, number: str) -> list[Any]:
    found = await stack.all("ledger", "/v1/requests")
    return [one for one in found if one["customer_number"] == number]


class TestPaying:
    async def test_declined_then_paid_short_with_a_reason_then_echoed(
        self, stack: Any, browser: httpx.AsyncClient
    ) -> None:
        await owes(stack, "CARD", browser)
        payment = await asks(stack, browser, "CARD", reason="damaged", words="One box was wet.")

        assert await at_the_page(stack, payment, "declines", code="authentication_required") == [
            200
        ]
        declined = (await stack.mails("ap@card.example"))[-1]
        assert "confirm the payment when your bank asks" in " ".join(declined["text"].split())
        (task,) = await stack.all("scheduler", "/v1/tasks", kind="payment-declined")
        assert task["why"].endswith("authentication_required, authenticate")

        assert await at_the_page(stack, payment, "payments") == [200, 200]
        for event in (await stack.get("provider", "/events"))["items"] * 2:
            await stack.post("provider", f"/events/{event['id']}/deliveries")
        await stack.settle()
        shown = (await browser.get(f"/v1/payments/{payment['payment_id']}/state")).json()
        assert shown["state"] == "succeeded"
        (item,) = await stack.open_items("CARD")
        assert item["open"] == "100.00"
        (request,) = await requests(stack, "CARD")
        assert (request["state"], request["amount"]) == ("open", "900.00")
        assert await stack.all("scheduler", "/v1/tasks", kind="payment-declined") == []

        mails = [mail["subject"] for mail in await stack.mails("ap@card.example")]
        assert len([one for one in mails if one.startswith("Thank you: your payment")]) == 1
        assert len([one for one in mails if "dispute" in one]) == 1
        (dispute,) = (await browser.get("/v1/disputes")).json()["items"]
        assert (dispute["items"][0]["amount"], dispute["reason"]) == ("100.00", "damaged")

        on = (await stack.now()).date()
        echo = builders.payment(
            "P-CARD", "CARD", "900.00", on=on, to="I-CARD", request_id=request["request_id"]
        )
        await stack.tell(erp.says(echo), erp.says(echo))
        assert [one["state"] for one in await requests(stack, "CARD")] == ["echoed"]
        (item,) = await stack.open_items("CARD")
        assert item["open"] == "100.00"
        assert (await stack.get("ledger", "/v1/proof"))["imbalance"] == 0

    async def test_is_booked_once_though_portal_and_ledger_are_killed(
        self, stack: Any, browser: httpx.AsyncClient
    ) -> None:
        await owes(stack, "KILL", browser)
        payment = await asks(stack, browser, "KILL")

        await stack.kill("portal-api", crash_at="notice.looked")
        await stack.kill("ledger", crash_at="slice.before-commit")
        await at_the_page(stack, payment, "payments")
        for _ in range(3):
            for event in (await stack.get("provider", "/events"))["items"]:
                await stack.post("provider", f"/events/{event['id']}/deliveries")
            await stack.settle()

        (item,) = await stack.open_items("KILL")
        assert item["open"] == "100.00"
        assert len(await requests(stack, "KILL")) == 1
        mails = [mail["subject"] for mail in await stack.mails("ap@kill.example")]
        assert len([one for one in mails if one.startswith("Thank you: your payment")]) == 1
