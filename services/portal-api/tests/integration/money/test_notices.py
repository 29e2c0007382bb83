"""What the provider tells of payments: in any order, forged, wrong, not at all; official library and fake."""

import asyncio
import itertools
from datetime import timedelta
from typing import Any

import pytest

from shared.testing.examples import INVOICE


class TestNotices:
    async def test_what_is_paid_is_told_once_with_what_was_left_out(self, payer: Any) -> None:
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

    async def test_in_all_orders_and_five_times_each_it_ends_the_same(self, payer: Any) -> None:
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
        told = await payer.moves()
        assert [state for state, _ in told] == ["succeeded"] * 6

    async def test_all_at_once_are_told_once(self, payer: Any) -> None:
        await payer.asked()
        await payer.at_the_page("payments")
        events = [one for one in await payer.events() for _ in range(5)]

        answers = await asyncio.gather(*map(payer.hears, events))

        assert {one.status_code for one in answers} == {200}
        assert await payer.moves() == [("succeeded", 3)]

    async def test_what_was_heard_is_not_asked_again(self, payer: Any) -> None:
        await payer.asked()
        await payer.at_the_page("payments")
        (event, *_) = await payer.events()
        first = await payer.hears(event)
        await payer.stripe.post("/faults", json={"mode": "tempfail"})

        assert (await payer.hears(event)).json() == first.json() == {"outcome": "moved"}

    async def test_declined_says_what_is_next_and_may_be_paid_after_all(self, payer: Any) -> None:
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
        assert [state for state, _ in await payer.moves()] == [*["declined"] * 3, "succeeded"]

    async def test_a_slow_bank_is_waited_for(self, payer: Any) -> None:
        payment_id = await payer.asked()
        await payer.at_the_page("payments", slow=True)
        await payer.hears_all()
        assert (await payer.state(payment_id))["state"] == "processing"
        assert await payer.moves() == []

        await payer.at_the_page("payments")
        await payer.hears_all()
        assert [state for state, _ in await payer.moves()] == ["succeeded"]

    async def test_a_page_that_closes_is_no_news_to_others(self, payer: Any) -> None:
        payment_id = await payer.asked()
        await payer.at_the_page("expiry")
        await payer.hears_all()

        assert (await payer.state(payment_id))["state"] == "expired"
        assert await payer.moves() == []

    async def test_forged_and_old_ones_are_refused_by_name(self, payer: Any) -> None:
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

    async def test_signed_nonsense_is_refused_by_name(self, payer: Any) -> None:
        for nonsense in ([], {}, {"id": "e", "type": "t", "data": 5}, {"data": {"object": None}}):
            answer = await payer.hears(nonsense)
            assert (answer.status_code, answer.json()["code"]) == (400, "notice-unreadable")

    @pytest.mark.parametrize("amount", [1, 89_999, 90_001])
    async def test_a_wrong_amount_is_refused_each_time_and_kept(
        self, payer: Any, amount: int
    ) -> None:
        payment_id = await payer.asked()
        await payer.at_the_page("payments", amount=amount)
        for event in (await payer.events()) * 2:
            answer = await payer.hears(event)
            assert (answer.status_code, answer.json()["code"]) == (422, "payment-amount-differs")

        assert (await payer.state(payment_id))["state"] == "open"
        assert await payer.moves() == []
        rows = await payer.portal.rows("SELECT outcome FROM provider_notices")
        assert [row["outcome"] for row in rows] == ["payment-amount-differs"] * 2

    async def test_what_is_not_ours_is_left_alone(self, payer: Any) -> None:
        await payer.asked()
        await payer.at_the_page("payments")
        (event, *_) = await payer.events()

        event["data"]["object"]["metadata"] = {}
        assert (await payer.hears(event)).json() == {"outcome": "not-ours"}
        event["id"], event["type"] = "evt_2", "invoice.paid"
        assert (await payer.hears(event)).json() == {"outcome": "not-ours"}
        assert await payer.moves() == []

    async def test_naming_another_payment_moves_neither(self, payer: Any) -> None:
        first = await payer.asked()
        second = await payer.asked((INVOICE, "100.00"))
        await payer.at_the_page("payments")
        event = (await payer.events())[-1]

        event["data"]["object"]["metadata"] = {"payment_id": first}
        await payer.hears(event)

        assert (await payer.state(first))["state"] == "open"
        assert (await payer.state(second))["state"] == "open"

    async def test_bringing_the_page_of_another_payment_is_refused_by_name(
        self, payer: Any, dying: Any
    ) -> None:
        with dying("paying", "payment.asked"):
            await payer.pay(key="k")
        (row,) = await payer.portal.rows("SELECT payment_id FROM provider_payments")
        await payer.asked((INVOICE, "100.00"))
        await payer.at_the_page("payments")
        event = (await payer.events())[-1]

        event["data"]["object"]["metadata"] = {"payment_id": str(row["payment_id"])}
        answer = await payer.hears(event)

        assert (answer.status_code, answer.json()["code"]) == (422, "notice-of-another-payment")
        assert await payer.moves() == []

    async def test_dying_between_asking_and_writing_is_made_good(
        self, payer: Any, dying: Any
    ) -> None:
        payment_id = await payer.asked()
        await payer.at_the_page("payments")
        with dying("paying", "notice.looked"):
            for event in await payer.events():
                assert (await payer.hears(event)).status_code == 500

        await payer.hears_all()
        assert (await payer.state(payment_id))["state"] == "succeeded"
        assert await payer.moves() == [("succeeded", 3)]

    async def test_the_provider_away_is_answered_5xx_so_that_it_is_told_again(
        self, payer: Any
    ) -> None:
        await payer.asked()
        await payer.at_the_page("payments")
        (event, *_) = await payer.events()
        await payer.stripe.post("/faults", json={"mode": "tempfail"})
        assert (await payer.hears(event)).status_code == 503
        await payer.stripe.post("/faults", json={"mode": "none"})

        assert (await payer.hears(event)).json() == {"outcome": "moved"}


class TestWatch:
    async def test_asks_a_provider_that_told_nothing(self, payer: Any) -> None:
        payment_id = await payer.asked()
        await payer.at_the_page("payments")
        await payer.portal.watch_all("payments")
        assert (await payer.state(payment_id))["state"] == "open"

        payer.portal.move(timedelta(hours=1))
        await payer.portal.sign_in(payer.browser)
        await payer.portal.watch_all("payments")
        await payer.portal.watch_all("payments")

        assert (await payer.state(payment_id))["state"] == "succeeded"
        await payer.hears_all()
        assert await payer.moves() == [("succeeded", 3)]
        assert await payer.portal.rows("SELECT FROM timers WHERE kind = 'payments'") == []

    async def test_asks_again_and_in_the_end_no_more(self, payer: Any) -> None:
        await payer.asked()
        for mode, hours in (("tempfail", 1), ("none", 12), ("none", 12)):
            await payer.stripe.post("/faults", json={"mode": mode})
            payer.portal.move(timedelta(hours=hours))
            await payer.portal.watch_all("payments")
        rows = await payer.portal.rows("SELECT outcome FROM provider_notices")
        assert [row["outcome"] for row in rows] == ["no-news"] * 2

        payer.portal.move(timedelta(days=15))
        await payer.portal.watch_all("payments")
        assert await payer.portal.rows("SELECT FROM timers WHERE kind = 'payments'") == []

    async def test_says_no_to_a_wrong_amount_once(self, payer: Any) -> None:
        await payer.asked()
        await payer.at_the_page("payments", amount=1)
        payer.portal.move(timedelta(hours=1))
        await payer.portal.watch_all("payments")
        await payer.portal.watch_all("payments")

        rows = await payer.portal.rows("SELECT outcome FROM provider_notices")
        assert [row["outcome"] for row in rows] == ["payment-amount-differs"]
        assert await payer.moves() == []
