"""Paying by the provider's page: the official library against the fake, notices in any order, and deaths on the way."""

import asyncio
import itertools
import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, timedelta
from html import unescape
from typing import Any
from uuid import UUID

import httpx
import pytest

from local_stack.machine_time import machine_now
from local_stack.pay.signature import signature
from portal_api.interfaces.http.pay_pages import LOOKS_MAX
from shared.base import points
from shared.base.ids import object_id, paid_here_id
from shared.testing.examples import INVOICE, SOURCE

HOME = "https://shop.example/paid?from=mail"
SECOND = object_id(SOURCE, "invoice", "RE-2")
DOLLARS = object_id(SOURCE, "invoice", "RE-USD")
OTHERS = object_id(SOURCE, "invoice", "RE-9")


@pytest.fixture
def more_settings(provider_settings: dict[str, Any]) -> dict[str, Any]:
    return provider_settings


@dataclass
class Payer:
    """Erika, signed in; and what happens at the provider."""

    portal: Any
    around: Any
    browser: httpx.AsyncClient
    stripe: httpx.AsyncClient

    async def pay(
        self, *items: tuple[UUID, str], key: str | None = None, back: str = HOME, **said: str
    ) -> httpx.Response:
        given = items or ((INVOICE, "900.00"),)
        body = [{"invoice_id": str(one), "amount": amount, **said} for one, amount in given]
        headers = {"Idempotency-Key": key} if key else {}
        return await self.browser.post(
            "/v1/payments", json={"items": body, "return_url": back}, headers=headers
        )

    async def asked(self, *items: tuple[UUID, str], **more: str) -> str:
        answer = await self.pay(*items, **more)
        assert answer.status_code == 201, answer.text
        payment_id: str = answer.json()["payment_id"]
        return payment_id

    async def refused(self, *items: tuple[UUID, str], **more: str) -> tuple[int, str]:
        answer = await self.pay(*items, **more)
        return answer.status_code, answer.json()["code"]

    async def sessions(self) -> list[Any]:
        return list((await self.stripe.get("/sessions")).json()["items"])

    async def at_the_page(self, what: str, **said: Any) -> None:
        """Something happens at the last page."""
        session = (await self.sessions())[-1]
        answer = await self.stripe.post(f"/sessions/{session['id']}/{what}", json=said)
        assert answer.status_code == 200, answer.text

    async def events(self) -> list[Any]:
        return list((await self.stripe.get("/events")).json()["items"])

    async def hears(
        self, event: Any, *, ago: int = 0, secret: str = "", **changed: Any
    ) -> httpx.Response:
        """The portal does, of an event."""
        body = json.dumps(event).encode()
        at_s = int(machine_now().timestamp()) - ago
        signed = signature(secret or self.around.known.stripe_webhook_secret, body, at_s=at_s)
        if changed:
            body = json.dumps(event | changed).encode()
        return await self.portal.browser().post(  # type: ignore[no-any-return]
            "/webhooks/stripe", content=body, headers={"Stripe-Signature": signed}
        )

    async def hears_all(self) -> None:
        for event in await self.events():
            answer = await self.hears(event)
            assert answer.status_code == 200, answer.text

    async def state(self, payment_id: str) -> Any:
        return (await self.browser.get(f"/v1/payments/{payment_id}/state")).json()

    async def told(self) -> list[tuple[str, int]]:
        """State and version of each payment told."""
        return [
            (one["state"], one["version"])
            for one in await self.portal.told()
            if "payment_id" in one
        ]


@pytest.fixture
async def payer(portal: Any, around: Any) -> AsyncIterator[Payer]:
    browser = portal.browser()
    await portal.sign_in(browser)
    async with httpx.AsyncClient(base_url=around.url, trust_env=False) as stripe:
        yield Payer(portal, around, browser, stripe)


class TestAsking:
    async def test_opens_a_page_of_the_provider_s_for_that_amount(self, payer: Payer) -> None:
        answer = await payer.pay((INVOICE, "900.00"), (SECOND, "50.00"))

        (session,) = await payer.sessions()
        shown = answer.json()
        assert (answer.status_code, shown["url"]) == (201, session["url"])
        assert (session["amount_total"], session["currency"]) == (95_000, "eur")
        assert session["client_reference_id"] == shown["payment_id"]
        assert session["success_url"] == f"{HOME}&payment_id={shown['payment_id']}"
        state = await payer.state(shown["payment_id"])
        assert (state["state"], state["amount"], state["url"]) == ("open", "950.00", session["url"])

    async def test_under_the_same_key_is_the_same_page(self, payer: Payer) -> None:
        first, again = [await payer.pay(key="k") for _ in range(2)]

        assert first.json() == again.json()
        assert "Idempotency-Replayed" not in first.headers
        assert again.headers["Idempotency-Replayed"] == "true"
        assert await payer.refused((INVOICE, "1.00"), key="k") == (422, "idempotency-key-reused")
        assert len(await payer.sessions()) == 1

    async def test_at_once_under_the_same_key_is_the_same_page(self, payer: Payer) -> None:
        answers = await asyncio.gather(*(payer.pay(key="k") for _ in range(5)))

        assert {one.status_code for one in answers} == {201}
        assert len({one.text for one in answers}) == 1
        assert len(await payer.sessions()) == 1

    async def test_without_a_key_is_the_same_page_while_that_is_open(self, payer: Payer) -> None:
        first = await payer.asked()
        again, other = await payer.pay(), await payer.asked((INVOICE, "901.00"))

        assert again.json()["payment_id"] == first
        assert again.headers["idempotency-replayed"] == "true"
        assert other != first
        assert len(await payer.sessions()) == 2

    async def test_without_a_key_at_once_is_one_page(self, payer: Payer) -> None:
        found = await asyncio.gather(*(payer.asked() for _ in range(4)))

        assert len(set(found)) == 1
        assert len(await payer.sessions()) == 1

    async def test_without_a_key_is_a_new_page_once_the_old_one_is_old(self, payer: Payer) -> None:
        first = await payer.asked()
        payer.portal.move(timedelta(hours=21))
        await payer.portal.sign_in(payer.browser)

        assert await payer.asked() != first

    async def test_what_a_bank_is_not_done_with_is_not_asked_for_again(self, payer: Payer) -> None:
        await payer.asked()
        await payer.at_the_page("payments", slow=True)
        await payer.hears_all()

        assert await payer.refused() == (409, "payment-under-way")
        assert await payer.refused((INVOICE, "300.01")) == (409, "payment-under-way")
        assert await payer.refused((INVOICE, "1200.01")) == (409, "more-paid-than-open")
        home = await payer.browser.get("/")
        assert "900,00\N{NO-BREAK SPACE}EUR gezahlt und unterwegs zu uns" in home.text
        assert f"{INVOICE}:200.00" in home.text, "and 100.00 is disputed"
        await payer.asked((INVOICE, "300.00"))

    async def test_what_is_paid_is_not_asked_for_again_before_the_books_say_so(
        self, payer: Payer
    ) -> None:
        payment_id = UUID(await payer.asked())
        await payer.at_the_page("payments")
        await payer.hears_all()
        before = await payer.refused()

        payer.around.open[INVOICE] = ("300.00", "EUR")
        booked = payer.portal.pays("900.00", left="300.00", payment_id=paid_here_id(payment_id))
        await payer.portal.hear(booked)

        assert before == (409, "payment-under-way")
        await payer.asked((INVOICE, "300.00"))

    async def test_what_the_books_never_learn_is_open_again_in_the_end(self, payer: Payer) -> None:
        await payer.asked()
        await payer.at_the_page("payments")
        await payer.hears_all()
        payer.portal.move(timedelta(hours=1))
        await payer.portal.sign_in(payer.browser)

        await payer.asked((INVOICE, "1200.00"))

    async def test_words_that_no_table_can_keep_are_refused(self, payer: Payer) -> None:
        refused = await payer.refused(reason="price", words="a\x00b")

        assert refused == (422, "request-invalid")

    @pytest.mark.parametrize(
        "amount", ["1_0", "１０", "٣", " 5", "5e1", "+5", "NaN", "Infinity", "-1", "0", "", True]
    )
    async def test_an_amount_is_written_in_plain_digits(self, payer: Payer, amount: Any) -> None:
        assert await payer.refused((INVOICE, amount)) == (422, "request-invalid")

    async def test_refuses_by_name_what_the_books_do_not_hold(self, payer: Payer) -> None:
        assert await payer.refused((INVOICE, "1200.01")) == (409, "more-paid-than-open")
        assert await payer.refused((OTHERS, "1.00")) == (422, "invoice-unknown")
        assert await payer.refused((INVOICE, "1.00"), (DOLLARS, "1.00")) == (422, "items-mixed")
        assert await payer.refused((INVOICE, "1.00"), (INVOICE, "1.00")) == (422, "items-mixed")
        assert await payer.refused((INVOICE, "0.001")) == (422, "amount-too-precise")
        assert await payer.refused((INVOICE, "-1.00")) == (422, "request-invalid")
        assert await payer.refused((INVOICE, "1200.00"), reason="damaged") == (
            409,
            "nothing-left-out",
        )
        assert await payer.sessions() == []

    @pytest.mark.parametrize(
        "back",
        [
            "https://evil.example/",
            "https://shop.example.evil.example/",
            "https://shop.example@evil.example/",
            "https://shop.example\\@evil.example/",
            "//shop.example/",
            "http://shop.example/",
            "javascript:alert(1)//shop.example",
            "https://shop.example:444/",
            "https://shop.example/\r\nX: y",
            "",
        ],
    )
    async def test_leads_back_to_known_pages_only(self, payer: Payer, back: str) -> None:
        assert await payer.refused(back=back) == (422, "return-url-foreign")
        assert await payer.sessions() == []

    async def test_the_amount_that_counts_is_the_ledger_s_of_this_moment(
        self, payer: Payer
    ) -> None:
        payer.around.open[INVOICE] = ("10.00", "EUR")

        assert await payer.refused((INVOICE, "10.01")) == (409, "more-paid-than-open")

    async def test_ledger_or_provider_away_is_said_and_tried_again(self, payer: Payer) -> None:
        payer.around.down = True
        assert await payer.refused(key="k") == (503, "peer-unavailable")
        payer.around.down = False
        await payer.stripe.post("/faults", json={"mode": "tempfail"})
        assert await payer.refused(key="k") == (503, "provider-unavailable")
        await payer.stripe.post("/faults", json={"mode": "none"})

        await payer.asked(key="k")
        assert len(await payer.sessions()) == 1

    @pytest.mark.parametrize("where", ["payment.asked", "payment.page-opened"])
    async def test_dying_on_the_way_is_one_page_in_the_end(
        self, payer: Payer, where: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("portal_api.interfaces.paying.reached", _dies_at(where))
        assert (await payer.pay(key="k")).status_code == 500
        monkeypatch.setattr("portal_api.interfaces.paying.reached", points.reached)

        payment_id = await payer.asked(key="k")
        (session,) = await payer.sessions()
        assert session["client_reference_id"] == payment_id
        assert (await payer.state(payment_id))["state"] == "open"

    async def test_somebody_else_s_is_unknown(self, payer: Payer, portal: Any) -> None:
        payment_id = await payer.asked()
        otto = portal.browser()
        await portal.sign_in(otto, "otto@other.example")

        answer = await otto.get(f"/v1/payments/{payment_id}/state")
        assert (answer.status_code, answer.json()["code"]) == (404, "payment-unknown")


class TestNotices:
    async def test_what_is_paid_is_told_once_with_what_was_left_out(self, payer: Payer) -> None:
        payment_id = await payer.asked(reason="damaged", words="one box was wet")
        await payer.at_the_page("payments")
        await payer.hears_all()

        state = await payer.state(payment_id)
        assert (state["state"], state["value_date"], state["url"]) == (
            "succeeded",
            "2026-04-20",
            None,
        )
        (told,) = [one for one in await payer.portal.told() if "payment_id" in one]
        assert (told["amount"], told["provider"]) == ("900.00", "stripe")
        assert told["provider_reference"].startswith("pi_")
        assert told["items"][0]["left_out"] == {
            "amount": "300.00",
            "reason": "damaged",
            "words": "one box was wet",
        }

    async def test_in_all_orders_and_five_times_each_it_ends_the_same(self, payer: Payer) -> None:
        for order in itertools.permutations(range(3)):
            payment_id = await payer.asked((INVOICE, "100.00"))
            before = len(await payer.events())
            await payer.at_the_page("declines")
            await payer.at_the_page("payments")
            events = (await payer.events())[before:]
            assert len(events) == 3

            for place in order:
                for _ in range(5):
                    assert (await payer.hears(events[place])).status_code == 200

            assert (await payer.state(payment_id))["state"] == "succeeded"
        told = await payer.told()
        assert [state for state, _ in told] == ["succeeded"] * 6

    async def test_all_at_once_are_told_once(self, payer: Payer) -> None:
        await payer.asked()
        await payer.at_the_page("payments")
        events = [one for one in await payer.events() for _ in range(5)]

        answers = await asyncio.gather(*map(payer.hears, events))

        assert {one.status_code for one in answers} == {200}
        assert await payer.told() == [("succeeded", 3)]

    async def test_what_was_heard_is_not_asked_again(self, payer: Payer) -> None:
        await payer.asked()
        await payer.at_the_page("payments")
        (event, *_) = await payer.events()
        first = await payer.hears(event)
        await payer.stripe.post("/faults", json={"mode": "tempfail"})

        assert (await payer.hears(event)).json() == first.json() == {"outcome": "moved"}

    async def test_declined_says_what_is_next_and_may_be_paid_after_all(self, payer: Payer) -> None:
        payment_id = await payer.asked()
        for code, next_step in (
            ("insufficient_funds", "try-again"),
            ("authentication_required", "authenticate"),
            ("stolen_card", "other-means"),
        ):
            await payer.at_the_page("declines", code=code)
            await payer.hears_all()
            state = await payer.state(payment_id)
            assert state["state"] == "declined"
            assert state["decline"] == {"code": code, "next_step": next_step}
            assert state["url"] is not None

        await payer.at_the_page("payments")
        await payer.hears_all()
        assert (await payer.state(payment_id))["decline"] is None
        assert [state for state, _ in await payer.told()] == [*["declined"] * 3, "succeeded"]

    async def test_a_slow_bank_is_waited_for(self, payer: Payer) -> None:
        payment_id = await payer.asked()
        await payer.at_the_page("payments", slow=True)
        await payer.hears_all()
        assert (await payer.state(payment_id))["state"] == "processing"
        assert await payer.told() == []

        await payer.at_the_page("payments")
        await payer.hears_all()
        assert [state for state, _ in await payer.told()] == ["succeeded"]

    async def test_a_page_that_closes_is_no_news_to_others(self, payer: Payer) -> None:
        payment_id = await payer.asked()
        await payer.at_the_page("expiry")
        await payer.hears_all()

        assert (await payer.state(payment_id))["state"] == "expired"
        assert await payer.told() == []

    async def test_forged_and_old_ones_are_refused_by_name(self, payer: Payer) -> None:
        payment_id = await payer.asked()
        await payer.at_the_page("payments")
        event = (await payer.events())[-1]

        async def code(**how: Any) -> tuple[int, str]:
            answer = await payer.hears(event, **how)
            return answer.status_code, answer.json()["code"]

        assert await code(secret="whsec_another") == (400, "notice-forged")
        assert await code(id="evt_another") == (400, "notice-forged")
        assert await code(ago=301) == (400, "notice-too-old")
        bare = await payer.portal.browser().post("/webhooks/stripe", content=b"\xff{}")
        assert (bare.status_code, bare.json()["code"]) == (400, "notice-forged")
        assert (await payer.state(payment_id))["state"] == "open"

        assert (await payer.hears(event, ago=290)).status_code == 200
        assert (await payer.state(payment_id))["state"] == "succeeded"

    async def test_signed_nonsense_is_refused_by_name(self, payer: Payer) -> None:
        for nonsense in ([], {}, {"id": "e", "type": "t", "data": 5}, {"data": {"object": None}}):
            answer = await payer.hears(nonsense)
            assert (answer.status_code, answer.json()["code"]) == (400, "notice-unreadable")

    @pytest.mark.parametrize("amount", [1, 89_999, 90_001])
    async def test_a_wrong_amount_is_refused_each_time_and_kept(
        self, payer: Payer, amount: int
    ) -> None:
        payment_id = await payer.asked()
        await payer.at_the_page("payments", amount=amount)
        for event in (await payer.events()) * 2:
            answer = await payer.hears(event)
            assert (answer.status_code, answer.json()["code"]) == (422, "payment-amount-differs")

        assert (await payer.state(payment_id))["state"] == "open"
        assert await payer.told() == []
        rows = await payer.portal.rows("SELECT outcome FROM provider_notices")
        assert [row["outcome"] for row in rows] == ["payment-amount-differs"] * 2

    async def test_what_is_not_ours_is_left_alone(self, payer: Payer) -> None:
        await payer.asked()
        await payer.at_the_page("payments")
        (event, *_) = await payer.events()

        event["data"]["object"]["metadata"] = {}
        assert (await payer.hears(event)).json() == {"outcome": "not-ours"}
        event["id"], event["type"] = "evt_2", "invoice.paid"
        assert (await payer.hears(event)).json() == {"outcome": "not-ours"}
        assert await payer.told() == []

    async def test_naming_another_payment_moves_neither(self, payer: Payer) -> None:
        first = await payer.asked()
        second = await payer.asked((INVOICE, "100.00"))
        await payer.at_the_page("payments")
        event = (await payer.events())[-1]

        event["data"]["object"]["metadata"] = {"payment_id": first}
        await payer.hears(event)

        assert (await payer.state(first))["state"] == "open"
        assert (await payer.state(second))["state"] == "open"

    async def test_bringing_the_page_of_another_payment_is_refused_by_name(
        self, payer: Payer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("portal_api.interfaces.paying.reached", _dies_at("payment.asked"))
        await payer.pay(key="k")
        monkeypatch.setattr("portal_api.interfaces.paying.reached", points.reached)
        (row,) = await payer.portal.rows("SELECT payment_id FROM provider_payments")
        await payer.asked((INVOICE, "100.00"))
        await payer.at_the_page("payments")
        event = (await payer.events())[-1]

        event["data"]["object"]["metadata"] = {"payment_id": str(row["payment_id"])}
        answer = await payer.hears(event)

        assert (answer.status_code, answer.json()["code"]) == (422, "notice-of-another-payment")
        assert await payer.told() == []

    async def test_dying_between_asking_and_writing_is_made_good(
        self, payer: Payer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        payment_id = await payer.asked()
        await payer.at_the_page("payments")
        monkeypatch.setattr("portal_api.interfaces.paying.reached", _dies_at("notice.looked"))
        for event in await payer.events():
            assert (await payer.hears(event)).status_code == 500
        monkeypatch.setattr("portal_api.interfaces.paying.reached", points.reached)

        await payer.hears_all()
        assert (await payer.state(payment_id))["state"] == "succeeded"
        assert await payer.told() == [("succeeded", 3)]

    async def test_the_provider_away_is_answered_5xx_so_that_it_is_told_again(
        self, payer: Payer
    ) -> None:
        await payer.asked()
        await payer.at_the_page("payments")
        (event, *_) = await payer.events()
        await payer.stripe.post("/faults", json={"mode": "tempfail"})
        assert (await payer.hears(event)).status_code == 503
        await payer.stripe.post("/faults", json={"mode": "none"})

        assert (await payer.hears(event)).json() == {"outcome": "moved"}


class TestWatch:
    async def test_asks_a_provider_that_told_nothing(self, payer: Payer) -> None:
        payment_id = await payer.asked()
        await payer.at_the_page("payments")
        await watch(payer)
        assert (await payer.state(payment_id))["state"] == "open"

        payer.portal.move(timedelta(hours=1))
        await payer.portal.sign_in(payer.browser)
        await watch(payer)
        await watch(payer)

        assert (await payer.state(payment_id))["state"] == "succeeded"
        await payer.hears_all()
        assert await payer.told() == [("succeeded", 3)]
        assert await payer.portal.rows("SELECT FROM timers WHERE kind = 'payments'") == []

    async def test_asks_again_and_in_the_end_no_more(self, payer: Payer) -> None:
        await payer.asked()
        for mode, hours in (("tempfail", 1), ("none", 12), ("none", 12)):
            await payer.stripe.post("/faults", json={"mode": mode})
            payer.portal.move(timedelta(hours=hours))
            await watch(payer)
        rows = await payer.portal.rows("SELECT outcome FROM provider_notices")
        assert [row["outcome"] for row in rows] == ["no-news"] * 2

        payer.portal.move(timedelta(days=15))
        await watch(payer)
        assert await payer.portal.rows("SELECT FROM timers WHERE kind = 'payments'") == []

    async def test_says_no_to_a_wrong_amount_once(self, payer: Payer) -> None:
        await payer.asked()
        await payer.at_the_page("payments", amount=1)
        payer.portal.move(timedelta(hours=1))
        await watch(payer)
        await watch(payer)

        rows = await payer.portal.rows("SELECT outcome FROM provider_notices")
        assert [row["outcome"] for row in rows] == ["payment-amount-differs"]
        assert await payer.told() == []


async def watch(payer: Payer) -> None:
    """One run of the job."""
    (job,) = [one for one in payer.portal.service.jobs if one.name == "payments"]
    await job.run()


def _dies_at(where: str) -> Any:
    def dies(point: str) -> None:
        if point == where:
            raise SystemError(f"killed at {point}")

    return dies


class TestOwnPages:
    """From the button of our own page to the provider's, and back to what we ourselves know."""

    @pytest.fixture
    async def button(self, payer: Payer) -> dict[str, Any]:
        """As the home page has it: all that is open."""
        page = await payer.browser.get("/")
        return {"item": re.findall(r'name="item" value="([^"]+)"', page.text)}

    async def back(self, payer: Payer, **more: str) -> httpx.Response:
        """Where the provider's page leads, as the provider knows it."""
        (session,) = await payer.sessions()
        name = "cancel_url" if "cancelled" in more else "success_url"
        path = session[name].removeprefix("https://portal.example")
        assert path.startswith("/paid?payment_id=")
        looks = f"&looks={more['looks']}" if "looks" in more else ""
        return await payer.browser.get(path + looks)

    async def test_press_twice_and_it_is_one_payment(
        self, payer: Payer, button: dict[str, Any]
    ) -> None:
        first, again = [await payer.browser.post("/payments", data=button) for _ in range(2)]

        (session,) = await payer.sessions()
        assert session["amount_total"] == 110_000, "100.00 of 1,200.00 is disputed"
        assert first.text == again.text
        assert f'content="0;url={session["url"]}"' in first.text
        assert f'href="{session["url"]}"' in first.text

    async def test_coming_back_proves_nothing_and_looks_again_so_often(
        self, payer: Payer, button: dict[str, Any]
    ) -> None:
        await payer.browser.post("/payments", data=button)
        await payer.at_the_page("payments")

        first, last = [await self.back(payer, looks=str(n)) for n in (0, LOOKS_MAX)]

        assert "Wir warten auf das Wort des Zahlungsdienstes" in first.text
        assert 'http-equiv="refresh" content="5;url=/paid?payment_id=' in first.text
        assert "looks=1" in first.text
        assert "refresh" not in last.text
        assert "dauert länger als sonst" in last.text
        assert (await self.back(payer, looks=str(LOOKS_MAX + 1))).status_code == 404

    async def test_once_the_provider_s_word_is_heard_says_thank_you(
        self, payer: Payer, button: dict[str, Any]
    ) -> None:
        await payer.browser.post("/payments", data=button)
        await payer.at_the_page("payments")
        await payer.hears_all()

        page = await self.back(payer)
        assert "Vielen Dank, Ihre Zahlung ist da" in page.text
        assert "refresh" not in page.text

    async def test_declined_says_what_is_next(self, payer: Payer, button: dict[str, Any]) -> None:
        await payer.browser.post("/payments", data=button)
        await payer.at_the_page("declines", code="authentication_required")
        await payer.hears_all()

        page = await self.back(payer)
        (session,) = await payer.sessions()
        assert "Die Zahlung hat nicht geklappt" in page.text
        assert "Ihre Bank möchte sehen, dass Sie es sind" in page.text
        assert f'href="{session["url"]}"' in page.text, "and here one tries again"

    async def test_left_without_paying_leads_on(self, payer: Payer, button: dict[str, Any]) -> None:
        await payer.browser.post("/payments", data=button)

        page = await self.back(payer, cancelled="1")
        assert "Sie haben noch nicht gezahlt" in page.text
        assert "refresh" not in page.text

    async def test_somebody_else_s_is_unknown(
        self, payer: Payer, button: dict[str, Any], portal: Any
    ) -> None:
        await payer.browser.post("/payments", data=button)
        (session,) = await payer.sessions()
        otto = portal.browser()
        await portal.sign_in(otto, "otto@other.example")

        pages = [
            await otto.get(f"/paid?payment_id={one}")
            for one in (session["client_reference_id"], UUID(int=7))
        ]
        assert [one.status_code for one in pages] == [404, 404]
        assert pages[0].text == pages[1].text

    async def test_refuses_in_words(self, payer: Payer, button: dict[str, Any]) -> None:
        payer.around.open[INVOICE] = ("10.00", "EUR")
        less = await payer.browser.post("/payments", data=button)
        payer.around.down = True
        away = await payer.browser.post("/payments", data=button)
        wrong = [
            await payer.browser.post("/payments", data=button | {"item": item})
            for item in ("x", f"{INVOICE}:-1", f"{'-' * 36}:1.00", f"{INVOICE}:1e9")
        ]

        assert (less.status_code, away.status_code) == (409, 503)
        assert "Inzwischen ist weniger offen" in less.text
        assert "Wir können gerade nicht in die Bücher sehen" in away.text
        assert {one.status_code for one in wrong} == {422}
        assert await payer.sessions() == []


class TestChoosing:
    """Which invoices, and how much of each, at our own page."""

    PATH = "/payments/choices"
    ASKED = "/payments/choices?legal_entity=DE01&currency=EUR"

    @pytest.fixture
    async def form(self, payer: Payer) -> dict[str, Any]:
        """As the page has it, with two invoices."""
        second = payer.portal.invoice(
            invoice_id=SECOND, invoice_number="2", due_on=date(2026, 4, 30)
        )
        await payer.portal.hear(second)
        home = await payer.browser.get("/")
        assert unescape(home.text).count(f'href="{self.ASKED}"') == 1
        page = await payer.browser.get(self.ASKED)
        assert page.status_code == 200, page.text

        def found(name: str) -> list[str]:
            return re.findall(rf'name="{name}"[^>]*value="([^"]*)"', page.text)

        form = {"pay": found("pay"), "invoice_id": found("invoice_id"), "amount": found("amount")}
        assert form["invoice_id"] == form["pay"] == [str(INVOICE), str(SECOND)]
        assert form["amount"] == ["1100.00", "1200.00"], "100.00 of the first is disputed"
        return form | {"reason": ["", ""]}

    async def test_pays_what_is_ticked_and_a_part_with_its_reason(
        self, payer: Payer, form: dict[str, Any]
    ) -> None:
        chosen = {"pay": [str(INVOICE)], "amount": ["1000,00", "50.00"], "reason": ["price", ""]}
        answer = await payer.browser.post(self.PATH, data=form | chosen)

        (session,) = await payer.sessions()
        assert (answer.status_code, session["amount_total"]) == (200, 100_000)
        state = await payer.state(session["client_reference_id"])
        (item,) = state["items"]
        assert item["left_out"] == {"amount": "200.00", "reason": "price", "words": ""}

    async def test_pays_several_together(self, payer: Payer, form: dict[str, Any]) -> None:
        chosen = {"amount": ["10.00", "50.00"]}
        first, again = [await payer.browser.post(self.PATH, data=form | chosen) for _ in range(2)]

        (session,) = await payer.sessions()
        assert (first.status_code, session["amount_total"]) == (200, 6_000)
        assert first.text == again.text

    @pytest.mark.parametrize(
        ("changed", "status"),
        [
            ({"pay": []}, 422),
            ({"amount": ["", "0.00"]}, 422),
            ({"amount": ["1.00"]}, 422),
            ({"amount": ["-1", "1"]}, 422),
            ({"reason": ["because", ""]}, 422),
            ({"amount": ["9999.00", ""]}, 409),
            ({"amount": ["1200.00", ""], "reason": ["price", ""]}, 409),
            ({"more": "x"}, 422),
        ],
    )
    async def test_refuses_in_words(
        self, payer: Payer, form: dict[str, Any], changed: dict[str, Any], status: int
    ) -> None:
        answer = await payer.browser.post(self.PATH, data=form | changed)

        assert answer.status_code == status
        assert "<h1>" in answer.text
        assert await payer.sessions() == []

    async def test_shows_nothing_where_nothing_is_to_be_paid(self, payer: Payer) -> None:
        page = await payer.browser.get("/payments/choices?legal_entity=DE01&currency=CHF")

        assert "Hier ist gerade nichts zu zahlen" in page.text
        assert (await payer.browser.get("/payments/choices?currency=chf")).status_code == 404
