"""A customer who wants to pay in parts, at the door."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from shared.testing.examples import INVOICE

FIRST = "2026-04-30"
DAY = timedelta(days=1)


@pytest.fixture
async def erika(portal: Any) -> Any:
    """Signed in, for the first customer, who owes 1,200.00 since the ninth of April, and disputes nothing any more; it
    is the twentieth.
    """
    await portal.hear(portal.dispute_withdrawn())
    browser = portal.browser()
    await portal.sign_in(browser)
    return browser


class Plans:
    """What is asked for and said about plans, and what is told of them."""

    def __init__(self, portal: Any) -> None:
        self.portal = portal

    async def ask(
        self,
        browser: Any,
        *items: tuple[UUID, str | None],
        first_on: str = FIRST,
        parts: int = 3,
    ) -> Any:
        wanted = [
            {"invoice_id": str(one)} | ({"amount": amount} if amount else {})
            for one, amount in items or ((INVOICE, "100.00"),)
        ]
        said = {"items": wanted, "first_on": first_on, "parts": parts}
        return await browser.post("/v1/plan-quotes", json=said)

    async def quoted(
        self, browser: Any, *items: tuple[UUID, str | None], **more: Any
    ) -> dict[str, Any]:
        answer = await self.ask(browser, *items, **more)
        assert answer.status_code == 201, answer.text
        quote: dict[str, Any] = answer.json()
        return quote

    async def refused(
        self, browser: Any, *items: tuple[UUID, str | None], **more: Any
    ) -> tuple[int, str]:
        answer = await self.ask(browser, *items, **more)
        return answer.status_code, answer.json()["code"]

    async def propose(self, browser: Any, quote: dict[str, Any]) -> Any:
        return await browser.post("/v1/plans", json={"quote_id": quote["quote_id"]})

    async def accept(self, browser: Any, plan: dict[str, Any], text_hash: str | None = None) -> Any:
        hashed = text_hash or plan["terms"]["text_hash"]
        return await browser.post(
            f"/v1/plans/{plan['plan_id']}/acceptances", json={"text_hash": hashed}
        )

    async def proposed(
        self, browser: Any, *items: tuple[UUID, str | None], **more: Any
    ) -> dict[str, Any]:
        answer = await self.propose(browser, await self.quoted(browser, *items, **more))
        assert answer.status_code == 201, answer.text
        plan: dict[str, Any] = answer.json()
        return plan

    async def agreed(
        self, browser: Any, *items: tuple[UUID, str | None], **more: Any
    ) -> dict[str, Any]:
        answer = await self.accept(browser, await self.proposed(browser, *items, **more))
        assert answer.status_code == 201, answer.text
        plan: dict[str, Any] = answer.json()
        return plan

    async def refuse(self, browser: Any, plan: dict[str, Any], **said: str) -> tuple[int, str]:
        answer = await browser.post(f"/v1/plans/{plan['plan_id']}/refusals", json=said)
        return answer.status_code, answer.json().get("code") or answer.json()["state"]

    async def extend(self, browser: Any, plan: dict[str, Any], days: int) -> tuple[int, str]:
        answer = await browser.post(f"/v1/plans/{plan['plan_id']}/extensions", json={"days": days})
        return answer.status_code, answer.json().get("code") or answer.json()["state"]

    async def told(self) -> list[tuple[str, str, str]]:
        """Of each plan's step: its name, and of its one item paid and held."""
        names = await self.portal.rows(
            "SELECT headers::json->>'ce_type' AS name FROM outbox ORDER BY seq"
        )
        return [
            (row["name"].split(".")[2], body["items"][0]["paid"], body["items"][0]["held"])
            for row, body in zip(names, await self.portal.told(), strict=True)
            if "plan_id" in body
        ]

    async def watch_until(self, day: date) -> None:
        """Every morning up to that day."""
        while self.portal.service.clock.now().date() < day:
            self.portal.move(DAY)
            await self.portal.watch("plans")


@pytest.fixture
def plans(portal: Any) -> Plans:
    return Plans(portal)
