"""Payment plans: the parts are paid instead of the whole; kept, late, extended and broken, as the timelines tell."""

from datetime import date, datetime, time, timedelta
from typing import Any

import httpx
import pytest

from shared.base.ids import object_id
from shared.testing import builders
from shared.testing.builders import SOURCE, Voice

pytestmark = [pytest.mark.timeout(1800)]
erp = Voice()
DAY = timedelta(days=1)


async def plans(stack: Any, browser: httpx.AsyncClient, number: str) -> dict[str, Any]:
    """A business owes 1,000.00, twelve days overdue, and agrees on 400.00 in two parts, the first in ten days."""
    today = (await stack.now()).date()
    invoice = builders.invoice(f"I-{number}", number, "1000.00", due=today - 12 * DAY)
    await stack.tell(erp.says(builders.customer(number, language="en")), erp.says(invoice))
    await stack.sign_in(browser, address(number))
    item = {"invoice_id": str(object_id(SOURCE, "invoice", f"I-{number}")), "amount": "400.00"}
    asked = {"items": [item], "first_on": (today + 10 * DAY).isoformat(), "parts": 2}
    quote = await made(browser, "/v1/plan-quotes", asked, key=f"quote-{number}")
    proposed = await made(
        browser, "/v1/plans", {"quote_id": quote["quote_id"]}, key=f"plan-{number}"
    )
    await stack.settle()
    assert quote["terms"]["text"].splitlines()[0] in await last_mail(stack, number)
    accepted = await made(
        browser,
        f"/v1/plans/{proposed['plan_id']}/acceptances",
        {"text_hash": proposed["terms"]["text_hash"]},
        key=f"accept-{number}",
    )
    await stack.settle()
    assert accepted["state"] == "active"
    return accepted


async def made(
    browser: httpx.AsyncClient, path: str, body: dict[str, Any], *, key: str
) -> dict[str, Any]:
    answer = await browser.post(path, json=body, headers={"Idempotency-Key": key})
    assert answer.status_code == 201, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


async def pays(stack: Any, number: str, amount: str, *, part: int) -> None:
    """Today, for the invoice."""
    on = (await stack.now()).date()
    await stack.tell(
        erp.says(builders.payment(f"P-{number}-{part}", number, amount, on=on, to=f"I-{number}"))
    )


async def until(stack: Any, day: str, *, days: int = 0) -> None:
    """The evening of that day of the plan, or so many days after it."""
    evening = datetime.combine(date.fromisoformat(day) + days * DAY, time(17))
    await stack.advance(evening.replace(tzinfo=(await stack.now()).tzinfo))


async def state(stack: Any, browser: httpx.AsyncClient, plan: dict[str, Any], number: str) -> str:
    await stack.sign_in(browser, address(number))
    shown = await browser.get(f"/v1/plans/{plan['plan_id']}")
    return str(shown.json()["state"])


async def told(stack: Any, number: str) -> list[str]:
    """Subjects of what the customer was mailed about the plan and the invoice, oldest first."""
    subjects = [one["subject"] for one in await stack.mails(address(number))]
    return [one for one in subjects if "sign in" not in one]


async def last_mail(stack: Any, number: str) -> str:
    return str((await stack.mails(address(number)))[-1]["text"])


async def show(stack: Any, number: str) -> list[str]:
    """The timeline, printed; returns the rules of its holds."""
    lines = await stack.timeline(number)
    for one in lines:
        print(number, one["at"][:10], one["kind"], one["rule"], "|", one["reason"])  # noqa: T201
    for one in await stack.messages(number):
        print(number, one["contact_day"], one["purpose"], one["status"], one["subject"])  # noqa: T201
    return [one["rule"] for one in lines if one["kind"] == "hold"]


def address(number: str) -> str:
    return f"ap@{number.lower()}.example"


class TestAPlan:
    async def test_kept_is_reminded_of_by_its_parts_and_the_rest_is_asked_for(
        self, stack: Any, browser: httpx.AsyncClient
    ) -> None:
        plan = await plans(stack, browser, "KEPT")
        first, second = (one["due_on"] for one in plan["instalments"])

        await until(stack, first, days=-1)
        reminders = [
            one["text"] for one in await stack.mails(address("KEPT")) if "overdue" in one["text"]
        ]
        assert reminders
        assert all("600.00" in one and "1,000.00" not in one for one in reminders)
        await pays(stack, "KEPT", "200.00", part=1)
        await until(stack, second, days=-1)
        await pays(stack, "KEPT", "200.00", part=2)

        assert await show(stack, "KEPT") == ["hold.placed", "hold.changed", "hold.ended"]
        assert await state(stack, browser, plan, "KEPT") == "completed"
        subjects = await told(stack, "KEPT")
        assert [one for one in subjects if "due on" in one] == [
            one for one in subjects if one.startswith("Part")
        ]
        assert len([one for one in subjects if "due on" in one]) == 2
        assert any(one.startswith("Thank you, your payment plan is done") for one in subjects)

    async def test_late_within_its_grace_goes_on_and_extended_has_new_days(
        self, stack: Any, browser: httpx.AsyncClient
    ) -> None:
        plan = await plans(stack, browser, "LATE")
        first, second = (one["due_on"] for one in plan["instalments"])

        await until(stack, first, days=2)
        assert "Part 1 of your payment plan is late" in await told(stack, "LATE")
        await pays(stack, "LATE", "200.00", part=1)
        await until(stack, second, days=2)
        assert "Part 2 of your payment plan is late" in await told(stack, "LATE")

        await stack.sign_in(browser, address("LATE"))
        extended = await made(
            browser, f"/v1/plans/{plan['plan_id']}/extensions", {"days": 14}, key="more-time"
        )
        assert [one["due_on"] for one in extended["instalments"]] == [
            first,
            (date.fromisoformat(second) + 14 * DAY).isoformat(),
        ]
        await until(stack, second, days=12)
        await pays(stack, "LATE", "200.00", part=2)

        assert await show(stack, "LATE") == [
            "hold.placed",
            "hold.changed",
            "hold.changed",
            "hold.ended",
        ]
        assert await state(stack, browser, plan, "LATE") == "completed"

    async def test_missed_after_its_grace_is_broken_and_all_is_asked_for_again(
        self, stack: Any, browser: httpx.AsyncClient
    ) -> None:
        plan = await plans(stack, browser, "MISS")
        *_, second = (one["due_on"] for one in plan["instalments"])

        await pays(stack, "MISS", "100.00", part=1)
        await until(stack, second, days=5)

        assert await show(stack, "MISS") == ["hold.placed", "hold.changed", "hold.ended"]
        assert await state(stack, browser, plan, "MISS") == "broken"
        subjects = await told(stack, "MISS")
        late, broken = (
            [place for place, one in enumerate(subjects) if said in one]
            for said in ("is late", "has ended")
        )
        assert len(late) == len(broken) == 1
        assert late < broken
        asked = [
            one["text"] for one in await stack.mails(address("MISS")) if "overdue" in one["text"]
        ]
        assert "600.00" in asked[0]
        assert "900.00" in asked[-1], "what was paid counts, and the rest is chased as old as it is"
