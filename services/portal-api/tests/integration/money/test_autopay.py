"""Autopay: announced, charged on its day, declined in every way, and never what is not due: library and fake."""

from datetime import date, timedelta
from typing import Any

import pytest

from shared.base.ids import object_id
from shared.contracts import disputes, ledger, scheduler
from shared.contracts.event import Event
from shared.testing.examples import CUSTOMER, INVOICE, SOURCE, our_examples

SECOND = object_id(SOURCE, "invoice", "RE-2")
CHARGED = ("portal-api.payment.confirmed",)
DECLINED = ("portal-api.payment.declined",)
POSTPONED = ("portal-api.charge.postponed",)
DROPPED = ("portal-api.charge.dropped",)


def example(kind: type[Event], **changed: Any) -> Any:
    return next(one for one in our_examples() if isinstance(one, kind)).model_copy(update=changed)


async def second(counter: Any, due_on: date, **changed: Any) -> None:
    """Another invoice of Erika's, 50.00."""
    part = ledger.Instalment(number=1, due_on=due_on, amount="50.00", open="50.00")
    named = {"invoice_id": SECOND, "invoice_number": "RE-2", "source_id": "RE-2"}
    amounts = {"total": "50.00", "open": "50.00", "due_on": due_on, "instalments": (part,)}
    await counter.portal.hear(counter.portal.invoice(**named | amounts | changed))


@pytest.fixture
async def ready(undisputed: None, ready: Any) -> Any:
    """Nothing is disputed."""
    return ready


class TestAnnouncing:
    async def test_says_amount_and_day_far_enough_ahead_and_once(self, ready: Any) -> None:
        told = await ready.announced()
        for _ in range(3):
            ready.portal.move(timedelta(days=1))
            await ready.portal.watch("autopay")

        assert (told["amount"], told["charge_on"]) == ("1200.00", "2026-04-24")
        assert told["items"][0]["invoice_number"] == "2026-0815"
        assert told["means"]["last4"] == "4242"
        assert len(await ready.told("portal-api.charge.")) == 1

    async def test_waits_until_the_due_date_is_near_and_takes_the_working_day_after_it(
        self, ready: Any
    ) -> None:
        ready.around.open.pop(INVOICE)
        await second(ready, date(2026, 5, 1))
        await ready.portal.watch("autopay")
        assert len(await ready.told("portal-api.charge.")) == 1

        ready.portal.move(timedelta(days=8))
        told = await ready.announced()
        assert (told["amount"], told["charge_on"]) == ("50.00", "2026-05-04")

    async def test_leaves_out_what_is_disputed_promised_or_on_hold(self, ready: Any) -> None:
        disputed = disputes.DisputedItem(
            invoice_id=INVOICE, invoice_number="2026-0815", amount="100.00", held="100.00"
        )
        opened = example(disputes.DisputeOpened, version=9, items=(disputed,))
        await ready.portal.hear(opened)
        body = {
            "items": [{"invoice_id": str(INVOICE), "amount": "200.00"}],
            "pay_on": "2026-04-30",
        }
        assert (await ready.browser.post("/v1/promises", json=body)).status_code == 201
        await second(ready, date(2026, 4, 9))
        hold = example(scheduler.HoldPlaced, invoice_id=SECOND, until=None, ended_at=None)
        await ready.portal.hear(hold)

        told = await ready.announced()

        assert told["amount"] == "900.00"
        assert len(told["items"]) == 1

    @pytest.mark.parametrize(("limit", "announced"), [("1199.99", "50.00"), ("1250.00", "1250.00")])
    async def test_no_charge_is_above_what_the_customer_named(
        self, ready: Any, limit: str, announced: str
    ) -> None:
        await ready.autopay(limit)
        await second(ready, date(2026, 4, 9))

        assert (await ready.announced())["amount"] == announced

    async def test_off_means_nothing(self, ready: Any) -> None:
        await ready.autopay(None)
        await ready.portal.watch("autopay")

        assert await ready.told("portal-api.charge.") == []


class TestCharging:
    async def test_is_made_on_its_day_and_told_once_however_often_the_provider_tells(
        self, ready: Any
    ) -> None:
        await ready.announced()
        await ready.charges_day(3)
        assert await ready.intents() == []
        await ready.charges_day(1)
        for event in await ready.events():
            for _ in range(5):
                assert (await ready.hears(event)).status_code == 200
        await ready.charge()

        (intent,) = await ready.intents()
        assert (intent["amount"], intent["status"]) == (120_000, "succeeded")
        (told,) = await ready.told(*CHARGED)
        assert (told["amount"], told["provider_reference"]) == ("1200.00", intent["id"])
        assert told["value_date"] == "2026-04-24"
        charge = await ready.last()
        assert (charge["state"], charge["payment_id"]) == ("paid", told["payment_id"])

    async def test_charges_less_where_less_is_open_and_never_more(self, ready: Any) -> None:
        await ready.announced()
        ready.around.open[INVOICE] = ("700.00", "EUR")
        await ready.charges_day()
        assert [one["amount"] for one in await ready.intents()] == [70_000]

    async def test_more_open_than_announced_is_not_charged(self, ready: Any) -> None:
        ready.around.open[INVOICE] = ("1200.00", "EUR")
        await ready.announced()
        whole = ready.portal.invoice(version=9, total="1500.00", open="1500.00")
        part = whole.instalments[0].model_copy(update={"amount": "1500.00", "open": "1500.00"})
        await ready.portal.hear(whole.model_copy(update={"instalments": (part,)}))
        ready.around.open[INVOICE] = ("1500.00", "EUR")
        await ready.charges_day()

        assert [one["amount"] for one in await ready.intents()] == [120_000]

    async def test_what_is_paid_by_then_is_not_charged_and_that_is_said(self, ready: Any) -> None:
        await ready.announced()
        ready.around.open.pop(INVOICE)
        await ready.charges_day()

        assert await ready.intents() == []
        (told,) = await ready.told(*DROPPED)
        assert told["reason"] == "nothing-due"

    async def test_a_dispute_since_is_not_charged(self, ready: Any) -> None:
        await ready.announced()
        disputed = disputes.DisputedItem(
            invoice_id=INVOICE, invoice_number="2026-0815", amount="200.00", held="200.00"
        )
        await ready.portal.hear(example(disputes.DisputeOpened, version=9, items=(disputed,)))
        await ready.charges_day()

        assert [one["amount"] for one in await ready.intents()] == [100_000]

    @pytest.mark.parametrize("ago", [None, timedelta(days=-2)])
    async def test_without_an_announcement_in_time_nothing_is_charged(
        self, ready: Any, ago: timedelta | None
    ) -> None:
        if ago is None:
            await ready.portal.watch("autopay")
        else:
            await ready.announced(ago=ago)
        await ready.charges_day()

        assert await ready.intents() == []
        (told,) = await ready.told(*DROPPED)
        assert told["reason"] == "not-announced"
        again = await ready.announced()
        assert (again["charge_on"], again["amount"]) == ("2026-04-28", "1200.00")

    async def test_the_ledger_or_the_provider_away_is_tried_again(self, ready: Any) -> None:
        await ready.announced()
        ready.around.down = True
        await ready.charges_day()
        ready.around.down = False
        await ready.charge()
        assert await ready.intents() == []
        ready.portal.move(timedelta(minutes=10))
        await ready.charge()

        assert len(await ready.intents()) == 1

    async def test_another_card_saved_in_between_is_the_one_that_is_charged(
        self, ready: Any
    ) -> None:
        await ready.announced()
        await ready.saves("4444")
        await ready.charges_day()

        (intent,) = await ready.intents()
        (*_, method) = (await ready.stripe.get("/methods")).json()["items"]
        assert intent["payment_method"] == method["id"]

    async def test_an_account_saved_in_between_needs_more_days_and_is_announced_anew(
        self, ready: Any
    ) -> None:
        await ready.announced()
        await ready.saves("3000")
        await ready.charges_day()

        assert await ready.intents() == []
        again = await ready.announced()
        assert (again["means"]["kind"], again["charge_on"]) == ("sepa_debit", "2026-04-30")


class TestStopping:
    async def test_a_mandate_withdrawn_in_between_is_not_charged(self, ready: Any) -> None:
        await ready.announced()
        assert (await ready.browser.post("/v1/mandate/withdrawals")).status_code == 201
        await ready.charge()

        (told,) = await ready.told(*DROPPED)
        assert told["reason"] == "mandate-ended"
        await ready.charges_day(10)
        assert await ready.intents() == []

    async def test_autopay_turned_off_in_between_is_not_charged(self, ready: Any) -> None:
        await ready.announced()
        await ready.autopay(None)
        await ready.charge()

        assert [one["reason"] for one in await ready.told(*DROPPED)] == ["autopay-off"]
        await ready.charges_day(10)
        assert await ready.intents() == []

    async def test_one_charge_is_stopped_and_never_announced_again(self, ready: Any) -> None:
        told = await ready.announced()
        path = f"/v1/charges/{told['charge_id']}/cancellations"
        first, again = [await ready.browser.post(path) for _ in range(2)]
        assert (first.status_code, again.status_code) == (201, 201)
        assert first.json()["why"] == "stopped"
        await ready.charges_day(1)
        await ready.portal.watch("autopay")

        assert len(await ready.told("portal-api.charge.announced")) == 1
        assert len(await ready.told(*DROPPED)) == 1
        assert await ready.intents() == []

    async def test_what_is_made_cannot_be_stopped(self, ready: Any) -> None:
        told = await ready.announced()
        await ready.charges_day()
        await ready.portal.sign_in(ready.browser)
        answer = await ready.browser.post(f"/v1/charges/{told['charge_id']}/cancellations")

        assert (answer.status_code, answer.json()["code"]) == (409, "charge-under-way")

    async def test_somebody_else_s_charge_is_unknown(self, ready: Any) -> None:
        told = await ready.announced()
        otto = ready.portal.browser()
        await ready.portal.sign_in(otto, "otto@other.example")

        answer = await otto.post(f"/v1/charges/{told['charge_id']}/cancellations")
        assert (answer.status_code, answer.json()["code"]) == (404, "charge-unknown")
        assert (await otto.get("/v1/charges")).json()["items"] == []


class TestDeclines:
    async def test_one_that_wants_the_payer_is_theirs_and_not_tried_again(self, ready: Any) -> None:
        await ready.bank_says("authentication_required")
        await ready.announced()
        await ready.charges_day()
        await ready.charges_day(30)

        assert len(await ready.intents()) == 1
        (told,) = await ready.told(*DECLINED)
        assert told["decline"] == {
            "code": "authentication_required",
            "next_step": "authenticate",
        }
        charge = await ready.last()
        assert (charge["state"], charge["why"]) == ("failed", "authentication_required")
        assert (await ready.mandate())["state"] == "active"

    @pytest.mark.parametrize("code", ["stolen_card", "expired_card", "debit_not_authorized"])
    async def test_one_for_good_ends_the_mandate_and_is_told(self, ready: Any, code: str) -> None:
        await ready.bank_says(code)
        await ready.announced()
        await ready.charges_day()
        await ready.charges_day(30)

        assert len(await ready.intents()) == 1
        assert [one["decline"]["code"] for one in await ready.told(*DECLINED)] == [code]
        (revoked,) = await ready.told("portal-api.mandate.revoked")
        assert revoked["reason"] == code
        await ready.portal.sign_in(ready.browser)
        assert (await ready.mandate())["autopay"]["on"] is False

    async def test_any_other_is_tried_again_days_later_at_most_four_times_in_thirty_days(
        self, ready: Any
    ) -> None:
        await ready.bank_says("insufficient_funds")
        await ready.announced()
        for _ in range(40):
            await ready.charges_day(1)

        assert len(await ready.intents()) == 4
        days = [one["charge_on"] for one in await ready.told(*POSTPONED)]
        assert days == ["2026-04-29", "2026-05-04", "2026-05-11"]
        (told,) = await ready.told(*DECLINED)
        assert told["decline"]["code"] == "insufficient_funds"
        assert (await ready.last())["attempts"] == 4

    async def test_the_second_attempt_may_succeed(self, ready: Any) -> None:
        await ready.bank_says("insufficient_funds")
        await ready.announced()
        await ready.charges_day()
        await ready.bank_says("")
        await ready.charges_day(5)
        await ready.hears_new()

        assert [one["status"] for one in await ready.intents()] == [
            "requires_payment_method",
            "succeeded",
        ]
        assert len(await ready.told(*CHARGED)) == 1
        assert await ready.told(*DECLINED) == []

    async def test_a_bank_that_takes_its_time_and_then_declines(self, counter: Any) -> None:
        await counter.saves("3000")
        await counter.autopay()
        told = await counter.announced()
        assert told["charge_on"] == "2026-04-27"
        await counter.charges_day(7)
        (intent,) = await counter.intents()
        assert (await counter.last())["state"] == "charging"
        await counter.charge()
        await counter.stripe.post(f"/intents/{intent['id']}/declines", json={"code": "R10"})
        await counter.hears_new()

        assert len(await counter.intents()) == 1
        (declined,) = await counter.told(*DECLINED)
        assert declined["decline"]["code"] == "R10"
        assert (await counter.mandate())["state"] == "revoked"


class TestDying:
    @pytest.mark.parametrize("where", ["charge.claimed", "charge.asked"])
    async def test_anywhere_on_the_way_is_one_charge_in_the_end(
        self, ready: Any, where: str, dying: Any
    ) -> None:
        await ready.announced()
        await self.dies(ready, where, dying)
        await ready.charge()
        assert len(await ready.intents()) == (where == "charge.asked")
        await self.lease_ends(ready)
        await ready.charge()

        (intent,) = await ready.intents()
        (told,) = await ready.told(*CHARGED)
        assert told["provider_reference"] == intent["id"]
        assert (await ready.last())["attempts"] == 1

    async def test_before_asking_and_withdrawn_meanwhile_is_not_charged(
        self, ready: Any, dying: Any
    ) -> None:
        await ready.announced()
        await self.dies(ready, "charge.claimed", dying)
        await ready.portal.sign_in(ready.browser)
        await ready.browser.post("/v1/mandate/withdrawals")
        await self.lease_ends(ready)
        await ready.charge()

        assert await ready.intents() == []
        assert [one["reason"] for one in await ready.told(*DROPPED)] == ["mandate-ended"]

    async def test_before_asking_and_partly_paid_meanwhile_charges_the_rest_once(
        self, ready: Any, dying: Any
    ) -> None:
        await ready.announced()
        await self.dies(ready, "charge.claimed", dying)
        ready.around.open[INVOICE] = ("700.00", "EUR")
        await self.lease_ends(ready)
        await ready.charge()

        assert [one["amount"] for one in await ready.intents()] == [70_000]
        assert len(await ready.told(*CHARGED)) == 1

    @staticmethod
    async def dies(ready: Any, where: str, dying: Any) -> None:
        """On the day."""
        with dying("charging", where), pytest.raises(SystemError, match="killed"):
            await ready.charges_day()

    @staticmethod
    async def lease_ends(ready: Any) -> None:
        async with ready.portal.service.database.work(ready.portal.service.clock.now()) as work:
            await work.connection.execute(
                "UPDATE charges SET claimed_until = claimed_until - interval '1 hour'"
            )


class TestCustomer:
    async def test_of_another_is_never_charged(self, ready: Any) -> None:
        await ready.announced()
        await ready.charges_day()
        rows = await ready.portal.rows("SELECT DISTINCT customer_id FROM charges")

        assert [row["customer_id"] for row in rows] == [CUSTOMER]


class TestMoneyOnItsWay:
    async def test_paid_by_page_and_not_done_by_the_bank_is_not_charged_too(
        self, ready: Any
    ) -> None:
        await ready.announced()
        wanted = {"items": [{"invoice_id": str(INVOICE), "amount": "500.00"}]}
        page = {"return_url": "https://shop.example/paid"}
        paid = await ready.browser.post("/v1/payments", json=wanted | page)
        assert paid.status_code == 201, paid.text
        await ready.at_the_page("payments", slow=True)
        await ready.hears_new()
        before = len(await ready.intents())

        await ready.charges_day()

        assert [one["amount"] for one in (await ready.intents())[before:]] == [70_000]
