"""A promise to pay: exactly what is promised is not asked for until its day; cash decides what became of it."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from shared.base.ids import object_id
from shared.testing import builders
from shared.testing.builders import SOURCE, Voice

pytestmark = [pytest.mark.timeout(900)]
erp = Voice()
DAY = timedelta(days=1)


async def owes(stack: Any, number: str) -> None:
    """A business owes 1,000.00 on an invoice that is twelve days overdue."""
    due = (await stack.now()).date() - timedelta(days=12)
    customer = builders.customer(number, language="en")
    invoice = builders.invoice(f"I-{number}", number, "1000.00", due=due)
    await stack.tell(erp.says(customer), erp.says(invoice))


async def promises(stack: Any, browser: httpx.AsyncClient, number: str) -> dict[str, Any]:
    """400.00 of the invoice, in ten days."""
    item = {"invoice_id": str(object_id(SOURCE, "invoice", f"I-{number}")), "amount": "400.00"}
    said = {"items": [item], "pay_on": ((await stack.now()).date() + 10 * DAY).isoformat()}
    answer = await browser.post(
        "/v1/promises", json=said, headers={"Idempotency-Key": f"promise-{number}"}
    )
    assert answer.status_code == 201, answer.text
    await stack.settle()
    made: dict[str, Any] = answer.json()
    return made


async def state(browser: httpx.AsyncClient, promise: dict[str, Any]) -> str:
    shown = await browser.get(f"/v1/promises/{promise['promise_id']}")
    assert shown.status_code == 200, shown.text
    return str(shown.json()["state"])


class TestAPromise:
    async def test_is_left_out_of_the_reminder_and_kept_by_cash(
        self, stack: Any, browser: httpx.AsyncClient
    ) -> None:
        await owes(stack, "WORD")
        await stack.sign_in(browser, "ap@word.example")
        promise = await promises(stack, browser, "WORD")
        await stack.advance_to_contact()

        mail = (await stack.mails("ap@word.example"))[-1]
        assert "600.00" in mail["text"]
        assert "1,000.00" not in mail["text"]

        on = (await stack.now()).date()
        pays = builders.payment("P-WORD", "WORD", "400.00", on=on, to="I-WORD")
        await stack.tell(erp.says(pays))

        await stack.sign_in(browser, "ap@word.example")
        assert await state(browser, promise) == "kept"

    async def test_that_nothing_came_of_is_broken_after_its_grace_and_asked_for_again(
        self, stack: Any, browser: httpx.AsyncClient
    ) -> None:
        await owes(stack, "VOID")
        await stack.sign_in(browser, "ap@void.example")
        promise = await promises(stack, browser, "VOID")
        assert await state(browser, promise) == "open"

        await stack.advance(await stack.now() + 30 * DAY)

        await stack.sign_in(browser, "ap@void.example")
        assert await state(browser, promise) == "broken"
        asked = [
            one["text"] for one in await stack.mails("ap@void.example") if "overdue" in one["text"]
        ]
        assert "600.00" in asked[0]
        assert "1,000.00" in asked[-1]
        lines = [one["rule"] for one in await stack.timeline("VOID") if one["kind"] == "hold"]
        assert lines == ["hold.placed", "hold.ended"]

    async def test_that_is_taken_back_is_asked_for_at_once(
        self, stack: Any, browser: httpx.AsyncClient
    ) -> None:
        await owes(stack, "BACK")
        await stack.sign_in(browser, "ap@back.example")
        promise = await promises(stack, browser, "BACK")
        path = f"/v1/promises/{promise['promise_id']}/withdrawals"
        assert (await browser.post(path)).json()["state"] == "withdrawn"
        await stack.settle()
        await stack.advance_to_contact()

        subjects = [one["subject"] for one in await stack.mails("ap@back.example")]
        assert [one.partition(":")[0] for one in subjects if "promise" in one.lower()] == [
            "Thank you for your promise",
            "Promise taken back",
        ]
        assert "1,000.00" in (await stack.mails("ap@back.example"))[-1]["text"]
