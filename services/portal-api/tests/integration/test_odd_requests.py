"""Requests that no page of ours would send: each is answered by a name, and none moves anything."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from shared.testing.examples import INVOICE

NOBODY = UUID(int=7)
LISTS = (
    *("/v1/invoices", "/v1/payments", "/v1/credits", "/v1/messages", "/v1/disputes"),
    *("/v1/promises", "/v1/plans", "/v1/charges"),
)
ITEM = {"invoice_id": str(INVOICE), "amount": "100.00"}
WRITES = {
    "/v1/promises": {"items": [ITEM], "pay_on": "2026-04-30"},
    "/v1/plan-quotes": {"items": [ITEM], "first_on": "2026-04-30", "parts": 2},
    "/v1/hardship-requests": {"words": "we had a flood"},
    "/v1/call-requests": {"words": "please call"},
}


@pytest.fixture
async def erika(portal: Any) -> httpx.AsyncClient:
    browser: httpx.AsyncClient = portal.browser()
    await portal.sign_in(browser)
    return browser


def name_of(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return answer.status_code, answer.json()["code"]


class TestLists:
    @pytest.mark.parametrize("path", LISTS)
    @pytest.mark.parametrize(
        ("asked", "refused"),
        [
            ("limit=0", (422, "request-invalid")),
            ("limit=201", (422, "request-invalid")),
            ("limit=-1", (422, "request-invalid")),
            ("limit=99999999999999999999999", (422, "request-invalid")),
            ("limit=1.5", (422, "request-invalid")),
            ("limit=", (422, "request-invalid")),
            ("cursor=x", (400, "cursor-unreadable")),
            ("cursor=%00", (400, "cursor-unreadable")),
            ("cursor=%ED%A0%80", (400, "cursor-unreadable")),
            ("cursor=" + "x" * 2_000, (422, "request-invalid")),
        ],
    )
    async def test_refuse_what_is_no_page(
        self, erika: httpx.AsyncClient, path: str, asked: str, refused: tuple[int, str]
    ) -> None:
        assert name_of(await erika.get(f"{path}?{asked}")) == refused

    @pytest.mark.parametrize("path", LISTS)
    async def test_take_no_cursor_of_another_list(
        self, portal: Any, erika: httpx.AsyncClient, path: str
    ) -> None:
        for n in (1, 2):
            await portal.hear(portal.message(message_id=UUID(int=n)))
        cursor = (await erika.get("/v1/messages?limit=1")).json()["next"]

        answer = await erika.get(path, params={"cursor": cursor})

        if path == "/v1/messages":
            assert answer.status_code == 200
        else:
            assert name_of(answer) == (400, "cursor-unreadable")


class TestPages:
    async def test_neither_repeat_nor_skip_while_others_are_written(
        self, portal: Any, erika: httpx.AsyncClient
    ) -> None:
        """All of one instant: the id decides among them."""
        await portal.hear(*(portal.message(message_id=UUID(int=n)) for n in range(10, 15)))
        listed = (await erika.get("/v1/messages")).json()["items"]
        before = [one["message_id"] for one in listed]

        seen, asked = [], {"limit": "2"}
        while True:
            page = (await erika.get("/v1/messages", params=asked)).json()
            seen += [one["message_id"] for one in page["items"]]
            later = portal.service.clock.now() + timedelta(hours=len(seen))
            await portal.hear(portal.message(message_id=UUID(int=100 + len(seen)), at=later))
            if page["next"] is None:
                break
            asked["cursor"] = page["next"]

        assert len(before) == 6
        assert seen == before


class TestDays:
    @pytest.mark.parametrize("day", ["0001-01-01", "1582-10-10", "2026-04-19", "9999-12-31"])
    async def test_of_a_statement_may_be_long_ago_or_far_away(
        self, erika: httpx.AsyncClient, day: str
    ) -> None:
        answer = await erika.get("/v1/statement", params={"as_of": day})

        assert answer.status_code == 200
        for account in answer.json()["accounts"]:
            assert account["as_of"] == day
            assert all(line["on"] <= day for line in account["lines"])

    @pytest.mark.parametrize(
        "day", ["2026-02-30", "0000-01-01", "10000-01-01", "20260420", "now", "", "\x00", "-1"]
    )
    async def test_that_there_are_not_are_refused(self, erika: httpx.AsyncClient, day: str) -> None:
        answer = await erika.get("/v1/statement", params={"as_of": day})

        assert name_of(answer) == (422, "request-invalid")

    @pytest.mark.parametrize(
        ("path", "field"),
        [
            ("/v1/promises", "pay_on"),
            ("/v1/plan-quotes", "first_on"),
            ("/v1/hardship-requests", "wants_until"),
        ],
    )
    @pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
    async def test_far_away_are_answered_by_a_name(
        self, erika: httpx.AsyncClient, path: str, field: str, day: str
    ) -> None:
        answer = await erika.post(path, json=WRITES[path] | {field: day})

        assert answer.status_code < 500, answer.text


class TestWrites:
    @pytest.mark.parametrize("path", WRITES)
    async def test_same_key_and_same_words_are_answered_as_before(
        self, portal: Any, erika: httpx.AsyncClient, path: str
    ) -> None:
        key, body = {"Idempotency-Key": "k-1"}, WRITES[path]
        first = await erika.post(path, json=body, headers=key)
        told = len(await portal.told())
        again = await erika.post(path, json=body, headers=key)
        other = await erika.post(path, json=body | {"words": "other"}, headers=key)

        assert (first.status_code, again.status_code) == (201, 201), first.text
        assert first.content == again.content
        assert again.headers["idempotency-replayed"] == "true"
        assert again.headers["cache-control"] == "no-store"
        assert name_of(other) == (422, "idempotency-key-reused")
        assert len(await portal.told()) == told

    async def test_two_customers_may_have_the_same_key(
        self, portal: Any, erika: httpx.AsyncClient
    ) -> None:
        otto, key = portal.browser(), {"Idempotency-Key": "k-1"}
        await portal.sign_in(otto, "otto@other.example")

        answers = [
            await one.post("/v1/call-requests", json={"words": f"call {n}"}, headers=key)
            for n, one in enumerate((erika, otto))
        ]

        assert [one.status_code for one in answers] == [201, 201]
        assert answers[0].json()["request_id"] != answers[1].json()["request_id"]

    @pytest.mark.parametrize("key", ["", "x" * 201])
    async def test_a_key_has_a_length(self, erika: httpx.AsyncClient, key: str) -> None:
        answer = await erika.post(
            "/v1/call-requests", json={"words": "please"}, headers={"Idempotency-Key": key}
        )

        assert name_of(answer) == (422, "request-invalid")

    @pytest.mark.parametrize("path", WRITES)
    @pytest.mark.parametrize(
        "sent",
        [
            b"",
            b"{",
            b"[]",
            b"null",
            b"7",
            b'"x"',
            b"\xff\xfe",
            b"[" * 20_000,
            b'{"words": "\\ud800"}',
            b'{"words": "a\\u0000b"}',
            b'{"words": "' + b"x" * 4_001 + b'"}',
        ],
        ids=range(11),
    )
    async def test_what_is_no_such_body_is_refused(
        self, portal: Any, erika: httpx.AsyncClient, path: str, sent: bytes
    ) -> None:
        before = len(await portal.told())
        answer = await erika.post(path, content=sent, headers={"Content-Type": "application/json"})

        status, code = name_of(answer)
        assert (status, code) in {(422, "request-invalid"), (400, "request-unreadable")}
        assert len(await portal.told()) == before

    @pytest.mark.parametrize(
        "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
    )
    async def test_another_site_s_form_cannot_pass_for_json(
        self, portal: Any, erika: httpx.AsyncClient, kind: str
    ) -> None:
        """Forms send these kinds without asking first: none is read as JSON, so none signs anybody in as somebody."""
        body = json.dumps({"words": "please call"}).encode()
        headers = {"Content-Type": kind} if kind else {}

        answer = await erika.post("/v1/call-requests", content=body, headers=headers)

        assert name_of(answer) == (422, "request-invalid")

    @pytest.mark.parametrize("words", ["\U0001f600" * 50, "\u202eabc", "e\u0301", "\ufeff", "</p>"])
    async def test_odd_words_are_kept_as_they_are(
        self, portal: Any, erika: httpx.AsyncClient, words: str
    ) -> None:
        answer = await erika.post("/v1/call-requests", json={"words": words})

        assert answer.status_code == 201
        (row,) = await portal.rows("SELECT words FROM requests")
        assert row["words"] == words


class TestMethods:
    @pytest.mark.parametrize("path", ["/v1/invoices", f"/v1/invoices/{NOBODY}", "/v1/me"])
    @pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PATCH", "TRACE", "BREW"])
    async def test_that_there_are_not_are_named(
        self, erika: httpx.AsyncClient, path: str, method: str
    ) -> None:
        answer = await erika.request(method, path)

        assert answer.status_code == 405
        assert answer.headers["allow"] == "GET"

    @pytest.mark.parametrize(
        "path",
        [
            "/v1/invoices/",
            "/v1/invoices/x",
            "/v1/invoices/%00",
            f"/v1/invoices/{NOBODY}%0a",
            f"/v1/invoices/{str(INVOICE).upper()}x",
            "/v1/nothing",
            "/v1/../../etc/passwd",
        ],
    )
    async def test_paths_that_lead_nowhere_are_named(
        self, erika: httpx.AsyncClient, path: str
    ) -> None:
        answer = await erika.get(path)

        assert name_of(answer)[0] in {404, 422}


class TestSession:
    @pytest.mark.parametrize(
        "authorization",
        [
            "Bearer",
            "Bearer ",
            "Bearer x",
            "Bearer " + "x" * 43,
            "Bearer " + "\xe9" * 43,
            "Basic eDp5",
        ],
    )
    async def test_there_is_none_of_such_a_token(self, portal: Any, authorization: str) -> None:
        browser = portal.browser()
        answer = await browser.get(
            "/v1/me", headers={"Authorization": authorization.encode("latin-1")}
        )

        assert name_of(answer) == (401, "not-signed-in")
        assert answer.headers["www-authenticate"] == "Bearer"

    async def test_of_before_is_not_the_one_of_after(
        self, portal: Any, erika: httpx.AsyncClient
    ) -> None:
        """Whoever planted a cookie before the sign-in has nothing after it."""
        victim = portal.browser()
        victim.cookies.set("__Host-session", "a" * 43)

        token = await portal.sign_in(victim)

        assert token != "a" * 43
        planted = portal.browser(Authorization="Bearer " + "a" * 43)
        assert (await planted.get("/v1/me")).status_code == 401


class TestDocument:
    """What a frontend generates its client from."""

    WITHOUT_KEY = frozenset(
        {
            *("POST /sign-in", "POST /address-change", "POST /unsubscribe/{token}"),
            "POST /webhooks/stripe",
        }
    )
    """Forms of pages, whose link is used up once, and the provider, whose event has an id."""

    def operations(self, portal: Any) -> dict[str, Any]:
        return {
            f"{method.upper()} {path}": one
            for path, methods in portal.app.openapi()["paths"].items()
            for method, one in methods.items()
        }

    def test_every_write_takes_a_key(self, portal: Any) -> None:
        without = {
            route
            for route, one in self.operations(portal).items()
            if route.startswith(("POST", "PUT", "PATCH"))
            and "idempotency-key" not in {given["name"] for given in one.get("parameters", ())}
        }

        assert without == self.WITHOUT_KEY

    def test_every_list_is_a_page(self, portal: Any) -> None:
        for route, one in self.operations(portal).items():
            content = one["responses"].get("200", {}).get("content", {})
            schema = content.get("application/json", {}).get("schema", {})
            named = {given["name"] for given in one.get("parameters", ())}

            assert schema.get("type") != "array", route
            is_page = schema.get("$ref", "").endswith("Page")
            assert is_page == ({"limit", "cursor"} <= named), route
