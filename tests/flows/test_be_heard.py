"""A customer is heard: who cannot pay now is left alone for a while, who unsubscribes is not written to, and a changed
address counts once the old one has confirmed it.
"""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from shared.testing import builders
from shared.testing.builders import Voice

pytestmark = [pytest.mark.timeout(900)]
erp = Voice()
SIGN_IN = re.compile(r"https?://\S+/sign-in/([\w-]{43})\b")
CHANGE = re.compile(r"https?://\S+/address-change/([\w-]{43})\b")
ONE_CLICK = re.compile(r"<(https?://[^>]+/unsubscribe/[^>]+)>")
OURS = {"Sec-Fetch-Site": "same-origin"}
DAY = timedelta(days=1)
CONTACT_DAYS_MAX = 30


@pytest.fixture
async def browser(stack: Any) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=stack.at["portal_api"], trust_env=False) as client:
        yield client


async def owes(stack: Any, number: str) -> str:
    """A business owes 1,000.00 on an invoice that is twelve days overdue; answers where its contact is written to."""
    due = (await stack.now()).date() - timedelta(days=12)
    customer = builders.customer(number, language="en")
    invoice = builders.invoice(f"I-{number}", number, "1000.00", due=due)
    await stack.tell(erp.says(customer), erp.says(invoice))
    return f"ap@{number.lower()}.example"


async def sign_in(stack: Any, browser: httpx.AsyncClient, address: str) -> None:
    """The browser is the contact's from now on."""
    asked = await browser.post("/v1/sign-ins", json={"email": address})
    await stack.settle()
    found = SIGN_IN.search((await stack.mails(address))[-1]["text"])
    assert found is not None
    given = {"token": found[1], "code": asked.json()["code"]}
    opened = await browser.post("/v1/sessions", json=given)
    browser.headers["Authorization"] = f"Bearer {opened.json()['session_token']}"


async def reminders(stack: Any, address: str) -> list[dict[str, Any]]:
    return [one for one in await stack.mails(address) if "overdue" in one["text"]]


async def until_one_waits(stack: Any, number: str) -> dict[str, Any]:
    """On, contact day by contact day, until a reminder waits for sending to be on again."""
    for _ in range(CONTACT_DAYS_MAX):
        await stack.advance_to_contact()
        for one in await stack.messages(number):
            if one["status"] == "waiting":
                return dict(one)
    raise AssertionError("nothing waits")


class TestHardship:
    async def test_stops_reminders_and_ends_by_itself(
        self, stack: Any, browser: httpx.AsyncClient
    ) -> None:
        address = await owes(stack, "HARD")
        await sign_in(stack, browser, address)
        wants = ((await stack.now()).date() + 20 * DAY).isoformat()
        asked = await browser.post(
            "/v1/hardship-requests",
            json={"words": "Our largest customer has not paid us.", "wants_until": wants},
        )
        assert asked.status_code == 201, asked.text
        await stack.settle()

        assert "we do not remind you" in (await stack.mails(address))[-1]["text"].replace("\n", " ")
        (task,) = await stack.all("scheduler", "/v1/tasks", kind="hardship-review")
        assert "has not paid us" in task["why"]
        await stack.advance(await stack.now() + 18 * DAY)
        assert await reminders(stack, address) == []

        await stack.advance(await stack.now() + 6 * DAY)
        assert len(await reminders(stack, address)) == 1
        lines = [one["rule"] for one in await stack.timeline("HARD") if one["kind"] == "hold"]
        assert lines == ["hold.placed", "hold.ended"]


class TestUnsubscribing:
    async def test_by_one_click_beats_a_reminder_that_waits_already(
        self, stack: Any, browser: httpx.AsyncClient
    ) -> None:
        address = await owes(stack, "CLICK")
        await stack.advance_to_contact()
        (first,) = await reminders(stack, address)
        found = ONE_CLICK.search(first["headers"]["List-Unsubscribe"])
        assert found is not None
        path = urlsplit(found[1]).path

        await stack.sending("off")
        waiting = await until_one_waits(stack, "CLICK")
        assert (await browser.get(path)).status_code == 200
        clicked = await browser.post(path, data={"List-Unsubscribe": "One-Click"})
        assert clicked.status_code == 200, clicked.text
        await stack.settle()
        await stack.sending("live")

        assert await reminders(stack, address) == [first]
        said = {one["message_id"]: one for one in await stack.messages("CLICK")}
        ended = said[waiting["message_id"]]
        assert (ended["status"], ended["reason"]) == ("suppressed", "opted-out")


class TestAChangedAddress:
    async def test_counts_once_the_old_one_has_confirmed_it(
        self, stack: Any, browser: httpx.AsyncClient
    ) -> None:
        old, new = await owes(stack, "MOVE"), "new@move.example"
        await sign_in(stack, browser, old)
        said = await browser.put("/v1/preferences", json={"email": new})
        assert said.status_code == 200, said.text
        await stack.settle()
        found = CHANGE.search((await stack.mails(old))[-1]["text"])
        assert found is not None
        assert await stack.mails(new) == []

        confirmed = await browser.post("/address-change", data={"token": found[1]}, headers=OURS)
        assert confirmed.status_code == 200, confirmed.text
        await stack.settle()
        await stack.advance_to_contact()

        assert len(await reminders(stack, new)) == 1
        assert await reminders(stack, old) == []
