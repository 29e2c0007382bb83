"""Autopay: saved, announced, charged on the due date, booked once and thanked for; declined, stopped, and killed."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import httpx
import pytest

from shared.base.days import BusinessCalendar
from shared.base.ids import object_id
from shared.testing import builders
from shared.testing.builders import SOURCE, Voice

pytestmark = [pytest.mark.timeout(1800)]
erp = Voice()
GERMANY = BusinessCalendar("DE")


async def lets_us_charge(
    stack: Any, browser: httpx.AsyncClient, number: str, *, last4: str = "4242", days: int = 10
) -> date:
    """A business saves a card, turns autopay on, and owes 1,000.00 on a working day in so many days: which."""
    due = GERMANY.next_business_day((await stack.now()).date() + timedelta(days=days))
    customer = builders.customer(number, language="en")
    invoice = builders.invoice(f"I-{number}", number, "1000.00", due=due)
    await stack.tell(erp.says(customer), erp.says(invoice))
    await stack.sign_in(browser, address(number))
    text = (await browser.get("/v1/mandate-text")).json()
    asked = await browser.post(
        "/v1/mandates",
        json={"text_hash": text["hash"], "return_url": f"{stack.at['portal_api']}/means"},
        headers={"Idempotency-Key": f"means-{number}"},
    )
    assert asked.status_code == 201, asked.text
    session = asked.json()["url"].rpartition("/")[2]
    saved = await stack.post("provider", f"/sessions/{session}/means", {"last4": last4})
    assert saved["webhook"] == [200, 200]
    limit = {"limit": {"currency": "EUR", "amount": "5000.00"}}
    on = await browser.put("/v1/autopay", json=limit)
    assert on.json()["autopay"]["on"] is True, on.text
    await stack.settle()
    return due


def address(number: str) -> str:
    return f"ap@{number.lower()}.example"


def ours(number: str) -> str:
    """Our id of the customer."""
    return str(object_id(SOURCE, "customer", number))


async def noon(stack: Any, day: date) -> None:
    """On to that day, every timer on the way fired."""
    await stack.advance(datetime.combine(day, time(12), UTC))
    await stack.settle()


async def subjects(stack: Any, number: str) -> list[str]:
    return [mail["subject"] for mail in await stack.mails(address(number))]


async def attempts(stack: Any, number: str) -> list[Any]:
    """Of charges, at the provider."""
    found = (await stack.get("provider", "/intents"))["items"]
    known = (await stack.get("provider", "/customers"))["items"]
    whose = {one["id"]: one["metadata"]["customer_id"] for one in known}
    return [one for one in found if whose[one["customer"]] == ours(number)]


async def reminders(stack: Any, number: str) -> list[Any]:
    """Those that left, or waited."""
    return [one for one in await stack.messages(number) if one["purpose"] == "reminder"]


async def requests(stack: Any, number: str) -> list[Any]:
    found = await stack.all("ledger", "/v1/requests")
    return [one for one in found if one["customer_number"] == number]


class TestAutopay:
    async def test_announced_charged_on_the_due_date_booked_once_and_thanked_for(
        self, stack: Any, browser: httpx.AsyncClient
    ) -> None:
        due = await lets_us_charge(stack, browser, "AUTO")
        await noon(stack, due - timedelta(days=3))
        announced = [one for one in await subjects(stack, "AUTO") if "we charge" in one]
        assert len(announced) == 1
        assert "€1,000.00" in announced[0]
        assert await attempts(stack, "AUTO") == []

        await noon(stack, due)
        for event in (await stack.get("provider", "/events"))["items"] * 2:
            await stack.post("provider", f"/events/{event['id']}/deliveries")
        await stack.settle()

        (intent,) = await attempts(stack, "AUTO")
        assert (intent["status"], intent["amount"]) == ("succeeded", 100_000)
        assert await stack.open_items("AUTO") == []
        (request,) = await requests(stack, "AUTO")
        assert (request["state"], request["amount"]) == ("open", "1000.00")
        thanks = [one for one in await subjects(stack, "AUTO") if "Thank you: your pay" in one]
        assert len(thanks) == 1
        assert (await stack.get("ledger", "/v1/proof"))["imbalance"] == 0

    async def test_declined_is_the_payer_s_errand_with_a_mail_and_a_task(
        self, stack: Any, browser: httpx.AsyncClient
    ) -> None:
        due = await lets_us_charge(stack, browser, "SCA", last4="3184")
        await noon(stack, due)

        assert len(await attempts(stack, "SCA")) == 1
        declined = (await stack.mails(address("SCA")))[-1]
        assert "confirm the payment when your bank asks" in " ".join(declined["text"].split())
        tasks = await stack.all("scheduler", "/v1/tasks", kind="payment-declined")
        (task,) = [one for one in tasks if one["customer_id"] == ours("SCA")]
        assert task["why"].endswith("authentication_required, authenticate")
        (item,) = await stack.open_items("SCA")
        assert item["open"] == "1000.00"
        await noon(stack, due + timedelta(days=7))
        assert len(await attempts(stack, "SCA")) == 1

    async def test_nobody_is_reminded_of_what_will_be_charged_until_it_failed(
        self, stack: Any, browser: httpx.AsyncClient
    ) -> None:
        """Three weeks late, a reminder would leave on the next contact day."""
        await lets_us_charge(stack, browser, "HELD", last4="3184", days=-21)
        (charge,) = (await browser.get("/v1/charges")).json()["items"]
        day = date.fromisoformat(charge["charge_on"])
        await noon(stack, day - timedelta(days=1))
        assert await reminders(stack, "HELD") == []
        (hold,) = await stack.all("scheduler", f"/v1/customers/{ours('HELD')}/holds")
        assert (hold["kind"], hold["scope"]["amount"]) == ("autopay", "1000.00")

        await noon(stack, day)
        assert len(await attempts(stack, "HELD")) == 1
        await noon(stack, day + timedelta(days=7))

        (reminder,) = await reminders(stack, "HELD")
        assert reminder["contact_day"] > charge["charge_on"]
        lines = [one["rule"] for one in await stack.timeline("HELD") if one["kind"] == "hold"]
        assert lines == ["hold.placed", "hold.ended"]

    async def test_taken_back_after_the_announcement_is_not_charged(
        self, stack: Any, browser: httpx.AsyncClient
    ) -> None:
        due = await lets_us_charge(stack, browser, "BACK")
        await noon(stack, due - timedelta(days=2))
        await stack.sign_in(browser, address("BACK"))
        answer = await browser.post("/v1/mandate/withdrawals")
        assert answer.json()["state"] == "withdrawn", answer.text
        await noon(stack, due)

        assert await attempts(stack, "BACK") == []
        assert "We do not charge €1,000.00" in await subjects(stack, "BACK")
        (item,) = await stack.open_items("BACK")
        assert item["open"] == "1000.00"

    @pytest.mark.parametrize("where", ["charge.claimed", "charge.asked"])
    async def test_killed_on_the_day_it_is_charged_and_booked_once(
        self, stack: Any, browser: httpx.AsyncClient, where: str
    ) -> None:
        number = where.partition(".")[2].upper()
        due = await lets_us_charge(stack, browser, number)
        await noon(stack, due - timedelta(days=1))
        await stack.kill("portal-api", crash_at=where)
        await stack.settle()
        await noon(stack, due)

        (intent,) = await attempts(stack, number)
        assert intent["status"] == "succeeded"
        assert await stack.open_items(number) == []
        assert len(await requests(stack, number)) == 1
