"""Saving a means of payment at the provider's page, seeing it, and taking it back: official library and fake."""

import itertools
from datetime import timedelta
from typing import Any

import pytest

EVENTS = ("portal-api.mandate.",)


class TestSaving:
    async def test_leads_to_a_page_and_is_seen_once_it_is_saved(self, counter: Any) -> None:
        asked = await counter.asks()
        assert asked.status_code == 201, asked.text
        assert (await counter.mandate())["state"] == "asked"
        await counter.at_the_page(last4="4242")
        assert await counter.hears_new() == ["moved", "no-news"]

        shown = await counter.mandate()
        assert (shown["state"], shown["url"], shown["autopay"]) == ("active", None, None)
        assert shown["means"] == {
            "kind": "card",
            "brand": "visa",
            "last4": "4242",
            "expires": "2034-12",
        }
        agreed = shown["agreed"]
        assert (agreed["text_version"], agreed["language"], agreed["by"]) == (1, "en", "1")
        assert agreed["text_hash"] == await counter.text_hash()
        assert agreed["network"]
        (told,) = await counter.told(*EVENTS)
        assert told["means"] == {"kind": "card", "brand": "visa", "last4": "4242"}

    async def test_keeps_no_number_and_nothing_that_could_charge_is_told(
        self, counter: Any
    ) -> None:
        await counter.saves()

        (row,) = await counter.portal.rows("SELECT * FROM mandates")
        assert row["method_id"].startswith("pm_")
        assert row["provider_customer"].startswith("cus_")
        said = str(await counter.told("portal-api."))
        assert "pm_" not in said
        assert "cus_" not in said
        assert "pm_" not in str(await counter.mandate())

    async def test_in_all_orders_and_five_times_each_is_told_once(self, counter: Any) -> None:
        for order in itertools.permutations(range(2)):
            await counter.asks()
            before = len(await counter.events())
            await counter.at_the_page()
            events = (await counter.events())[before:]
            assert len(events) == 2
            for place in order:
                for _ in range(5):
                    assert (await counter.hears(events[place])).status_code == 200

        told = await counter.told("portal-api.mandate.saved")
        assert len({one["mandate_id"] for one in told}) == len(told) == 2

    async def test_the_text_must_be_the_one_that_was_read(self, counter: Any) -> None:
        old = await counter.asks(text_hash="0" * 64)
        assert (old.status_code, old.json()["code"]) == (409, "mandate-text-changed")
        foreign = await counter.asks(return_url="https://evil.example/")
        assert foreign.json()["code"] == "return-url-foreign"
        german = await counter.asks(text_hash=await counter.text_hash("de"))
        assert german.status_code == 201
        assert (await counter.mandate())["agreed"]["language"] == "de"

    async def test_under_the_same_key_is_the_same_page(self, counter: Any) -> None:
        first, again = [await counter.asks(key="k") for _ in range(2)]

        assert first.json() == again.json()
        assert again.headers["Idempotency-Replayed"] == "true"
        other = await counter.asks(key="k", return_url="https://shop.example/other")
        assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")

    @pytest.mark.parametrize("where", ["mandate.asked", "mandate.page-opened"])
    async def test_dying_on_the_way_is_one_page_in_the_end(
        self, counter: Any, where: str, dying: Any
    ) -> None:
        with dying("mandating", where):
            assert (await counter.asks(key="k")).status_code == 500

        assert (await counter.asks(key="k")).status_code == 201
        sessions = (await counter.stripe.get("/sessions")).json()["items"]
        assert len(sessions) == 1

    async def test_a_second_takes_the_place_of_the_first_which_is_let_go_of(
        self, counter: Any
    ) -> None:
        await counter.saves("4242")
        await counter.autopay()
        await counter.saves("4444")

        shown = await counter.mandate()
        assert (shown["state"], shown["means"]["last4"]) == ("active", "4444")
        assert shown["autopay"]["on"] is True
        await counter.portal.watch_all("mandates")
        first, second = (await counter.stripe.get("/methods")).json()["items"]
        assert (first["customer"], second["customer"] is None) == (None, False)

    async def test_a_provider_that_tells_nothing_is_asked(self, counter: Any) -> None:
        await counter.asks()
        await counter.at_the_page()
        counter.portal.move(timedelta(hours=1))
        await counter.portal.watch_all("mandates")
        await counter.portal.sign_in(counter.browser)

        assert (await counter.mandate())["state"] == "active"

    async def test_somebody_else_has_none(self, counter: Any) -> None:
        await counter.saves()
        otto = counter.portal.browser()
        await counter.portal.sign_in(otto, "otto@other.example")

        answer = await otto.get("/v1/mandate")
        assert (answer.status_code, answer.json()["code"]) == (404, "mandate-unknown")


class TestWithdrawing:
    async def test_counts_at_once_and_the_provider_lets_go(self, counter: Any) -> None:
        await counter.saves()
        await counter.autopay()
        first, again = [await counter.browser.post("/v1/mandate/withdrawals") for _ in range(2)]

        assert first.status_code == again.status_code == 201
        assert first.json()["state"] == again.json()["state"] == "withdrawn"
        assert first.json()["autopay"]["on"] is False
        assert len(await counter.told("portal-api.mandate.withdrawn")) == 1
        await counter.stripe.post("/faults", json={"mode": "tempfail"})
        await counter.portal.watch_all("mandates")
        (method,) = (await counter.stripe.get("/methods")).json()["items"]
        assert method["customer"] is not None
        await counter.stripe.post("/faults", json={"mode": "none"})
        counter.portal.move(timedelta(hours=12))
        await counter.portal.watch_all("mandates")
        (method,) = (await counter.stripe.get("/methods")).json()["items"]
        assert method["customer"] is None
        assert await counter.hears_new() == ["no-news"]

    async def test_a_means_that_the_provider_dropped_is_revoked_and_told(
        self, counter: Any
    ) -> None:
        await counter.saves()
        (method,) = (await counter.stripe.get("/methods")).json()["items"]
        key = {"Authorization": f"Bearer {counter.around.known.stripe_key}"}
        await counter.stripe.post(f"/v1/payment_methods/{method['id']}/detach", headers=key)

        assert await counter.hears_new() == ["moved"]
        assert (await counter.mandate())["state"] == "revoked"
        (told,) = await counter.told("portal-api.mandate.revoked")
        assert told["reason"] == "detached"

    async def test_nothing_saved_is_nothing_to_take_back_or_turn_on(self, counter: Any) -> None:
        for answer in (
            await counter.browser.post("/v1/mandate/withdrawals"),
            await counter.browser.get("/v1/mandate"),
            await counter.autopay(),
            await counter.autopay(None),
        ):
            assert (answer.status_code, answer.json()["code"]) == (404, "mandate-unknown")


class TestAutopay:
    async def test_is_turned_on_with_a_limit_and_off(self, counter: Any) -> None:
        await counter.saves()
        on, off = await counter.autopay("250.00"), await counter.autopay(None)

        assert on.json()["autopay"]["limit"] == {"currency": "EUR", "amount": "250.00"}
        assert (on.json()["autopay"]["on"], off.json()["autopay"]["on"]) == (True, False)
        assert off.json()["state"] == "active"

    @pytest.mark.parametrize(
        ("limit", "code"),
        [
            ({"currency": "EUR", "amount": "0.001"}, "amount-too-precise"),
            ({"currency": "EUR", "amount": "0"}, "request-invalid"),
            ({"currency": "EUR", "amount": "-1"}, "request-invalid"),
            ({"currency": "eur", "amount": "1"}, "request-invalid"),
            ({"amount": "1"}, "request-invalid"),
            ({"currency": "ABC", "amount": "1"}, "currency-unknown"),
            ({"currency": "EUR", "amount": "9" * 17}, "amount-too-large"),
        ],
    )
    async def test_refuses_a_limit_that_is_none(
        self, counter: Any, limit: dict[str, str], code: str
    ) -> None:
        await counter.saves()
        answer = await counter.browser.put("/v1/autopay", json={"limit": limit})

        assert (answer.status_code, answer.json()["code"]) == (422, code)
