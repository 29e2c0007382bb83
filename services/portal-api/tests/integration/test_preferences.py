"""How a contact wants to be reached: at once, or once confirmed at the old address; one click ends reminders."""

from datetime import timedelta
from typing import Any

import pytest

from shared.contracts import erp
from shared.messaging.seal import Seal
from shared.testing.examples import CUSTOMER

HOUR = timedelta(hours=1)
NEW = "new@muster.example"
PUBLIC = "https://portal.example"


@pytest.fixture
async def erika(portal: Any) -> Any:
    browser = portal.browser()
    await portal.sign_in(browser)
    return browser


def seal_of(portal: Any) -> Seal:
    found = Seal.of(portal.service.settings.portal_api_link_keys.get_secret_value())
    assert found is not None
    return found


async def says(browser: Any, **wished: Any) -> Any:
    answer = await browser.put("/v1/preferences", json=wished)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def changed(portal: Any) -> list[dict[str, Any]]:
    return [one for one in await portal.told() if "preferences_id" in one]


async def link(portal: Any) -> str:
    """The token of the last confirmation that was to be mailed."""
    (*_, asked) = [one for one in await portal.told() if "change_id" in one]
    text = seal_of(portal).open(asked["link_sealed"], about=asked["change_id"])
    assert text.startswith(f"{PUBLIC}/address-change/")
    return text.rpartition("/")[2]


async def confirms(portal: Any, token: str) -> Any:
    return await portal.browser().post("/address-change", data={"token": token})


def unsubscribing(portal: Any, contact_id: str = "1") -> str:
    return "/unsubscribe/" + seal_of(portal).close(f"{CUSTOMER} {contact_id}", about="unsubscribe")


class TestWhatCountsAtOnce:
    async def test_is_told_once_and_shown(self, portal: Any, erika: Any) -> None:
        wished = {"channel": "sms", "language": "en", "reminders_by_email": False}
        for _ in range(2):
            said = await says(erika, **wished)

        shown = (await erika.get("/v1/preferences")).json()
        assert shown == said
        assert {name: shown[name] for name in wished} == wished
        (fact,) = await changed(portal)
        assert {name: fact[name] for name in wished} == wished
        assert (fact["version"], fact["contact_id"]) == (1, "1")

    async def test_is_of_the_contact_alone(self, portal: Any, erika: Any) -> None:
        two = (
            ("erika@muster.example", erp.Role.ACCOUNTS_PAYABLE),
            ("bo@muster.example", erp.Role.OTHER),
        )
        await portal.hear(portal.customer(CUSTOMER, *two, version=2))
        bo = portal.browser()
        await portal.sign_in(bo, "bo@muster.example")
        await says(erika, language="en")

        assert (await bo.get("/v1/preferences")).json()["language"] is None

    @pytest.mark.parametrize(
        "wrong",
        [
            {"email": "nobody"}, {"email": "a@b"}, {"email": "a\n@b.example"}, {"email": "a b@c.example"},
            {"email": "x" * 250 + "@c.example"}, {"phone": "call me"}, {"language": "fr"}, {"channel": "letter"},
            {"reminders_by_email": None}, {"version": 7},
        ],
    )  # fmt: skip
    async def test_bad_input_is_refused_and_not_repeated(
        self, portal: Any, erika: Any, wrong: dict[str, Any]
    ) -> None:
        answer = await erika.put("/v1/preferences", json=wrong)

        assert (answer.status_code, answer.json()["code"]) == (422, "request-invalid")
        assert await changed(portal) == []


class TestAChangedAddress:
    async def test_counts_once_it_is_confirmed_and_travels_sealed(
        self, portal: Any, erika: Any
    ) -> None:
        said = await says(erika, email=NEW, phone="+49 40 1234567")

        assert (said["email"], said["pending"]["email"]) == (None, NEW)
        assert await changed(portal) == []
        answer = await confirms(portal, await link(portal))
        assert answer.status_code == 200, answer.text
        (fact,) = await changed(portal)
        about = fact["preferences_id"]
        assert seal_of(portal).open(fact["email_sealed"], about=about) == NEW
        assert seal_of(portal).open(fact["phone_sealed"], about=about) == "+49 40 1234567"
        shown = (await erika.get("/v1/preferences")).json()
        assert (shown["email"], shown["pending"]) == (NEW, None)
        assert NEW not in str(await portal.told())

    async def test_by_a_post_alone_however_often_the_link_is_looked_at(
        self, portal: Any, erika: Any
    ) -> None:
        await says(erika, email=NEW)
        token = await link(portal)

        looked = [await portal.browser().get(f"/address-change/{token}") for _ in range(5)]

        assert {one.status_code for one in looked} == {200}
        assert await changed(portal) == []
        assert (await confirms(portal, token)).status_code == 200

    async def test_is_confirmed_once(self, portal: Any, erika: Any) -> None:
        await says(erika, email=NEW)
        token = await link(portal)

        assert [(await confirms(portal, token)).status_code for _ in range(2)] == [200, 409]
        assert len(await changed(portal)) == 1

    @pytest.mark.parametrize(("hours", "status"), [(23, 200), (24, 410)])
    async def test_waits_for_a_day(self, portal: Any, erika: Any, hours: int, status: int) -> None:
        await says(erika, email=NEW)
        token = await link(portal)
        portal.move(hours * HOUR)

        assert (await confirms(portal, token)).status_code == status

    async def test_said_again_is_mailed_once_and_said_otherwise_takes_its_place(
        self, portal: Any, erika: Any
    ) -> None:
        await says(erika, email=NEW)
        await says(erika, email=NEW)
        first = await link(portal)
        assert len([one for one in await portal.told() if "change_id" in one]) == 1
        await says(erika, email="other@muster.example")

        assert (await confirms(portal, first)).status_code == 409
        assert (await confirms(portal, await link(portal))).status_code == 200

    async def test_no_more_than_five_mails_a_day(self, portal: Any, erika: Any) -> None:
        for n in range(5):
            await says(erika, email=f"n{n}@muster.example")

        answer = await erika.put("/v1/preferences", json={"email": NEW})
        assert (answer.status_code, answer.json()["code"]) == (429, "too-many-address-changes")
        assert answer.headers["retry-after"] == "86400"

    @pytest.mark.parametrize(
        ("contacts", "status"),
        [
            ([("erika@muster.example", erp.Role.BILLING)], 200),
            ([("erika@elsewhere.example", erp.Role.BILLING)], 409),
            ([], 409),
        ],
        ids=["stays", "moved", "gone"],
    )
    async def test_waits_for_no_word_at_an_address_that_the_erp_took_away(
        self, portal: Any, erika: Any, contacts: Any, status: int
    ) -> None:
        await says(erika, email=NEW)
        token = await link(portal)
        await portal.hear(portal.customer(CUSTOMER, *contacts, version=2))

        assert (await confirms(portal, token)).status_code == status

    async def test_back_to_the_erp_s_counts_at_once(self, portal: Any, erika: Any) -> None:
        await says(erika, email=NEW, phone="+49 40 1234567")
        await confirms(portal, await link(portal))

        said = await says(erika, phone="+49 40 1234567")

        assert (said["email"], said["phone"], said["pending"]) == (None, "+49 40 1234567", None)
        assert ["email_sealed" in one for one in await changed(portal)] == [True, False]

    async def test_of_an_unknown_link_or_a_foreign_page_changes_nothing(
        self, portal: Any, erika: Any
    ) -> None:
        await says(erika, email=NEW)
        token = await link(portal)
        foreign = await portal.browser(**{"Sec-Fetch-Site": "cross-site"}).post(
            "/address-change", data={"token": token}
        )

        assert (foreign.status_code, foreign.json()["code"]) == (403, "origin-foreign")
        assert (await confirms(portal, "x" * 43)).status_code == 404
        assert await changed(portal) == []

    async def test_its_token_is_kept_nowhere_in_clear(self, portal: Any, erika: Any) -> None:
        await says(erika, email=NEW)
        token = await link(portal)

        for table in ("address_changes", "outbox"):
            assert token not in str(await portal.rows(f"SELECT * FROM {table}"))


class TestUnsubscribing:
    async def test_is_one_post_without_a_session_or_a_page_of_ours(
        self, portal: Any, erika: Any
    ) -> None:
        mail_program = portal.browser(**{"Sec-Fetch-Site": "cross-site"})
        path = unsubscribing(portal)

        for _ in range(2):
            answer = await mail_program.post(path, data={"List-Unsubscribe": "One-Click"})
            assert answer.status_code == 200, answer.text
        assert [one["reminders_by_email"] for one in await changed(portal)] == [False]
        assert (await erika.get("/v1/preferences")).json()["reminders_by_email"] is False

    async def test_is_never_done_by_looking(self, portal: Any) -> None:
        for _ in range(5):
            assert (await portal.browser().get(unsubscribing(portal))).status_code == 200

        assert await changed(portal) == []

    async def test_is_taken_back_in_the_preferences(self, portal: Any, erika: Any) -> None:
        await portal.browser().post(unsubscribing(portal))
        await says(erika)

        assert [one["reminders_by_email"] for one in await changed(portal)] == [False, True]

    async def test_by_a_link_that_is_none_of_ours_is_refused(self, portal: Any) -> None:
        sign_in = seal_of(portal).close(f"{CUSTOMER} 1", about="something else")
        good = unsubscribing(portal)
        for path in (f"/unsubscribe/{sign_in}", good[:-6] + "AAAAAA"):
            assert (await portal.browser().post(path)).status_code == 404
        assert (await portal.browser().post("/unsubscribe/x")).status_code == 422
        assert await changed(portal) == []

    async def test_leaves_what_else_was_said(self, portal: Any, erika: Any) -> None:
        await says(erika, language="en", channel="sms")
        await portal.browser().post(unsubscribing(portal))

        shown = (await erika.get("/v1/preferences")).json()
        assert (shown["language"], shown["channel"]) == ("en", "sms")
