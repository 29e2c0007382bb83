"""Our own page of autopay: what it shows of the saved means and of charges, to whom, and what its buttons do."""

import re
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import UUID

import httpx
import pytest

from shared.contracts import erp
from shared.testing.examples import CUSTOMER, INVOICE

PATH = "/autopay"
STOPS = (f"{PATH}/cancellations", f"{PATH}/ends", f"{PATH}/withdrawals")
LIMITS = f"{PATH}/limits"
FORMS = (*STOPS, LIMITS)
LIMIT = {"currency": "EUR", "amount": "250.00"}
ERIKA, OTTO = "erika@muster.example", "otto@other.example"
HOSTILE = "<script>alert(1)</script>\"'{{191*7}}"
NOBODY = UUID(int=7)
DROPPED = ("portal-api.charge.dropped",)
WITHDRAWN = ("portal-api.mandate.withdrawn",)


@pytest.fixture
async def ready(undisputed: None, ready: Any) -> Any:
    """Nothing is disputed."""
    return ready


@pytest.fixture
async def announced(ready: Any) -> Any:
    """And 1,200.00 are announced for the twenty-fourth of April."""
    await ready.announced()
    return ready


@pytest.fixture
async def otto(counter: Any) -> httpx.AsyncClient:
    """Signed in, for another customer, who has saved nothing."""
    browser: httpx.AsyncClient = counter.portal.browser()
    await counter.portal.sign_in(browser, OTTO)
    return browser


def text_of(page: httpx.Response) -> str:
    """What a reader reads, with plain blanks."""
    inside = re.sub(r"<style>.*?</style>", "", page.text, flags=re.DOTALL)
    words = unescape(re.sub(r"<[^>]+>", " ", inside)).replace("\N{NO-BREAK SPACE}", " ")
    return " ".join(words.split())


def buttons_of(page: httpx.Response) -> list[str]:
    """Where the forms of the page itself lead."""
    return re.findall(r'<form method="post" action="([^"]+)"', page.text.partition("<main")[2])


async def look(counter: Any, path: str = PATH) -> httpx.Response:
    page: httpx.Response = await counter.browser.get(path)
    assert page.status_code == 200, page.text
    return page


async def press(counter: Any, path: str) -> httpx.Response:
    """The first button of the page that leads there, as a browser does."""
    page = await look(counter)
    form = re.search(rf'action="{path}">(.*?)</form>', page.text, flags=re.DOTALL)
    assert form is not None, f"no button leads to {path}"
    data = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form[1]))
    answer: httpx.Response = await counter.browser.post(path, data=data)
    return answer


class TestPage:
    async def test_shows_the_means_autopay_and_what_is_announced(self, announced: Any) -> None:
        page = await look(announced)
        shown = text_of(page)

        assert "Karte oder Konto Visa, Karte, …4242 Gültig bis 12/2034" in shown
        assert "Gespeichert seit 20. April 2026" in shown
        assert "an Seit 20. April 2026 Eine Abbuchung ist höchstens 5.000,00 EUR" in shown
        assert "Am 24. April 2026 1.200,00 EUR angekündigt 2026-0815 (1.200,00 EUR)" in shown
        assert f'href="/invoices/{INVOICE}"' in page.text
        assert sorted(buttons_of(page)) == sorted(STOPS)

    async def test_of_a_means_without_autopay_says_that_nothing_is_charged(
        self, counter: Any
    ) -> None:
        await counter.saves()
        page = await look(counter)

        assert "Abgebucht wird nichts, bevor Sie es eingeschaltet" in text_of(page)
        assert buttons_of(page) == [LIMITS, FORMS[2]]

    async def test_keeps_the_provider_s_names_to_itself(self, announced: Any) -> None:
        page = await look(announced)

        assert "pm_" not in page.text
        assert "cus_" not in page.text

    async def test_of_who_saved_nothing_says_so(self, counter: Any) -> None:
        page = await look(counter)

        assert "keine Karte und kein Konto gespeichert" in text_of(page)
        assert buttons_of(page) == []
        home = (await look(counter, "/")).text
        assert f'href="{PATH}"' not in home

    async def test_before_the_means_is_saved_says_that_nothing_is_charged(
        self, counter: Any
    ) -> None:
        await counter.asks()
        page = await look(counter)

        assert "noch nicht gespeichert" in text_of(page)
        assert buttons_of(page) == []

    async def test_is_linked_from_home_with_what_comes_next(self, announced: Any) -> None:
        home = await look(announced, "/")

        assert f'href="{PATH}"' in home.text
        assert "Automatisches Bezahlen 1.200,00 EUR an Am 24. April 2026" in text_of(home)

    async def test_says_what_became_of_a_charge(self, announced: Any) -> None:
        await announced.bank_says("stolen_card")
        await announced.charges_day()
        await announced.portal.sign_in(announced.browser)
        shown = text_of(await look(announced))

        assert "Am 24. April 2026 1.200,00 EUR von Ihrer Bank abgelehnt" in shown
        assert "mit einer anderen Karte" in shown
        assert "möchte keine Abbuchung mehr" in shown
        assert "Es ist nichts angekündigt" in shown

    async def test_says_that_a_declined_charge_is_tried_again_and_stops_it(
        self, announced: Any
    ) -> None:
        await announced.bank_says("insufficient_funds")
        await announced.charges_day()
        await announced.portal.sign_in(announced.browser)

        assert "an diesem Tag noch einmal" in text_of(await look(announced))
        assert (await press(announced, FORMS[0])).status_code == 303
        await announced.charges_day(5)
        assert len(await announced.intents()) == 1

    async def test_escapes_what_others_wrote_and_runs_nothing(self, ready: Any) -> None:
        await ready.portal.hear(
            ready.portal.customer(CUSTOMER, (ERIKA, erp.Role.BILLING), version=2, name=HOSTILE),
            ready.portal.invoice(invoice_number=HOSTILE, version=9),
        )
        await ready.announced()
        async with ready.portal.service.database.work(ready.portal.service.clock.now()) as work:
            await work.connection.execute(
                "UPDATE mandates SET means = jsonb_set(means, '{brand}', to_jsonb($1::text))",
                HOSTILE,
            )

        page = await look(ready)
        assert "<script" not in page.text
        assert "1337" not in page.text
        assert page.text.count("&lt;script&gt;") >= 3, "customer, means and invoice"
        assert "script" not in page.headers["Content-Security-Policy"]
        assert page.headers["Cache-Control"] == "no-store"


class TestButtons:
    async def test_stop_one_charge_once_and_for_good(self, announced: Any) -> None:
        (charge,) = (await announced.browser.get("/v1/charges")).json()["items"]
        given = {"charge_id": charge["charge_id"]}
        for _ in range(2):
            said = await announced.browser.post(FORMS[0], data=given)
            assert (said.status_code, said.headers["location"]) == (303, PATH)

        assert [one["reason"] for one in await announced.told(*DROPPED)] == ["stopped"]
        page = await look(announced)
        assert "nicht abgebucht 2026-0815 (1.200,00 EUR) · Sie haben sie angehalten" in text_of(
            page
        )
        assert FORMS[0] not in page.text
        await announced.charges_day()
        await announced.portal.watch("autopay")
        assert await announced.intents() == []
        assert len(await announced.told("portal-api.charge.announced")) == 1

    async def test_turn_autopay_off_once_and_keep_the_means(self, announced: Any) -> None:
        assert (await press(announced, FORMS[1])).headers["location"] == PATH
        first = await announced.mandate()
        assert (await announced.browser.post(FORMS[1])).status_code == 303

        assert await announced.mandate() == first, "pressed twice is pressed once"
        assert (first["state"], first["autopay"]["on"]) == ("active", False)
        page = await look(announced)
        assert "wird nicht abgebucht" in text_of(page), "at once, before the charge is dropped"
        assert buttons_of(page) == [LIMITS, FORMS[2]]
        await announced.charge()
        assert [one["reason"] for one in await announced.told(*DROPPED)] == ["autopay-off"]
        assert "aus" in text_of(await look(announced, "/"))

    async def test_take_the_means_back_once_and_everything_with_it(self, announced: Any) -> None:
        assert (await press(announced, FORMS[2])).headers["location"] == PATH
        assert (await announced.browser.post(FORMS[2])).status_code == 303

        assert len(await announced.told(*WITHDRAWN)) == 1
        page = await look(announced)
        assert "von Ihnen zurückgenommen" in text_of(page)
        assert buttons_of(page) == []
        await announced.charge()
        assert [one["reason"] for one in await announced.told(*DROPPED)] == ["mandate-ended"]
        await announced.charges_day(10)
        assert await announced.intents() == []

    async def test_turn_autopay_on_up_to_a_limit(self, counter: Any) -> None:
        await counter.saves()
        page = await look(counter)
        assert 'name="currency" value="EUR"' in page.text
        assert 'min="0.01" step="0.01"' in page.text
        for _ in range(2):
            said = await counter.browser.post(LIMITS, data=LIMIT)
            assert (said.status_code, said.headers["location"]) == (303, PATH)

        assert (await counter.mandate())["autopay"]["limit"] == LIMIT
        shown = await look(counter)
        assert "Eine Abbuchung ist höchstens 250,00 EUR" in text_of(shown)
        assert buttons_of(shown) == list(STOPS[1:])

    @pytest.mark.parametrize(
        "changed",
        [
            *({"amount": ""}, {"amount": "0"}, {"amount": "-1"}, {"amount": "0.001"}),
            *({"amount": "NaN"}, {"amount": "9" * 17}, {"currency": "eur"}, {"currency": "ABC"}),
        ],
    )
    async def test_refuse_a_limit_that_is_none(self, counter: Any, changed: dict[str, str]) -> None:
        await counter.saves()

        assert (await counter.browser.post(LIMITS, data=LIMIT | changed)).status_code == 422
        assert (await counter.mandate())["autopay"] is None

    async def test_refuse_in_words_what_is_made_already(self, announced: Any) -> None:
        (charge,) = (await announced.browser.get("/v1/charges")).json()["items"]
        await announced.charges_day()
        await announced.portal.sign_in(announced.browser)
        said = await announced.browser.post(FORMS[0], data={"charge_id": charge["charge_id"]})

        assert said.status_code == 409
        assert "Anhalten lässt sie sich nicht mehr" in text_of(said)

    @pytest.mark.parametrize(
        "given", [{}, {"charge_id": "x"}, {"charge_id": str(NOBODY), "more": "1"}]
    )
    async def test_refuse_nonsense(self, announced: Any, given: dict[str, str]) -> None:
        assert (await announced.browser.post(FORMS[0], data=given)).status_code == 422


class TestWho:
    async def test_sees_and_stops_their_own_and_nobody_else_s(
        self, announced: Any, otto: httpx.AsyncClient
    ) -> None:
        (charge,) = (await announced.browser.get("/v1/charges")).json()["items"]
        shown = text_of(await otto.get(PATH))
        given = [{"charge_id": one} for one in (charge["charge_id"], str(NOBODY))]
        stopped, unknown = [await otto.post(FORMS[0], data=one) for one in given]
        others = [await otto.post(path) for path in FORMS[1:3]]
        others.append(await otto.post(LIMITS, data=LIMIT))

        assert "4242" not in shown
        assert "1.200,00" not in shown
        assert {one.status_code for one in (stopped, unknown, *others)} == {404}
        assert stopped.text == unknown.text, "one cannot tell it from one that there is not"
        assert await announced.told(*DROPPED, *WITHDRAWN) == []
        assert (await announced.mandate())["autopay"]["on"] is True

    async def test_is_nobody_is_led_to_sign_in_and_back_to_the_page(self, announced: Any) -> None:
        stranger = announced.portal.browser()
        answers = [await stranger.get(PATH), *[await stranger.post(path) for path in FORMS]]

        assert {one.status_code for one in answers} == {303}
        assert {one.headers["location"] for one in answers} == {"/sign-in?to=%2Fautopay"}
        announced.portal.move(timedelta(hours=1))
        late = await announced.browser.post(FORMS[1])
        assert late.headers["location"] == "/sign-in?to=%2Fautopay&again=1"
        assert await announced.told(*DROPPED, *WITHDRAWN) == []

    async def test_may_only_look_gets_no_button(self, announced: Any) -> None:
        (charge,) = (await announced.browser.get("/v1/charges")).json()["items"]
        viewer = announced.portal.customer(CUSTOMER, (ERIKA, erp.Role.OTHER), version=3)
        await announced.portal.hear(viewer)
        page = await look(announced)
        given = {FORMS[0]: {"charge_id": charge["charge_id"]}, LIMITS: LIMIT}
        said = [await announced.browser.post(path, data=given.get(path)) for path in FORMS]

        assert "…4242" in text_of(page)
        assert buttons_of(page) == []
        assert {one.status_code for one in said} == {403}
        assert "may look" in text_of(said[0])
        assert await announced.told(*DROPPED, *WITHDRAWN) == []

    async def test_is_led_by_another_site_does_nothing(self, announced: Any) -> None:
        for path in FORMS:
            said = await announced.browser.post(path, headers={"Sec-Fetch-Site": "cross-site"})
            assert said.status_code == 403, path
        assert await announced.told(*DROPPED, *WITHDRAWN) == []


class TestSaving:
    """A card or account, without another frontend: the text first, then the provider's page."""

    MEANS = f"{PATH}/means"

    async def test_shows_the_text_and_leads_to_the_provider_once_it_is_agreed_to(
        self, counter: Any
    ) -> None:
        assert f'href="{self.MEANS}"' in (await look(counter, "/")).text
        assert f'href="{self.MEANS}"' in (await look(counter)).text
        page = await look(counter, self.MEANS)
        (text_hash,) = re.findall(r'name="text_hash" value="([0-9a-f]{64})"', page.text)

        answer = await counter.browser.post(self.MEANS, data={"text_hash": text_hash})

        assert text_hash == await counter.text_hash("de")
        (session,) = (await counter.stripe.get("/sessions")).json()["items"]
        assert (answer.status_code, session["mode"]) == (200, "setup")
        assert f'content="0;url={session["url"]}"' in answer.text
        assert session["success_url"].startswith("https://portal.example/autopay?mandate_id=")
        await counter.at_the_page(last4="4242")
        await counter.hears_new()
        assert (await counter.mandate())["state"] == "active"
        assert "4242" in (await look(counter)).text

    async def test_of_another_text_agrees_to_nothing(self, counter: Any) -> None:
        answer = await counter.browser.post(self.MEANS, data={"text_hash": "0" * 64})

        assert answer.status_code == 409
        assert "Dieser Text gilt nicht mehr" in answer.text
        assert (await counter.stripe.get("/sessions")).json()["items"] == []

    async def test_is_for_who_may_pay(self, counter: Any) -> None:
        await counter.portal.hear(
            counter.portal.customer(
                CUSTOMER, ("boss@muster.example", erp.Role.BILLING), (ERIKA, erp.Role.OTHER), version=2
            )
        )  # fmt: skip

        assert self.MEANS not in (await look(counter)).text
        assert (await counter.browser.get(self.MEANS)).status_code == 403
        text = {"text_hash": "0" * 64}
        assert (await counter.browser.post(self.MEANS, data=text)).status_code == 403
