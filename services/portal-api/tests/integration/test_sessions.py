"""Sessions: until when they last, what ends them, and that only our own pages may use the cookie."""

from datetime import timedelta
from typing import Any

import pytest

from shared.contracts import erp
from shared.testing.examples import CUSTOMER

ERIKA = "erika@muster.example"
IDLE, LONGEST = timedelta(seconds=1_800), timedelta(seconds=43_200)


async def status_of(browser: Any, path: str = "/v1/me") -> tuple[int, str]:
    """What it is answered, and by which name it is refused."""
    answer = await browser.get(path)
    return answer.status_code, answer.json().get("code", "")


class TestSession:
    async def test_is_a_cookie_for_pages_and_a_token_for_frontends(self, portal: Any) -> None:
        page = portal.browser()
        token = await portal.sign_in(page)

        frontend = portal.browser(Authorization=f"Bearer {token}")

        assert page.cookies["__Host-session"] == token
        assert await status_of(page) == await status_of(frontend) == (200, "")

    async def test_is_given_a_cookie_that_no_script_reads_and_no_other_site_sends(
        self, portal: Any
    ) -> None:
        browser = portal.browser()
        await portal.ask(browser)

        answer = await browser.post("/v1/sessions", json={"token": await portal.mailed()})

        cookies = answer.headers.get_list("set-cookie")
        (session,) = [one for one in cookies if one.startswith("__Host-session=")]
        assert session.endswith("; HttpOnly; Path=/; SameSite=lax; Secure")
        assert answer.headers["cache-control"] == "no-store"

    async def test_there_is_none_without_signing_in(self, portal: Any) -> None:
        for browser in (portal.browser(), portal.browser(Authorization=f"Bearer {'x' * 43}")):
            assert await status_of(browser) == (401, "not-signed-in")

    async def test_ends_when_nothing_is_asked_for_half_an_hour(self, portal: Any) -> None:
        browser = portal.browser()
        await portal.sign_in(browser)

        portal.move(IDLE - timedelta(seconds=1))
        assert await status_of(browser) == (200, "")
        portal.move(IDLE - timedelta(seconds=1))
        assert await status_of(browser) == (200, "")
        portal.move(IDLE)

        assert await status_of(browser) == (401, "session-expired")

    async def test_ends_after_twelve_hours_whatever_is_asked(self, portal: Any) -> None:
        browser, lasted = portal.browser(), timedelta()
        await portal.sign_in(browser)
        step = timedelta(minutes=20)

        while (await status_of(browser))[0] == 200:
            portal.move(step)
            lasted += step

        assert lasted == LONGEST

    async def test_ends_at_sign_out_and_no_other_with_it(self, portal: Any) -> None:
        first, second = portal.browser(), portal.browser()
        for browser in (first, second):
            await portal.sign_in(browser)

        answer = await first.delete("/v1/sessions/current")

        assert answer.status_code == 204
        assert "__Host-session" not in first.cookies
        assert await status_of(second) == (200, "")

    async def test_is_over_with_its_cookie_kept_elsewhere(self, portal: Any) -> None:
        browser = portal.browser()
        thief = portal.browser(Authorization=f"Bearer {await portal.sign_in(browser)}")

        await browser.delete("/v1/sessions/current")

        assert await status_of(thief) == (401, "not-signed-in")

    async def test_all_of_an_address_end_together(self, portal: Any) -> None:
        erika, again, otto = (portal.browser() for _ in range(3))
        await portal.sign_in(erika)
        await portal.sign_in(again)
        await portal.sign_in(otto, "otto@other.example")

        await erika.delete("/v1/sessions")

        assert await status_of(again) == (401, "not-signed-in")
        assert await status_of(otto) == (200, "")


class TestContact:
    async def test_removed_is_out_at_once_and_for_good(self, portal: Any) -> None:
        browser = portal.browser()
        await portal.sign_in(browser)

        await portal.hear(portal.customer(version=2))
        assert await status_of(browser) == (401, "not-signed-in")

        await portal.hear(portal.customer(CUSTOMER, (ERIKA, erp.Role.BILLING), version=3))
        assert await status_of(browser) == (401, "not-signed-in")

    async def test_may_from_now_on_what_the_new_position_may(self, portal: Any) -> None:
        browser = portal.browser()
        await portal.sign_in(browser)

        boss = ("boss@muster.example", erp.Role.DECISION_MAKER)
        changed = portal.customer(CUSTOMER, (ERIKA, erp.Role.OTHER), boss, version=2)
        await portal.hear(changed)

        assert (await browser.get("/v1/me")).json()["customer"]["roles"] == ["view"]


class TestForeignPage:
    @pytest.mark.parametrize(
        "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {}]
    )
    async def test_cannot_use_the_cookie_to_change_anything(
        self, portal: Any, headers: dict[str, str]
    ) -> None:
        browser = portal.browser()
        await portal.sign_in(browser)
        del browser.headers["Sec-Fetch-Site"]

        answer = await browser.delete("/v1/sessions", headers=headers)

        assert (answer.status_code, answer.json()["code"]) == (403, "origin-foreign")
        assert await status_of(browser) == (200, "")

    async def test_with_a_token_needs_no_origin(self, portal: Any) -> None:
        token = await portal.sign_in(portal.browser())
        frontend = portal.browser(Authorization=f"Bearer {token}")
        del frontend.headers["Sec-Fetch-Site"]

        assert (await frontend.delete("/v1/sessions/current")).status_code == 204


class TestForgetting:
    async def test_what_is_long_over_is_forgotten(self, portal: Any) -> None:
        await portal.sign_in(portal.browser())
        job = next(one for one in portal.service.jobs if one.name == "forget-sign-ins")
        await job.run()
        assert len(await portal.rows("SELECT * FROM sessions")) == 1

        portal.move(timedelta(days=3))
        await job.run()

        for table in ("sign_ins", "asks", "sessions"):
            assert await portal.rows(f"SELECT * FROM {table}") == []
