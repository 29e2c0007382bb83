"""A customer asks for a link, gets it by mail, and sees what they owe: through all services, on a real broker."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from shared.testing import builders
from shared.testing.builders import Voice

pytestmark = [pytest.mark.timeout(900)]
erp = Voice()
LINK = re.compile(r"https?://\S+/sign-in/([\w-]{43})\b")
SCANS = 5


@pytest.fixture
async def browser(stack: Any) -> AsyncIterator[httpx.AsyncClient]:
    """One that keeps no cookie of ours: the portal's are for https alone."""
    async with httpx.AsyncClient(base_url=stack.at["portal_api"], trust_env=False) as client:
        yield client


async def owes(stack: Any, number: str) -> str:
    """A business owes 1,000.00; answers the address of its contact."""
    due = (await stack.now()).date() + timedelta(days=20)
    await stack.tell(
        erp.says(builders.customer(number, language="en")),
        erp.says(builders.invoice(f"I-{number}", number, "1000.00", due=due)),
    )
    return f"ap@{number.lower()}.example"


async def asks(stack: Any, browser: httpx.AsyncClient, address: str) -> dict[str, Any]:
    """What the asking browser is shown."""
    answer = await browser.post("/v1/sign-ins", json={"email": address})
    assert answer.status_code == 202, answer.text
    await stack.settle()
    shown: dict[str, Any] = answer.json()
    return shown


async def token_for(stack: Any, address: str) -> str:
    (mail,) = [one for one in await stack.mails(address) if LINK.search(one["text"])]
    found = LINK.search(mail["text"])
    assert found is not None
    return found[1]


class TestSigningIn:
    async def test_a_scanned_link_opens_the_door_once_and_shows_what_is_owed(
        self, stack: Any, browser: httpx.AsyncClient
    ) -> None:
        address = await owes(stack, "DOOR")
        shown = await asks(stack, browser, address)
        token = await token_for(stack, address)

        scanned = [await browser.get(f"/sign-in/{token}") for _ in range(SCANS)]
        assert {one.status_code for one in scanned} == {200}

        without = await browser.post("/v1/sessions", json={"token": token})
        assert (without.status_code, without.json()["code"]) == (403, "code-wanted")
        given = {"token": token, "code": shown["code"]}
        opened = await browser.post("/v1/sessions", json=given)
        assert opened.status_code == 201, opened.text
        again = await browser.post("/v1/sessions", json=given)
        assert (again.status_code, again.json()["code"]) == (409, "sign-in-used")

        bearer = {"Authorization": f"Bearer {opened.json()['session_token']}"}
        (invoice,) = (await browser.get("/v1/invoices", headers=bearer)).json()["items"]
        assert (invoice["invoice_number"], invoice["open"]) == ("I-DOOR", "1000.00")

    async def test_an_unknown_address_gets_the_same_answer_and_no_mail(
        self, stack: Any, browser: httpx.AsyncClient
    ) -> None:
        known = await asks(stack, browser, await owes(stack, "SAME"))
        unknown = await asks(stack, browser, "nobody@nowhere.example")

        assert known.keys() == unknown.keys()
        assert await stack.mails("nobody@nowhere.example") == []

    async def test_what_is_kept_and_shown_of_the_message_has_no_link(
        self, stack: Any, browser: httpx.AsyncClient
    ) -> None:
        address = await owes(stack, "MASK")
        await asks(stack, browser, address)
        token = await token_for(stack, address)

        kept = [one for one in await stack.messages("MASK") if one["purpose"] == "sign-in"]
        assert len(kept) == 1
        assert token not in str(kept)
