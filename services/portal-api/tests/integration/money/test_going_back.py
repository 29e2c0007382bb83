"""Money that goes back at the provider, and comes again: the official library against the fake, in any order."""

import asyncio
import itertools
from typing import Any

import pytest

from portal_api.gateways import stripe_back
from shared.testing.examples import INVOICE

RETURNED = ("portal-api.payment.returned",)
RESTORED = ("portal-api.payment.restored",)
REVOKED = ("portal-api.mandate.revoked",)
BACK = RETURNED + RESTORED


class Till:
    """A payment of 900.00 by page, and what becomes of it."""

    def __init__(self, counter: Any) -> None:
        self.counter = counter

    async def pays(self, *, tells: bool = True) -> str:
        """Answers the provider's id of the money; our id is `payment_id`."""
        body = {
            "items": [{"invoice_id": str(INVOICE), "amount": "900.00"}],
            "return_url": "https://shop.example/paid",
        }
        answer = await self.counter.browser.post("/v1/payments", json=body)
        self.payment_id = answer.json()["payment_id"]
        await self.counter.at_the_page("payments")
        if tells:
            await self.counter.hears_new()
        (*_, session) = (await self.counter.stripe.get("/sessions")).json()["items"]
        self.intent_id = str(session["payment_intent"]["id"])
        return self.intent_id

    async def does(self, path: str, **said: Any) -> None:
        answer = await self.counter.stripe.post(path, json=said)
        assert answer.status_code == 200, answer.text

    async def refunds(self, amount: int | None = None, **more: str) -> None:
        said = {} if amount is None else {"amount": amount}
        await self.does(f"/intents/{self.intent_id}/refunds", **said, **more)

    async def contests(self, **said: Any) -> str:
        """Answers the provider's id of the contest."""
        await self.does(f"/intents/{self.intent_id}/disputes", **said)
        (*_, dispute) = (await self.counter.stripe.get("/disputes")).json()["items"]
        return str(dispute["id"])

    async def judges(self, dispute_id: str, *, won: bool) -> None:
        await self.does(f"/disputes/{dispute_id}/outcomes", won=won)

    async def told(self) -> list[tuple[str, str]]:
        return [(one["returned"], one["return_reason"]) for one in await self.counter.told(*BACK)]

    async def away(self) -> str:
        state = await self.counter.browser.get(f"/v1/payments/{self.payment_id}/state")
        returned: str = state.json()["returned"]
        return returned


@pytest.fixture
async def till(counter: Any) -> Till:
    return Till(counter)


class TestGoingBack:
    async def test_a_refund_is_told_with_all_that_is_away(self, till: Till) -> None:
        await till.pays()
        await till.refunds(10_000)
        assert sorted(await till.counter.hears_new()) == ["moved", "no-news"]
        await till.refunds(5_000)
        await till.counter.hears_new()

        assert await till.told() == [("100.00", "refund"), ("150.00", "refund")]
        (*_, told) = await till.counter.told(*RETURNED)
        assert (told["payment_id"], told["provider_reference"]) == (till.payment_id, till.intent_id)
        assert (told["amount"], told["code"]) == ("900.00", "requested_by_customer")
        assert await till.away() == "150.00"

    async def test_a_refund_that_does_not_arrive_is_here_again(self, till: Till) -> None:
        await till.pays()
        await till.refunds()
        (refund,) = (await till.counter.stripe.get("/refunds")).json()["items"]
        await till.counter.hears_new()
        await till.does(f"/refunds/{refund['id']}/failures")
        await till.counter.hears_new()

        assert [one["returned"] for one in await till.counter.told(*RESTORED)] == ["0.00"]
        assert await till.away() == "0.00"

    async def test_what_went_back_is_not_on_its_way_to_us(self, till: Till) -> None:
        await till.pays()
        before = await till.counter.browser.get("/")
        await till.contests()
        await till.counter.hears_new()
        after = await till.counter.browser.get("/")

        coming = "gezahlt und unterwegs zu uns"
        assert (coming in before.text, coming in after.text) == (True, False)

    @pytest.mark.parametrize(("won", "away"), [(True, "0.00"), (False, "900.00")])
    async def test_a_chargeback_is_away_unless_it_is_won(
        self, till: Till, won: bool, away: str
    ) -> None:
        await till.pays()
        dispute_id = await till.contests()
        await till.counter.hears_new()
        assert await till.told() == [("900.00", "chargeback")]
        await till.judges(dispute_id, won=won)
        await till.counter.hears_new()

        assert await till.away() == away
        assert len(await till.counter.told(*RESTORED)) == won

    async def test_an_inquiry_takes_no_money(self, till: Till) -> None:
        await till.pays()
        await till.contests(inquiry=True)

        assert await till.counter.hears_new() == ["no-news"]
        assert await till.told() == []

    async def test_in_all_orders_and_five_times_each_it_ends_the_same(self, till: Till) -> None:
        await till.pays(tells=False)
        dispute_id = await till.contests()
        await till.judges(dispute_id, won=True)
        await till.refunds(10_000)
        events = await till.counter.events()
        first = [one for one in events if one["type"].startswith("charge.dispute")]
        assert len(first) == 4

        for order in itertools.islice(itertools.permutations(events), 0, None, 997):
            for event in order:
                for _ in range(5):
                    answer = await till.counter.hears(event)
                    assert answer.status_code == 200, answer.text

        assert await till.told() == [("100.00", "refund")]
        assert len(await till.counter.told("portal-api.payment.confirmed")) == 1

    async def test_each_word_at_once_five_times_ends_with_what_the_provider_has(
        self, till: Till
    ) -> None:
        await till.pays()
        heard = len(await till.counter.events())
        dispute_id = await till.contests()
        for _ in range(5):
            await asyncio.gather(*map(till.counter.hears, (await till.counter.events())[heard:]))
        await till.judges(dispute_id, won=True)
        for _ in range(5):
            await asyncio.gather(*map(till.counter.hears, (await till.counter.events())[heard:]))

        assert await till.told() == [("900.00", "chargeback"), ("0.00", "chargeback")]
        assert await till.away() == "0.00"

    async def test_told_before_the_money_was_heard_of_both_are_told_in_order(
        self, till: Till
    ) -> None:
        await till.pays(tells=False)
        await till.contests()
        (*_, last) = await till.counter.events()
        assert (await till.counter.hears(last)).json() == {"outcome": "moved"}

        kinds = [one["state"] for one in await till.counter.told("portal-api.payment.")]
        assert kinds == ["succeeded"] * 2
        assert await till.told() == [("900.00", "chargeback")]

    async def test_an_old_look_does_not_undo_a_newer_one(
        self, till: Till, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await till.pays()
        dispute_id = await till.contests()
        withdrawn = (await till.counter.events())[-1]
        held, released = asyncio.Event(), asyncio.Event()
        provider = await _slow_once(monkeypatch, held, released)
        late = asyncio.create_task(till.counter.hears(withdrawn))
        await held.wait()
        await till.judges(dispute_id, won=True)
        assert (await till.counter.hears((await till.counter.events())[-1])).status_code == 200
        released.set()

        assert (await late).status_code == 200
        assert provider["looks"] == 3
        assert await till.away() == "0.00"

    async def test_dying_between_asking_and_writing_is_made_good(
        self, till: Till, dying: Any
    ) -> None:
        await till.pays()
        await till.contests()
        (*_, last) = await till.counter.events()
        with dying("going_back", "back.looked"):
            assert (await till.counter.hears(last)).status_code == 500

        assert (await till.counter.hears(last)).json() == {"outcome": "moved"}
        assert await till.told() == [("900.00", "chargeback")]

    async def test_the_provider_away_is_answered_5xx_so_that_it_is_told_again(
        self, till: Till
    ) -> None:
        await till.pays()
        await till.contests()
        (*_, last) = await till.counter.events()
        await till.does("/faults", mode="tempfail")
        assert (await till.counter.hears(last)).status_code == 503
        await till.does("/faults", mode="none")

        assert (await till.counter.hears(last)).json() == {"outcome": "moved"}


class TestRefused:
    @pytest.mark.parametrize(
        ("said", "code"),
        [
            ({"amount": 90_001}, "more-back-than-paid"),
            ({"amount": 90_000, "currency": "usd"}, "back-currency-differs"),
        ],
    )
    async def test_what_cannot_be_is_refused_each_time_and_kept(
        self, till: Till, said: dict[str, Any], code: str
    ) -> None:
        await till.pays()
        await till.refunds(**said)
        for event in (await till.counter.events())[-2:] * 2:
            answer = await till.counter.hears(event)
            assert (answer.status_code, answer.json()["code"]) == (422, code)

        assert (await till.told(), await till.away()) == ([], "0.00")
        kept = await till.counter.portal.rows(
            "SELECT outcome FROM provider_notices WHERE kind LIKE '%refund%'"
        )
        assert [one["outcome"] for one in kept] == [code] * 2

    async def test_of_a_payment_that_we_never_asked_for(self, till: Till) -> None:
        await till.pays()
        await till.refunds()
        rows = "DELETE FROM provider_payments"
        async with till.counter.portal.service.database.work(
            till.counter.portal.service.clock.now()
        ) as work:
            await work.connection.execute(rows)
        (*_, last) = await till.counter.events()
        for _ in range(2):
            answer = await till.counter.hears(last)
            assert (answer.status_code, answer.json()["code"]) == (
                422,
                "notice-of-unknown-payment",
            )

    async def test_what_is_not_ours_is_left_alone(self, till: Till) -> None:
        await till.pays()
        await till.refunds()
        (*_, last) = await till.counter.events()
        last["data"]["object"]["payment_intent"] = None

        assert (await till.counter.hears(last)).json() == {"outcome": "not-ours"}
        assert await till.told() == []


class TestAutopay:
    async def _charged(self, till: Till, last4: str) -> None:
        counter = till.counter
        await counter.saves(last4)
        await counter.autopay()
        await counter.announced()
        await counter.charges_day(30)
        (*_, intent) = await counter.intents()
        if intent["status"] == "processing":
            await till.does(f"/intents/{intent['id']}/payments")
        await counter.hears_new()
        till.intent_id = intent["id"]

    async def test_a_debit_returned_after_it_succeeded_is_told_as_the_bank_s(
        self, till: Till
    ) -> None:
        await self._charged(till, "3000")
        await till.contests(reason="insufficient_funds")
        await till.counter.hears_new()

        assert await till.told() == [("1100.00", "bank-return")]
        assert await till.counter.told(*REVOKED) == []
        assert (await till.counter.last())["state"] == "paid"

    async def test_a_debit_that_fails_late_is_told_as_the_bank_s(self, till: Till) -> None:
        await self._charged(till, "3000")
        await till.does(f"/intents/{till.intent_id}/returns", code="account_closed")
        await till.counter.hears_new()

        assert await till.told() == [("1100.00", "bank-return")]
        assert [one["reason"] for one in await till.counter.told(*REVOKED)] == ["account_closed"]

    @pytest.mark.parametrize(
        ("last4", "reason"), [("4242", "fraudulent"), ("3000", "debit_not_authorized")]
    )
    async def test_who_never_agreed_is_never_charged_again(
        self, till: Till, last4: str, reason: str
    ) -> None:
        await self._charged(till, last4)
        await till.contests(reason=reason)
        for event in await till.counter.events():
            assert (await till.counter.hears(event)).status_code == 200

        assert [one["reason"] for one in await till.counter.told(*REVOKED)] == [reason]
        await till.counter.portal.watch("autopay")
        assert len(await till.counter.told("portal-api.charge.announced")) == 1


async def _slow_once(
    monkeypatch: pytest.MonkeyPatch, held: asyncio.Event, released: asyncio.Event
) -> dict[str, int]:
    """The first look has its answer, and waits with it."""
    counted, looks = {"looks": 0}, stripe_back.look_back

    async def slow(*asked: Any) -> Any:
        counted["looks"] += 1
        is_first = counted["looks"] == 1
        found = await looks(*asked)
        if is_first:
            held.set()
            await released.wait()
        return found

    monkeypatch.setattr(stripe_back, "look_back", slow)
    return counted
