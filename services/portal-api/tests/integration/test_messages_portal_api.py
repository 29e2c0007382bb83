"""The messages that a customer received: only their own, newest first, and none that was for our own people."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from shared.contracts import notifier
from shared.testing.examples import INVOICE, MESSAGE

MORNING = datetime(2026, 4, 20, 6, tzinfo=UTC)


@pytest.fixture
async def erika(portal: Any) -> Any:
    """Signed in, for the first customer."""
    browser = portal.browser()
    await portal.sign_in(browser)
    return browser


async def ids(browser: Any) -> list[str]:
    """Of the first page."""
    return [one["message_id"] for one in (await browser.get("/v1/messages")).json()["items"]]


class TestMessages:
    async def test_say_what_was_said_of_which_invoice(self, erika: Any) -> None:
        (shown,) = (await erika.get("/v1/messages")).json()["items"]

        assert (shown["message_id"], shown["purpose"], shown["channel"]) == (
            *(str(MESSAGE), "reminder", "email"),
        )
        assert shown["items"] == [
            {
                "invoice_id": str(INVOICE), "invoice_number": "2026-0815", "instalment": None,
                "currency": "EUR", "open": "700.00", "due_on": "2026-04-09",
            }
        ]  # fmt: skip

    @pytest.mark.parametrize("purpose", [notifier.Purpose.WARNING, notifier.Purpose.ESCALATION])
    async def test_to_our_own_people_are_not_even_held(
        self, portal: Any, erika: Any, purpose: notifier.Purpose
    ) -> None:
        await portal.hear(portal.message(message_id=UUID(int=1), purpose=purpose))

        assert await ids(erika) == [str(MESSAGE)]
        assert len(await portal.rows("SELECT 1 FROM messages")) == 2

    async def test_are_held_once_and_only_forward(self, portal: Any, erika: Any) -> None:
        newer = portal.message(version=2, purpose=notifier.Purpose.COURTESY)
        await portal.hear(newer)
        await portal.hear(portal.message())

        (shown,) = (await erika.get("/v1/messages")).json()["items"]

        assert shown["purpose"] == "courtesy"

    async def test_go_on_page_by_page_newest_first(self, portal: Any, erika: Any) -> None:
        await portal.hear(
            *(
                portal.message(message_id=UUID(int=n), at=MORNING - timedelta(seconds=n % 3))
                for n in range(1, 7)
            )
        )

        seen, cursor = list[tuple[str, str]](), None
        while True:
            asked = {"limit": 3} | ({"cursor": cursor} if cursor else {})
            page = (await erika.get("/v1/messages", params=asked)).json()
            seen += [(one["at"], one["message_id"]) for one in page["items"]]
            cursor = page["next"]
            if cursor is None:
                break

        assert len(seen) == len(set(seen)) == 7
        assert seen == sorted(seen, reverse=True)
