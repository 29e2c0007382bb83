"""Our own pages: who may see them, what they show, and that nothing hostile gets through."""

import re
from base64 import b64encode
from collections.abc import Awaitable, Callable
from datetime import timedelta
from hashlib import sha256
from html import unescape
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi.routing import APIRoute

from portal_api.interfaces.http.own_page import PageRoute
from shared.base.ids import object_id
from shared.contracts import disputes, erp
from shared.testing.examples import CUSTOMER, INVOICE, SOURCE, our_examples

OTHER_CUSTOMER = object_id(SOURCE, "customer", "K-20000")
OTHER_INVOICE = object_id(SOURCE, "invoice", "RE-9")
NOBODY = UUID(int=7)
ERIKA = "erika@muster.example"
OTTO = "otto@other.example"
HOSTILE = "<script>alert(1)</script>\"'{{191*7}}"
DISPUTE = next(one for one in our_examples() if isinstance(one, disputes.DisputeOpened)).dispute_id


@pytest.fixture
async def erika(portal: Any) -> httpx.AsyncClient:
    """Signed in, for the first customer; she may pay."""
    browser: httpx.AsyncClient = portal.browser()
    await portal.sign_in(browser)
    return browser


@pytest.fixture
async def otto(portal: Any) -> httpx.AsyncClient:
    """Signed in, for the other customer."""
    browser: httpx.AsyncClient = portal.browser()
    await portal.sign_in(browser, OTTO)
    return browser


async def promised(browser: httpx.AsyncClient) -> str:
    wanted = {"items": [{"invoice_id": str(INVOICE), "amount": "200.00"}], "pay_on": "2026-04-30"}
    answer = await browser.post("/v1/promises", json=wanted)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["promise_id"])


async def proposed(browser: httpx.AsyncClient, amount: str = "300.00") -> dict[str, Any]:
    wanted = {
        "items": [{"invoice_id": str(INVOICE), "amount": amount}],
        "first_on": "2026-04-30",
        "parts": 3,
    }
    quote = await browser.post("/v1/plan-quotes", json=wanted)
    plan = await browser.post("/v1/plans", json={"quote_id": quote.json()["quote_id"]})
    assert plan.status_code == 201, plan.text
    found: dict[str, Any] = plan.json()
    return found


def text_of(page: httpx.Response) -> str:
    """What a reader reads, with plain blanks."""
    inside = re.sub(r"<style>.*?</style>", "", page.text, flags=re.DOTALL)
    words = unescape(re.sub(r"<[^>]+>", " ", inside)).replace("\N{NO-BREAK SPACE}", " ")
    return " ".join(words.split())


def things(plan: str, promise: str) -> dict[str, str]:
    """A page of each kind of thing that is one customer's."""
    return {
        "/invoices/{invoice_id}": f"/invoices/{INVOICE}",
        "/promises/{promise_id}": f"/promises/{promise}",
        "/plans/{plan_id}": f"/plans/{plan}",
        "/disputes/{dispute_id}": f"/disputes/{DISPUTE}",
        "/feedback": f"/feedback?case_id={DISPUTE}",
    }


class TestWhoMaySee:
    """Every route that is a page: its own, another's, nobody's and an expired session's."""

    ASKED = frozenset({"/sign-in", "/sign-in/links"})
    """Where nobody is signed in yet."""
    HOMES = frozenset({"/", "/sign-out", "/customers"})
    PAYS = frozenset({"/payments", "/payments/choices", "/paid"})
    """What is shown of a payment is tested with paying."""
    AUTOPAY = frozenset(
        {
            *("/autopay", "/autopay/cancellations", "/autopay/ends", "/autopay/limits"),
            *("/autopay/means", "/autopay/withdrawals"),
        }
    )
    """What is shown of a saved means is tested with autopay's page."""
    FORMS = frozenset(
        {
            *("/plans/{plan_id}/acceptances", "/plans/{plan_id}/refusals"),
            "/plans/{plan_id}/extensions",
            *("/disputes/{dispute_id}/papers", "/disputes/{dispute_id}/reopenings"),
        }
    )

    def test_every_page_is_in_these_tests(self, portal: Any) -> None:
        found = {
            route.path
            for router in portal.service.routers
            for route in router.routes
            if isinstance(route, APIRoute) and isinstance(route, PageRoute)
        }

        tested_elsewhere = self.PAYS | self.AUTOPAY
        here = self.ASKED | self.HOMES | self.FORMS | things("", "").keys()
        assert found == here | tested_elsewhere

    async def test_one_s_own_and_nobody_else_s(
        self, portal: Any, erika: httpx.AsyncClient, otto: httpx.AsyncClient
    ) -> None:
        known = things((await proposed(erika))["plan_id"], await promised(erika))
        unknown = [f"/{kind}/{NOBODY}" for kind in ("invoices", "promises", "plans", "disputes")]
        nothing = await otto.get(f"/invoices/{NOBODY}")

        for path in known.values():
            own, other = await erika.get(path), await otto.get(path)
            assert (own.status_code, other.status_code) == (200, 404), path
            assert other.text == nothing.text, "one cannot tell it from one that there is not"
        for path in [*unknown, "/invoices/x", "/paid", f"/paid?payment_id={NOBODY}", "/feedback"]:
            assert (await otto.get(path)).status_code == 404, path

    @pytest.mark.parametrize(
        "path", ["/", "/autopay", f"/invoices/{INVOICE}", f"/feedback?case_id={DISPUTE}"]
    )
    async def test_a_stranger_is_led_to_sign_in_and_back(self, portal: Any, path: str) -> None:
        browser = portal.browser()
        to_sign_in = await browser.get(path)
        asking = await browser.get(to_sign_in.headers["location"])
        (to,) = re.findall(r'name="to" value="([^"]*)"', asking.text)

        asked = await browser.post("/sign-in/links", data={"email": ERIKA, "to": unescape(to)})
        assert (to_sign_in.status_code, asked.status_code) == (303, 200)
        link = await portal.mailed_link()
        page = await browser.get(link)
        given = dict(re.findall(r'name="(token|to)" value="([^"]*)"', page.text))
        back = await browser.post(
            "/sign-in", data={name: unescape(one) for name, one in given.items()}
        )

        assert (back.status_code, back.headers["location"]) == (303, path)
        assert (await browser.get(path)).status_code == 200

    async def test_an_expired_session_signs_in_again(
        self, portal: Any, erika: httpx.AsyncClient
    ) -> None:
        plan = (await proposed(erika))["plan_id"]
        portal.move(timedelta(hours=1))

        looked = await erika.get(f"/plans/{plan}")
        said = await erika.post(f"/plans/{plan}/refusals")

        wanted = f"/sign-in?to=%2Fplans%2F{plan}&again=1"
        assert [one.headers["location"] for one in (looked, said)] == [wanted, wanted]
        assert "signed out" in text_of(await erika.get(wanted))

    @pytest.mark.parametrize(
        "to",
        [
            *("https://evil.example", "//evil.example", "/\\evil.example", "/%2F/evil.example"),
            *("/plans/../sign-out", f"/plans/{NOBODY}@evil.example", "javascript:alert(1)"),
            *(f"/plans/{NOBODY}\n", "/v1/me", "", "/autopay/ends", "/autopay?x=1"),
        ],
    )
    async def test_a_sign_in_leads_to_our_own_pages_alone(self, portal: Any, to: str) -> None:
        browser = portal.browser()
        asking = await browser.get("/sign-in", params={"to": to})
        assert 'name="to" value="/"' in asking.text
        await browser.post("/sign-in/links", data={"email": ERIKA, "to": to})

        back = await browser.post("/sign-in", data={"token": await portal.mailed(), "to": to})

        assert (back.status_code, back.headers["location"]) == (303, "/")

    async def test_who_may_only_look_gets_no_button(self, portal: Any) -> None:
        viewer = portal.customer(CUSTOMER, (ERIKA, erp.Role.OTHER), version=2)
        browser = portal.browser()
        await portal.sign_in(browser)
        plan = await proposed(browser)
        await portal.hear(viewer)

        pages = [await browser.get(path) for path in ("/", f"/plans/{plan['plan_id']}")]
        said = await browser.post(f"/plans/{plan['plan_id']}/refusals")

        assert not any("<form" in one.text.partition("<main")[2] for one in pages)
        assert said.status_code == 403
        assert "may look" in text_of(said)

    async def test_forms_come_from_our_own_pages(
        self, portal: Any, erika: httpx.AsyncClient
    ) -> None:
        plan = await proposed(erika)
        foreign = {"Sec-Fetch-Site": "cross-site"}

        known = (f"/plans/{plan['plan_id']}/refusals", f"/disputes/{DISPUTE}/papers")
        for path in (*known, "/sign-out", "/payments", "/customers"):
            answer = await erika.post(path, headers=foreign)
            assert answer.status_code == 403, path
        asked = await portal.browser().post(
            "/sign-in/links", data={"email": ERIKA}, headers=foreign
        )
        assert asked.status_code == 403


class TestAsking:
    async def test_says_the_same_of_an_unknown_address(self, portal: Any) -> None:
        known, unknown = [
            await portal.browser().post("/sign-in/links", data={"email": address})
            for address in (ERIKA, "nobody@nowhere.example")
        ]

        hidden = re.compile(r'class="code">[A-Z0-9]+<')
        assert hidden.sub("", known.text) == hidden.sub("", unknown.text)
        assert known.headers.keys() == unknown.headers.keys()

    async def test_is_limited(self, portal: Any) -> None:
        answers = [
            await portal.browser().post("/sign-in/links", data={"email": ERIKA}) for _ in range(6)
        ]

        assert [one.status_code for one in answers] == [200] * 5 + [429]
        assert "too often" in text_of(answers[-1])
        assert int(answers[-1].headers["Retry-After"]) > 0

    async def test_in_another_browser_leads_to_the_page_with_the_code(self, portal: Any) -> None:
        asker, phone = portal.browser(), portal.browser()
        to = f"/invoices/{INVOICE}"
        asked = await asker.post("/sign-in/links", data={"email": ERIKA, "to": to})
        (code,) = re.findall(r'class="code">([A-Z0-9]+)<', asked.text)
        token = (await portal.mailed()).partition("?")[0]

        wanted = await phone.post("/sign-in", data={"token": token, "to": to})
        back = await phone.post("/sign-in", data={"token": token, "to": to, "code": code})

        assert f'name="to" value="{to}"' in wanted.text
        assert back.headers["location"] == to


class TestAnOperatorWithPagesOfTheirOwn:
    @pytest.fixture
    def more_settings(self) -> dict[str, Any]:
        return {"portal_api_home_url": "https://shop.example/account"}

    async def test_has_their_customers_led_there_but_for_a_page_of_ours(self, portal: Any) -> None:
        places = []
        for to in ("/", f"/invoices/{INVOICE}"):
            browser = portal.browser()
            await browser.post("/sign-in/links", data={"email": ERIKA, "to": to})
            given = {"token": await portal.mailed(), "to": to}
            places.append((await browser.post("/sign-in", data=given)).headers["location"])

        assert places == ["https://shop.example/account", f"/invoices/{INVOICE}"]


class TestHome:
    async def test_says_who_one_is_and_what_is_open(
        self, portal: Any, erika: httpx.AsyncClient
    ) -> None:
        await promised(erika)

        shown = text_of(await erika.get("/"))

        assert "erika, für Muster (K-Muster)" in shown
        assert "Jetzt offen 1.200,00 EUR davon überfällig: 1.200,00 EUR" in shown
        assert "fällig am 9. April 2026, 11 Tage überfällig" in shown
        assert "200,00 EUR zugesagt" in shown
        assert "Katrin Vogel" in shown
        assert "9" not in re.findall(r"/invoices/[^\"]*", shown), "only one's own"

    async def test_when_nothing_is_open_says_thank_you(
        self, portal: Any, erika: httpx.AsyncClient
    ) -> None:
        await portal.hear(portal.pays("1200.00", left="0.00"))

        assert "Es ist nichts offen. Vielen Dank!" in text_of(await erika.get("/"))

    async def test_leaves_out_what_is_disputed(self, portal: Any, erika: httpx.AsyncClient) -> None:
        page = await erika.get("/")

        held = next(one for one in our_examples() if isinstance(one, disputes.DisputeOpened))
        assert held.items[0].held == "100.00"
        assert f'name="item" value="{INVOICE}:1100.00"' in page.text
        assert "100,00 EUR reklamiert" in text_of(page)

    async def test_sums_each_currency_by_itself(
        self, portal: Any, erika: httpx.AsyncClient
    ) -> None:
        dollars = object_id(SOURCE, "invoice", "RE-USD")
        await portal.hear(
            portal.invoice(invoice_id=dollars, legal_entity="US01", currency="USD", open="70.00")
        )

        shown = text_of(await erika.get("/"))
        assert "1.200,00 EUR" in shown
        assert "Alles an Acme Tools Inc. zahlen: 70,00 USD" in shown
        assert "Daniel Ortiz" in shown

    async def test_lets_choose_another_customer_of_the_same_address(
        self, portal: Any, erika: httpx.AsyncClient
    ) -> None:
        before = erika.cookies["__Host-session"]
        await portal.hear(
            portal.customer(OTHER_CUSTOMER, (ERIKA, erp.Role.BILLING), name="Other", version=2)
        )
        assert "Other ansehen" in text_of(await erika.get("/"))

        chosen = await erika.post("/customers", data={"customer_id": str(OTHER_CUSTOMER)})
        foreign = await erika.post("/customers", data={"customer_id": str(NOBODY)})

        assert (chosen.status_code, foreign.status_code) == (303, 403)
        assert "für Other" in text_of(await erika.get("/"))
        assert (await erika.get(f"/invoices/{INVOICE}")).status_code == 404
        assert (await erika.get(f"/invoices/{OTHER_INVOICE}")).status_code == 200
        old = portal.browser(Cookie=f"__Host-session={before}")
        assert (await old.get("/")).status_code == 303, "the session before has ended"

    async def test_signs_out(self, erika: httpx.AsyncClient) -> None:
        assert (await erika.post("/sign-out")).headers["location"] == "/sign-in"
        assert (await erika.get("/")).status_code == 303


class TestPlan:
    async def test_shows_the_text_and_takes_yes_once(
        self, portal: Any, erika: httpx.AsyncClient
    ) -> None:
        plan = await proposed(erika)
        path = f"/plans/{plan['plan_id']}"
        page = await erika.get(path)
        assert plan["terms"]["text"].splitlines()[0] in text_of(page)
        (text_hash,) = re.findall(r'name="text_hash" value="([^"]+)"', page.text)

        for _ in range(2):
            said = await erika.post(f"{path}/acceptances", data={"text_hash": text_hash})
            assert (said.status_code, said.headers["location"]) == (303, path)

        after = await erika.get(path)
        assert "vereinbart" in text_of(after)
        assert "/acceptances" not in after.text.partition("<main")[2]
        assert len([one for one in await portal.told() if one.get("state") == "active"]) == 1

    async def test_takes_no_once_with_words(self, portal: Any, erika: httpx.AsyncClient) -> None:
        plan = await proposed(erika)
        path = f"/plans/{plan['plan_id']}"

        for _ in range(2):
            await erika.post(f"{path}/refusals", data={"words": HOSTILE})

        refused = [one for one in await portal.told() if one.get("state") == "refused"]
        assert [one["reason"] for one in refused] == [HOSTILE]
        after = await erika.get(path)
        assert "von Ihnen abgelehnt" in text_of(after)
        assert "<script" not in after.text

    async def test_takes_no_other_text_than_the_one_that_was_read(
        self, erika: httpx.AsyncClient
    ) -> None:
        plan = await proposed(erika)
        path = f"/plans/{plan['plan_id']}/acceptances"

        assert (await erika.post(path, data={"text_hash": "0" * 64})).status_code == 409
        assert (await erika.post(path, data={"text_hash": "x"})).status_code == 422

    async def test_after_its_time_offers_no_answer(
        self, portal: Any, erika: httpx.AsyncClient
    ) -> None:
        plan = await proposed(erika)
        portal.move(timedelta(days=8))
        await portal.sign_in(erika)

        page = await erika.get(f"/plans/{plan['plan_id']}")
        assert "<form" not in page.text.partition("<main")[2]


class TestFeedback:
    async def test_is_taken_once_of_a_closed_case(
        self, portal: Any, erika: httpx.AsyncClient, closed: Callable[[], Awaitable[None]]
    ) -> None:
        given = {"case_id": str(DISPUTE), "score": "4", "words": "Quick"}
        assert (await erika.post("/feedback", data=given)).status_code == 409
        await closed()

        answers = [await erika.post("/feedback", data=given) for _ in range(2)]
        other = await erika.post("/feedback", data=given | {"score": "1"})

        assert [one.status_code for one in answers] == [200, 200]
        assert "Vielen Dank" in text_of(answers[0])
        assert other.status_code == 409
        assert [one["score"] for one in await portal.told() if "score" in one] == [4]

    @pytest.fixture
    def closed(self, portal: Any) -> Callable[[], Awaitable[None]]:
        async def close() -> None:
            fact = next(one for one in our_examples() if isinstance(one, disputes.DisputeClosed))
            later = {"dispute_id": DISPUTE, "version": 99, "state": disputes.State.CLOSED}
            await portal.hear(fact.model_copy(update=later))

        return close


class TestEveryPage:
    async def test_escapes_what_others_wrote_and_runs_nothing(
        self, portal: Any, erika: httpx.AsyncClient
    ) -> None:
        opened = next(one for one in our_examples() if isinstance(one, disputes.DisputeOpened))
        item = opened.items[0].model_copy(update={"invoice_number": HOSTILE})
        await portal.hear(
            portal.customer(CUSTOMER, (ERIKA, erp.Role.BILLING), version=2, name=HOSTILE),
            portal.invoice(invoice_number=HOSTILE, payment_reference=HOSTILE, version=2),
            opened.model_copy(update={"words": HOSTILE, "items": (item,), "version": 9}),
        )
        known = things((await proposed(erika))["plan_id"], await promised(erika))

        for path in ["/", *known.values()]:
            page = await erika.get(path)
            assert page.status_code == 200, path
            assert "<script" not in page.text, path
            assert "1337" not in page.text, path
            policy = page.headers["Content-Security-Policy"]
            assert policy.startswith("default-src 'none'; style-src 'sha256-")
            assert "script" not in policy
            assert page.headers["Cache-Control"] == "no-store"
        assert "&lt;script&gt;" in (await erika.get("/")).text

    async def test_speaks_the_contact_s_language_and_a_stranger_s(
        self, portal: Any, erika: httpx.AsyncClient
    ) -> None:
        british = portal.customer(CUSTOMER, (ERIKA, erp.Role.BILLING), version=2)
        await portal.hear(british.model_copy(update={"language": "en"}))
        home = await erika.get("/", headers={"Accept-Language": "de"})
        assert 'lang="en"' in home.text
        assert "1,200.00 EUR" in text_of(home)

        asking = await portal.browser().get("/sign-in", headers={"Accept-Language": "de-AT,en"})
        assert 'lang="de"' in asking.text

    async def test_uses_the_style_that_its_policy_allows(self, erika: httpx.AsyncClient) -> None:
        page = await erika.get("/")
        (style,) = re.findall(r"<style>(.*?)</style>", page.text, flags=re.DOTALL)

        hashed = b64encode(sha256(style.encode()).digest()).decode()
        assert f"'sha256-{hashed}'" in page.headers["Content-Security-Policy"]
        assert 'style="' not in page.text
