"""Signing in: by a mailed link that looking at does not use up, in the browser that asked or with its code."""

import asyncio
import logging
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx
import pytest

from shared.base.ids import object_id
from shared.contracts import erp
from shared.instruments.exporters import start_tracing, stop_tracing
from shared.testing.examples import CUSTOMER, SOURCE
from shared.web.app import create_app

URL = "https://portal.example"
ERIKA, NOBODY = "erika@muster.example", "nobody@nowhere.example"
OTHER_CUSTOMER = object_id(SOURCE, "customer", "K-20000")


def code_of(answer: httpx.Response) -> str:
    code: str = answer.json()["code"]
    return code


async def open_with(browser: httpx.AsyncClient, token: str, **more: str) -> httpx.Response:
    return await browser.post("/v1/sessions", json={"token": token, **more})


class TestLink:
    async def test_signs_in_where_it_was_asked_for(self, portal: Any) -> None:
        browser = portal.browser()
        await portal.ask(browser)

        answer = await open_with(browser, await portal.mailed())

        assert answer.status_code == 201
        assert answer.json()["customer"]["customer_id"] == str(CUSTOMER)
        assert (await browser.get("/v1/me")).json()["contact"]["email"] == ERIKA

    async def test_a_scanner_opens_it_five_times_and_it_still_works(self, portal: Any) -> None:
        browser, scanner = portal.browser(), portal.browser()
        await portal.ask(browser)
        token = await portal.mailed()

        looks = [await scanner.get(f"/sign-in/{token}") for _ in range(5)]

        assert {look.status_code for look in looks} == {200}
        assert len({look.text for look in looks}) == 1
        assert not scanner.cookies
        assert (await open_with(browser, token)).status_code == 201

    async def test_opens_once(self, portal: Any) -> None:
        browser = portal.browser()
        await portal.ask(browser)
        token = await portal.mailed()
        await open_with(browser, token)

        again = await open_with(browser, token)

        assert (again.status_code, code_of(again)) == (409, "sign-in-used")

    async def test_opens_once_though_several_come_at_the_same_time(self, portal: Any) -> None:
        browser = portal.browser()
        await portal.ask(browser)
        token = await portal.mailed()
        connected = [portal.rows("SELECT pg_sleep(0.1)") for _ in range(5)]
        await asyncio.gather(*connected)

        answers = await asyncio.gather(*(open_with(browser, token) for _ in range(5)))

        assert sorted(answer.status_code for answer in answers) == [201] + [409] * 4
        assert len(await portal.rows("SELECT * FROM sessions")) == 1

    async def test_opens_nothing_after_ten_minutes(self, portal: Any) -> None:
        browser = portal.browser()
        await portal.ask(browser)
        portal.move(timedelta(minutes=10))

        late = await open_with(browser, await portal.mailed())

        assert (late.status_code, code_of(late)) == (410, "sign-in-expired")

    async def test_one_that_we_never_mailed_is_unknown(self, portal: Any) -> None:
        answer = await open_with(portal.browser(), "x" * 43)

        assert (answer.status_code, code_of(answer)) == (404, "sign-in-unknown")

    async def test_opens_nothing_once_the_contact_is_removed(self, portal: Any) -> None:
        browser = portal.browser()
        await portal.ask(browser)
        await portal.hear(portal.customer(version=2))

        answer = await open_with(browser, await portal.mailed())

        assert (answer.status_code, code_of(answer)) == (403, "contact-gone")


class TestOtherBrowser:
    async def test_wants_the_code_that_the_first_one_shows(self, portal: Any) -> None:
        phone = portal.browser()
        shown = await portal.ask(portal.browser())
        token = await portal.mailed()

        without = await open_with(phone, token)
        answer = await open_with(phone, token, code=shown["code"].lower())

        assert (without.status_code, code_of(without)) == (403, "code-wanted")
        assert answer.status_code == 201

    async def test_three_wrong_codes_are_the_end_of_it(self, portal: Any) -> None:
        asker, phone = portal.browser(), portal.browser()
        shown = await portal.ask(asker)
        token = await portal.mailed()

        wrong = [code_of(await open_with(phone, token, code="000000")) for _ in range(3)]

        assert wrong == ["code-wrong"] * 3
        for browser in (phone, asker):
            answer = await open_with(browser, token, code=shown["code"])
            assert (answer.status_code, code_of(answer)) == (410, "sign-in-dead")

    async def test_the_code_of_another_sign_in_is_wrong(self, portal: Any) -> None:
        other = await portal.ask(portal.browser())
        await portal.ask(portal.browser())

        answer = await open_with(portal.browser(), await portal.mailed(), code=other["code"])

        assert code_of(answer) == "code-wrong"


class TestUnknownAddress:
    async def test_is_answered_in_the_same_shape(self, portal: Any) -> None:
        known, unknown = [
            await portal.browser().post("/v1/sign-ins", json={"email": email})
            for email in (ERIKA, NOBODY)
        ]

        assert known.status_code == unknown.status_code == 202
        assert list(known.headers) == list(unknown.headers)
        assert known.headers["content-length"] == unknown.headers["content-length"]
        for one in (known, unknown):
            assert list(one.json()) == ["sign_in_id", "code", "expires_at"]
            (cookie,) = one.headers.get_list("set-cookie")
            assert re.fullmatch(
                r"__Host-sign-in=[\w-]{43}; HttpOnly; Path=/; SameSite=lax; Secure", cookie
            )

    async def test_is_mailed_nothing(self, portal: Any) -> None:
        await portal.ask(portal.browser(), NOBODY)

        assert await portal.told() == []

    async def test_leaves_the_same_traces_in_the_tables_but_no_address(self, portal: Any) -> None:
        await portal.ask(portal.browser(), NOBODY)

        assert len(await portal.rows("SELECT * FROM asks")) == 2
        (row,) = await portal.rows("SELECT * FROM sign_ins")
        assert row["address"] is None


class TestLimits:
    async def test_an_address_is_mailed_so_often_and_no_more(self, portal: Any) -> None:
        for email in (ERIKA, NOBODY):
            answers = [
                await portal.browser().post("/v1/sign-ins", json={"email": email}) for _ in range(6)
            ]

            *fine, refused = [answer.status_code for answer in answers]
            assert (fine, refused) == ([202] * 5, 429)
            assert code_of(answers[-1]) == "too-many-sign-ins"
            assert answers[-1].headers["retry-after"] == "900"
        assert len(await portal.told()) == 5

    async def test_holds_for_those_who_ask_at_the_same_time(self, portal: Any) -> None:
        asks = [portal.browser().post("/v1/sign-ins", json={"email": ERIKA}) for _ in range(12)]

        answers = await asyncio.gather(*asks)

        assert sorted(answer.status_code for answer in answers) == [202] * 5 + [429] * 7

    async def test_opens_again_when_the_window_has_passed(self, portal: Any) -> None:
        for _ in range(5):
            await portal.ask(portal.browser())
        portal.move(timedelta(seconds=900))

        await portal.ask(portal.browser())

    async def test_a_network_asks_so_often_for_whatever_addresses(self, portal: Any) -> None:
        for n in range(50):
            await portal.ask(portal.browser(), f"{n}@nowhere.example")

        refused = await portal.browser().post("/v1/sign-ins", json={"email": ERIKA})

        assert (refused.status_code, code_of(refused)) == (429, "too-many-sign-ins")


class TestKey:
    """`Idempotency-Key` where the answer holds a secret."""

    KEY = MappingProxyType({"Idempotency-Key": "k-1"})

    async def test_asks_for_one_link_and_says_the_same_of_it(self, portal: Any) -> None:
        browser, asked = portal.browser(), {"email": ERIKA}

        first, again = [
            await browser.post("/v1/sign-ins", json=asked, headers=self.KEY) for _ in range(2)
        ]

        assert (first.status_code, again.status_code) == (202, 202)
        assert first.json() == again.json()
        assert first.headers["set-cookie"] == again.headers["set-cookie"]
        assert "idempotency-replayed" not in first.headers
        assert again.headers["idempotency-replayed"] == "true"
        assert again.headers["cache-control"] == "no-store"
        assert len(await portal.told()) == 1

    async def test_asks_once_however_many_come_at_once(self, portal: Any) -> None:
        asks = [
            portal.browser().post("/v1/sign-ins", json={"email": ERIKA}, headers=self.KEY)
            for _ in range(5)
        ]

        answers = await asyncio.gather(*asks)

        assert {one.status_code for one in answers} <= {202, 409}
        assert {code_of(one) for one in answers if one.status_code == 409} <= {"request-in-flight"}
        assert len(await portal.told()) == 1

    async def test_used_for_another_address_is_refused_and_mails_nobody(self, portal: Any) -> None:
        browser = portal.browser()
        await browser.post("/v1/sign-ins", json={"email": NOBODY}, headers=self.KEY)

        other = await browser.post("/v1/sign-ins", json={"email": ERIKA}, headers=self.KEY)

        assert (other.status_code, code_of(other)) == (422, "idempotency-key-reused")
        assert await portal.told() == []

    async def test_of_another_network_is_another(self, portal: Any) -> None:
        asked = {"json": {"email": ERIKA}, "headers": self.KEY}
        answers = []
        for host in ("203.0.113.7", "203.0.113.8"):
            transport = httpx.ASGITransport(portal.app, client=(host, 1))
            async with httpx.AsyncClient(transport=transport, base_url=URL) as http:
                answers.append(await http.post("/v1/sign-ins", **asked))

        first, other = answers
        assert first.json()["code"] != other.json()["code"]
        assert "idempotency-replayed" not in other.headers

    async def test_opens_one_session_though_the_first_answer_was_lost(self, portal: Any) -> None:
        shown = await portal.ask(portal.browser())
        opening = {"token": await portal.mailed(), "code": shown["code"]}
        frontend = portal.browser()

        first, again = [
            await frontend.post("/v1/sessions", json=opening, headers=self.KEY) for _ in range(2)
        ]
        other = await frontend.post("/v1/sessions", json=opening, headers={"Idempotency-Key": "2"})

        assert (first.status_code, again.status_code) == (201, 201)
        assert first.json() == again.json()
        assert again.cookies["__Host-session"] == first.json()["session_token"]
        assert (other.status_code, code_of(other)) == (409, "sign-in-used")
        assert len(await portal.rows("SELECT FROM sessions")) == 1

    async def test_gives_a_session_to_no_other_browser(self, portal: Any) -> None:
        asking = portal.browser()
        await portal.ask(asking)
        opening = {"token": await portal.mailed()}

        first = await asking.post("/v1/sessions", json=opening, headers=self.KEY)
        thief = await portal.browser().post("/v1/sessions", json=opening, headers=self.KEY)

        assert first.status_code == 201
        assert (thief.status_code, code_of(thief)) == (409, "sign-in-used")

    async def test_counts_a_wrong_code_each_time(self, portal: Any) -> None:
        await portal.ask(portal.browser())
        opening = {"token": await portal.mailed(), "code": "222222"}

        codes = [
            code_of(await portal.browser().post("/v1/sessions", json=opening, headers=self.KEY))
            for _ in range(4)
        ]

        assert codes == [*["code-wrong"] * 3, "sign-in-dead"]


class TestAddress:
    """Who may come in is decided by it."""

    @pytest.mark.parametrize(
        ("theirs", "ours"),
        [
            ("ap@fu\N{LATIN SMALL LETTER SHARP S}ball.example", "ap@fussball.example"),
            ("ap@\N{LATIN SMALL LIGATURE FI}ne.example", "ap@fine.example"),
            ("\N{LATIN SMALL LETTER LONG S}am@x.example", "sam@x.example"),
            ("\N{KELVIN SIGN}@x.example", "k@x.example"),
        ],
    )
    async def test_that_only_looks_like_another_s_opens_nothing_of_theirs(
        self, portal: Any, theirs: str, ours: str
    ) -> None:
        await portal.hear(
            portal.customer(CUSTOMER, (theirs, erp.Role.BILLING), version=2),
            portal.customer(OTHER_CUSTOMER, (ours, erp.Role.BILLING), version=2, name="Other"),
        )
        found = {}
        for address in (theirs, ours):
            browser = portal.browser()
            await portal.sign_in(browser, address)
            found[address] = (await browser.get("/v1/me")).json()

        assert found[theirs]["customer"]["customer_id"] == str(CUSTOMER)
        assert found[ours]["customer"]["customer_id"] == str(OTHER_CUSTOMER)
        assert found[theirs]["other_customers"] == found[ours]["other_customers"] == []

    async def test_is_the_same_in_capitals(self, portal: Any) -> None:
        browser = portal.browser()
        await portal.sign_in(browser, "ERIKA@Muster.Example")

        assert (await browser.get("/v1/me")).status_code == 200

    @pytest.mark.parametrize(
        "wrong",
        [
            *("", "x", "a@", "@b", "a b@c.example", "a@b@c", "a@b\x00.example", "a@b\r\nBcc: c@d"),
            *("a" * 250 + "@b.example", 7, None, [ERIKA], {"a": 1}, True),
        ],
    )
    async def test_that_is_none_is_refused_and_not_repeated(
        self, portal: Any, wrong: object
    ) -> None:
        answer = await portal.browser().post("/v1/sign-ins", json={"email": wrong})

        assert (answer.status_code, code_of(answer)) == (422, "request-invalid")
        assert "Bcc" not in answer.text
        assert "a" * 33 not in answer.text


class TestSeveralCustomers:
    @pytest.fixture(autouse=True)
    async def twice(self, portal: Any) -> None:
        """Erika acts for the other customer too, and may only look there."""
        await portal.hear(
            portal.customer(
                OTHER_CUSTOMER, ("otto@other.example", erp.Role.DECISION_MAKER), (ERIKA, erp.Role.OTHER),
                version=2, name="Other",
            ),
        )  # fmt: skip

    async def test_are_listed_to_choose_and_the_link_is_still_good(self, portal: Any) -> None:
        browser = portal.browser()
        await portal.ask(browser)
        token = await portal.mailed()

        listed = await open_with(browser, token)
        chosen = await open_with(browser, token, customer_id=str(OTHER_CUSTOMER))

        assert listed.status_code == 300
        offered = {one["customer_id"] for one in listed.json()["customers"]}
        assert offered == {str(CUSTOMER), str(OTHER_CUSTOMER)}
        assert chosen.status_code == 201
        assert chosen.json()["customer"]["roles"] == ["view"]

    async def test_are_not_shown_to_a_browser_without_the_code(self, portal: Any) -> None:
        await portal.ask(portal.browser())

        answer = await open_with(portal.browser(), await portal.mailed())

        assert (answer.status_code, code_of(answer)) == (403, "code-wanted")
        assert str(OTHER_CUSTOMER) not in answer.text

    async def test_only_own_ones_can_be_chosen(self, portal: Any) -> None:
        browser = portal.browser()
        await portal.ask(browser)

        answer = await open_with(
            browser, await portal.mailed(), customer_id=str(object_id(SOURCE, "customer", "K-3"))
        )

        assert (answer.status_code, code_of(answer)) == (403, "customer-not-yours")

    async def test_get_one_mail(self, portal: Any) -> None:
        await portal.ask(portal.browser())

        assert len(await portal.told()) == 1

    async def test_the_others_are_named(self, portal: Any) -> None:
        browser = portal.browser()
        await portal.sign_in(browser, customer_id=CUSTOMER)

        me = (await browser.get("/v1/me")).json()

        assert me["customer"]["customer_id"] == str(CUSTOMER)
        assert [one["customer_id"] for one in me["other_customers"]] == [str(OTHER_CUSTOMER)]


class TestPage:
    async def test_has_no_script_and_tells_nobody_where_it_is(self, portal: Any) -> None:
        page = await portal.browser().get(f"/sign-in/{'x' * 43}")

        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert "<script" not in page.text
        policy = page.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert policy.endswith("form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
        assert page.headers["referrer-policy"] == "no-referrer"
        assert page.headers["cache-control"] == "no-store"

    async def test_speaks_german(self, portal: Any) -> None:
        page = await portal.browser(**{"Accept-Language": "de-AT,de"}).get(f"/sign-in/{'x' * 43}")

        assert '<html lang="de">' in page.text
        assert "Anmelden" in page.text

    async def test_its_button_signs_in(self, portal: Any) -> None:
        browser = portal.browser()
        await portal.ask(browser)

        done = await browser.post("/sign-in", data={"token": await portal.mailed()})

        assert (done.status_code, done.headers["location"]) == (303, "/")
        assert (await browser.get("/v1/me")).status_code == 200

    async def test_asks_another_browser_for_the_code(self, portal: Any) -> None:
        phone = portal.browser()
        shown = await portal.ask(portal.browser())
        token = await portal.mailed()

        asked = await phone.post("/sign-in", data={"token": token})
        done = await phone.post("/sign-in", data={"token": token, "code": shown["code"]})

        assert asked.status_code == 403
        assert 'name="code" required' in asked.text
        assert done.status_code == 303

    async def test_lets_choose_among_customers(self, portal: Any) -> None:
        await portal.hear(
            portal.customer(OTHER_CUSTOMER, (ERIKA, erp.Role.OTHER), version=2, name="<Other>")
        )
        browser = portal.browser()
        await portal.ask(browser)
        token = await portal.mailed()

        listed = await browser.post("/sign-in", data={"token": token})
        form = {"token": token, "customer_id": str(OTHER_CUSTOMER)}

        assert listed.status_code == 300
        assert "&lt;Other&gt;" in listed.text
        assert "<Other>" not in listed.text
        assert (await browser.post("/sign-in", data=form)).status_code == 303

    @pytest.mark.parametrize(
        "headers",
        [
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {},
        ],
    )
    async def test_a_foreign_page_cannot_sign_anybody_in(
        self, portal: Any, headers: dict[str, str]
    ) -> None:
        browser = portal.browser()
        shown = await portal.ask(browser)
        del browser.headers["Sec-Fetch-Site"]
        form = {"token": await portal.mailed(), "code": shown["code"]}

        answer = await browser.post("/sign-in", data=form, headers=headers)

        assert (answer.status_code, code_of(answer)) == (403, "origin-foreign")

    async def test_an_old_browser_says_its_origin(self, portal: Any) -> None:
        browser = portal.browser()
        await portal.ask(browser)
        del browser.headers["Sec-Fetch-Site"]

        form = {"token": await portal.mailed()}
        answer = await browser.post(
            "/sign-in", data=form, headers={"Origin": "https://portal.example"}
        )

        assert answer.status_code == 303


class TestSecrets:
    async def test_are_told_only_sealed_and_kept_only_hashed(
        self, portal: Any, logged: Callable[[str], str]
    ) -> None:
        browser, key = portal.browser(), {"Idempotency-Key": "k-1"}
        asked = await browser.post("/v1/sign-ins", json={"email": ERIKA}, headers=key)
        shown, token = asked.json(), await portal.mailed()
        asking = browser.cookies["__Host-sign-in"]
        await browser.get(f"/sign-in/{token}")
        await browser.post("/v1/sessions", json={"token": token}, headers=key)
        session = await portal.sign_in(browser)
        secrets = [token, shown["code"], asking, session, browser.cookies["__Host-session"]]

        kept = ""
        for table in ("sign_ins", "sessions", "asks", "outbox", "idempotency_keys"):
            for row in await portal.rows(f"SELECT * FROM {table}"):
                kept += " ".join(
                    value.decode("latin-1") if isinstance(value, bytes) else str(value)
                    for value in row.values()
                )
        assert [one for one in secrets if one in kept + logged("portal-api")] == []
        assert ERIKA not in str(await portal.told())

    async def test_make_no_span(self, portal: Any, tmp_path: Path) -> None:
        file = tmp_path / "spans"
        provider = start_tracing("portal-api", file=str(file))
        portal.app = create_app(portal.service)
        browser = portal.browser()
        await portal.ask(browser)
        token = await portal.mailed()

        await browser.get(f"/sign-in/{token}")
        await browser.post("/sign-in", data={"token": token})
        await browser.get("/v1/me")
        stop_tracing(provider)

        traced = file.read_text()
        assert "/v1/me" in traced
        assert token not in traced

    async def test_a_path_that_holds_one_is_logged_without_it(
        self, logged: Callable[[str], str]
    ) -> None:
        logging.getLogger("x").warning("GET https://portal.example/sign-in/%s", "s3cret" * 7)

        assert "s3cret" not in logged("portal-api")
        assert "/sign-in/…" in logged("portal-api")
