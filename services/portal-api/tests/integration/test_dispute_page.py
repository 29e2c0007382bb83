"""Our own page of a dispute: what its customer can do there, and until when."""

from datetime import timedelta
from html import unescape
from typing import Any

import httpx
import pytest

from shared.contracts import disputes, erp
from shared.contracts.disputes import Outcome, State
from shared.testing.examples import CUSTOMER, INVOICE, our_examples

OPENED = next(one for one in our_examples() if isinstance(one, disputes.DisputeOpened))
RESOLVED = next(one for one in our_examples() if isinstance(one, disputes.DisputeResolved))
PATH = f"/disputes/{OPENED.dispute_id}"


@pytest.fixture
async def erika(portal: Any) -> httpx.AsyncClient:
    """Signed in, for the first customer; she may dispute."""
    browser: httpx.AsyncClient = portal.browser()
    await portal.sign_in(browser)
    return browser


async def shown(browser: httpx.AsyncClient) -> str:
    page = await browser.get(PATH)
    assert page.status_code == 200
    return unescape(page.text)


async def rejected(portal: Any, days: int | None) -> None:
    """And it can be opened again for so many days more."""
    today = portal.service.clock.now().date()
    until = None if days is None else today + timedelta(days=days)
    said = {"state": State.RESOLVED, "outcome": Outcome.REJECTED, "version": 20}
    await portal.hear(RESOLVED.model_copy(update=said | {"reopen_until": until}))


class TestWhatOneCanDo:
    async def test_while_it_is_looked_into_is_to_bring_papers(
        self, portal: Any, erika: httpx.AsyncClient
    ) -> None:
        page = await shown(erika)
        assert f'action="{PATH}/papers" enctype="multipart/form-data"' in page
        assert "Unterlage einreichen" in page

    @pytest.mark.parametrize(("days", "may"), [(30, True), (0, True), (-1, False), (None, False)])
    async def test_once_it_is_decided_is_to_have_it_opened_again_for_some_days(
        self, portal: Any, erika: httpx.AsyncClient, days: int | None, may: bool
    ) -> None:
        await rejected(portal, days)

        page = await shown(erika)

        assert (f'action="{PATH}/reopenings"' in page) is may
        assert ("prüfen wir noch einmal bis zum" in page) is may
        assert f'action="{PATH}/papers"' not in page
        answer = (await erika.get(f"/v1{PATH}")).json()
        assert (answer["reopen_until"] is None) is (days is None)

    async def test_is_nothing_for_whoever_may_only_look(self, portal: Any) -> None:
        boss, viewer = ("boss@muster.example", erp.Role.DECISION_MAKER), "looks@muster.example"
        await portal.hear(portal.customer(CUSTOMER, boss, (viewer, erp.Role.OTHER), version=2))
        browser = portal.browser()
        await portal.sign_in(browser, viewer)

        assert '<form method="post" action="/disputes' not in await shown(browser)
        sent = await browser.post(f"{PATH}/papers", files={"file": ("l.csv", b"a;b")})
        assert sent.status_code == 403


class TestWhatIsHeld:
    @pytest.mark.parametrize(("held", "pays"), [("60.00", "1140.00"), ("0.00", "1200.00")])
    async def test_is_not_asked_for_though_the_dispute_is_closed(
        self, portal: Any, erika: httpx.AsyncClient, held: str, pays: str
    ) -> None:
        """Somebody closed it before the credit was in the books."""
        item = RESOLVED.items[0].model_copy(update={"held": held})
        closed = next(one for one in our_examples() if isinstance(one, disputes.DisputeClosed))
        await portal.hear(closed.model_copy(update={"version": 30, "items": (item,)}))

        assert f'name="item" value="{INVOICE}:{pays}"' in (await erika.get("/")).text
