"""The people at the customer: the main contact says what each may do, and it counts at once."""

from typing import Any

import httpx
import pytest

from shared.contracts import erp
from shared.testing.examples import CUSTOMER

BOSS, ERIKA, OTTO = "boss@muster.example", "erika@muster.example", "otto@other.example"
ALL = ["view", "pay", "dispute"]


async def heard(portal: Any, version: int, position: erp.Role = erp.Role.BILLING) -> None:
    """Erika, and the boss, who decides."""
    await portal.hear(
        portal.customer(
            CUSTOMER, (BOSS, erp.Role.DECISION_MAKER), (ERIKA, position), version=version
        )
    )


@pytest.fixture
async def boss(portal: Any) -> httpx.AsyncClient:
    await heard(portal, 2)
    browser: httpx.AsyncClient = portal.browser()
    await portal.sign_in(browser, BOSS)
    return browser


@pytest.fixture
async def erika(portal: Any, boss: httpx.AsyncClient) -> httpx.AsyncClient:
    browser: httpx.AsyncClient = portal.browser()
    await portal.sign_in(browser)
    return browser


async def say(boss: httpx.AsyncClient, *roles: str, contact_id: str = "2") -> httpx.Response:
    said = {"contact_id": contact_id, "roles": list(roles)}
    return await boss.put("/v1/contact-roles", json=said)


async def may(browser: httpx.AsyncClient) -> Any:
    """Her roles, or why she is out."""
    answer = await browser.get("/v1/me")
    said = answer.json()
    return said["customer"]["roles"] if answer.status_code == 200 else said["code"]


class TestTheMainContact:
    async def test_may_do_all_of_it_whatever_was_taken_before(
        self, portal: Any, boss: httpx.AsyncClient
    ) -> None:
        await say(boss)
        people = (BOSS, erp.Role.BILLING), (ERIKA, erp.Role.DECISION_MAKER)
        await portal.hear(portal.customer(CUSTOMER, *people, version=3))

        browser = portal.browser()
        await portal.sign_in(browser)
        assert await may(browser) == [*ALL, "administer"]


class TestContacts:
    async def test_are_shown_to_who_administers_and_nobody_else(
        self, portal: Any, boss: httpx.AsyncClient, erika: httpx.AsyncClient
    ) -> None:
        first = (await boss.get("/v1/contacts?limit=1")).json()
        last = (await boss.get("/v1/contacts", params={"cursor": first["next"]})).json()

        shown = [*first["items"], *last["items"]]
        assert [(one["email"], one["roles"]) for one in shown] == [
            (BOSS, [*ALL, "administer"]),
            (ERIKA, ALL),
        ]
        assert last["next"] is None
        assert (await erika.get("/v1/contacts")).json()["code"] == "role-missing"
        assert (await say(erika, "view")).json()["code"] == "role-missing"

    async def test_lose_a_role_at_once_and_get_it_back(
        self, boss: httpx.AsyncClient, erika: httpx.AsyncClient
    ) -> None:
        answer = await say(boss, "view")

        assert (answer.status_code, answer.json()["roles"]) == (200, ["view"])
        assert answer.json()["may"] == ALL
        assert await may(erika) == ["view"]
        assert (await erika.put("/v1/autopay", json={"limit": None})).status_code == 403
        await say(boss, *ALL)
        assert await may(erika) == ALL

    async def test_without_any_are_signed_out_and_mailed_no_link(
        self, portal: Any, boss: httpx.AsyncClient, erika: httpx.AsyncClient
    ) -> None:
        link = portal.browser()
        await portal.ask(link, ERIKA)
        token = await portal.mailed()
        assert (await say(boss)).status_code == 200

        assert await may(erika) == "not-signed-in"
        late = await link.post("/v1/sessions", json={"token": token})
        assert (late.status_code, late.json()["code"]) == (403, "contact-gone")
        before = len(await portal.told())
        await portal.ask(portal.browser(), ERIKA)
        assert len(await portal.told()) == before
        await say(boss, "view")
        assert await may(erika) == "not-signed-in", "a session that has ended stays so"

    async def test_keep_what_was_taken_whatever_the_erp_says_again(
        self, portal: Any, boss: httpx.AsyncClient, erika: httpx.AsyncClient
    ) -> None:
        await say(boss, "view", "dispute")

        await heard(portal, 3)
        assert await may(erika) == ["view", "dispute"]
        await heard(portal, 4, erp.Role.OTHER)
        assert await may(erika) == ["view"]

    @pytest.mark.parametrize(
        ("contact_id", "roles", "refused"),
        [
            ("1", ["view"], (409, "main-contact-stays")),
            ("2", ["view", "administer"], (422, "roles-not-possible")),
            ("2", ["pay"], (422, "roles-not-possible")),
            ("2", ["own"], (422, "request-invalid")),
            ("9", ["view"], (404, "contact-unknown")),
        ],
    )
    async def test_refuse_by_name(
        self,
        boss: httpx.AsyncClient,
        contact_id: str,
        roles: list[str],
        refused: tuple[int, str],
    ) -> None:
        answer = await say(boss, *roles, contact_id=contact_id)

        assert (answer.status_code, answer.json()["code"]) == refused

    async def test_of_another_customer_are_as_unknown_as_none(
        self, portal: Any, boss: httpx.AsyncClient, erika: httpx.AsyncClient
    ) -> None:
        otto = portal.browser()
        await portal.sign_in(otto, OTTO)

        answer = await say(otto, "view", contact_id="2")

        assert (answer.status_code, answer.json()["code"]) == (404, "contact-unknown")
        assert await may(erika) == ALL
