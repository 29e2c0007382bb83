"""While a charge stands announced and will be made nobody asks for it otherwise; and no longer than that."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest

from portal_api.domain.autopay import AutopayRails, MeansRails
from portal_api.domain.charge import Charge, Item, State, Why
from portal_api.domain.decline import Decline
from portal_api.domain.mandate import Means
from portal_api.domain.payment import Item as PaidItem
from portal_api.domain.payment import Payment, Seen
from portal_api.domain.payment import State as PaymentState
from portal_api.handlers.await_charge import await_charge
from portal_api.handlers.drop_charge import drop_charge
from portal_api.handlers.learn_charge import Tried, learn_charge
from shared.base.days import BusinessCalendar
from shared.base.telling import Telling
from shared.contracts import portal_api as told

NOW = datetime(2026, 4, 20, 8, tzinfo=UTC)
TODAY = NOW.date()
CHARGE_ON = TODAY + timedelta(days=4)
CARD, ACCOUNT = Means("card", "visa", "4242"), Means("sepa_debit", "", "3000")
CUSTOMER, MANDATE = UUID(int=1), UUID(int=2)


def means_rails(*, announce_days: int, answer_days: int) -> MeansRails:
    return MeansRails(
        offered=True,
        announce_days=announce_days,
        attempts_max=4,
        within_days=30,
        days_between=5,
        only=None,
        same_amount=False,
        answer_days=answer_days,
    )


RAILS = AutopayRails(
    version=1,
    look_at=time(9),
    charge_at=time(9),
    early_days=2,
    expiring_days=30,
    means={
        "card": means_rails(announce_days=3, answer_days=3),
        "sepa_debit": means_rails(announce_days=4, answer_days=22),
    },
    texts={},
    zones={"DE01": "Europe/Berlin"},
    calendars={"DE01": BusinessCalendar("DE")},
)


def announced(means: Means = CARD) -> Charge:
    """Part 2 of one invoice, and parts 1 and 3 of another."""
    items = [Item(UUID(int=10), "10", 700, (2,)), Item(UUID(int=11), "11", 300, (1, 3))]
    return Charge(
        *(UUID(int=3), CUSTOMER, "DE01", "EUR", items, CHARGE_ON, UUID(int=4), NOW, means),
    )


def awaits(one: Charge, *, announced_on: date = TODAY) -> list[Any]:
    telling = Telling()
    await_charge(telling, one, RAILS, announced_on=announced_on, moment=NOW)
    return [each.fact for each in telling.told]


def learns(one: Charge, state: PaymentState, decline: str = "") -> list[Any]:
    """What is told of the charge once the provider says how its attempt stands."""
    one.claim(MANDATE, one.means, until=NOW)
    assert one.payment_id is not None
    payment = Payment(
        payment_id=one.payment_id,
        customer_id=CUSTOMER,
        legal_entity="DE01",
        currency="EUR",
        items=[PaidItem(item.invoice_id, item.invoice_number, item.minor) for item in one.items],
        return_url="",
        asked_at=NOW,
        charge_id=one.charge_id,
    )
    seen = Seen(
        session_id="pi_1",
        payment_id=str(payment.payment_id),
        state=state,
        minor=payment.minor,
        currency="EUR",
        reference="pi_1",
        decline=Decline(decline) if decline else None,
    )
    telling = Telling()
    learn_charge(telling, one, payment, seen, Tried(RAILS, {}), today=one.charge_on, moment=NOW)
    return [each.fact for each in telling.told if isinstance(each.fact, told.ChargeEvent)]


def held(fact: told.ChargeEvent) -> list[tuple[int | None, str]]:
    return [(one.instalment, one.held) for one in fact.items]


ALL, NOTHING = [(2, "7.00"), (None, "3.00")], [(2, "0.00"), (None, "0.00")]


class TestAwaitCharge:
    @pytest.mark.parametrize(("means", "days"), [(CARD, 3), (ACCOUNT, 22)])
    def test_holds_all_until_the_bank_must_have_answered(self, means: Means, days: int) -> None:
        (fact,) = awaits(announced(means))

        assert isinstance(fact, told.ChargeAwaited)
        assert held(fact) == ALL
        assert fact.until == CHARGE_ON + timedelta(days=days)

    def test_is_told_once_under_a_version_of_its_own(self) -> None:
        one = announced()
        (fact,) = awaits(one)

        assert (fact.version, awaits(one)) == (2, [])

    @pytest.mark.parametrize(("late", "facts"), [(1, 1), (2, 0)])
    def test_an_announcement_that_left_too_late_silences_nobody(
        self, late: int, facts: int
    ) -> None:
        """On Friday a card is charged of which we told on Tuesday, and not one of which we told later."""
        assert len(awaits(announced(), announced_on=TODAY + timedelta(days=late))) == facts

    @pytest.mark.parametrize(
        "over",
        [
            lambda one: drop_charge(Telling(), one, Why.STOPPED, moment=NOW),
            lambda one: learns(one, PaymentState.SUCCEEDED),
            lambda one: learns(one, PaymentState.DECLINED, "expired_card"),
        ],
    )
    def test_what_is_over_is_awaited_no_more(self, over: Callable[[Charge], object]) -> None:
        one = announced()
        over(one)

        assert awaits(one) == []


class TestAfterwards:
    def test_dropped_holds_nothing(self) -> None:
        one, telling = announced(), Telling()
        awaits(one)
        drop_charge(telling, one, Why.NOTHING_DUE, moment=NOW)

        (fact,) = [each.fact for each in telling.told]
        assert isinstance(fact, told.ChargeDropped)
        assert (held(fact), fact.until, fact.version) == (NOTHING, None, 3)

    def test_declined_for_good_holds_nothing(self) -> None:
        one = announced()
        awaits(one)

        (fact,) = learns(one, PaymentState.DECLINED, "expired_card")

        assert isinstance(fact, told.ChargeFailed)
        assert (held(fact), fact.until, fact.version) == (NOTHING, None, 4)
        assert fact.decline.code == "expired_card"

    def test_declined_for_now_holds_on_until_the_answer_to_the_next_attempt(self) -> None:
        one = announced()
        awaits(one)

        (fact,) = learns(one, PaymentState.DECLINED, "insufficient_funds")

        assert isinstance(fact, told.ChargePostponed)
        assert (held(fact), fact.until) == (ALL, fact.charge_on + timedelta(days=3))
        assert fact.charge_on >= CHARGE_ON + timedelta(days=5)

    def test_paid_holds_for_the_rest_of_the_day(self) -> None:
        one = announced()
        awaits(one)

        (fact,) = learns(one, PaymentState.SUCCEEDED)

        assert isinstance(fact, told.ChargePaid)
        assert (held(fact), fact.until, fact.version) == (ALL, CHARGE_ON, 4)

    def test_a_bank_that_takes_its_time_is_told_of_by_nothing_new(self) -> None:
        one = announced(ACCOUNT)
        awaits(one)

        assert learns(one, PaymentState.PROCESSING) == []
        assert (one.state, one.held_until) == (State.CHARGING, CHARGE_ON + timedelta(days=22))

    def test_every_word_has_a_version_of_its_own(self) -> None:
        one = announced()
        versions = [one.version]
        versions += [each.version for each in awaits(one)]
        for _ in range(3):
            versions += [
                each.version for each in learns(one, PaymentState.DECLINED, "insufficient_funds")
            ]
        versions += [each.version for each in learns(one, PaymentState.SUCCEEDED)]

        assert versions == sorted(set(versions))
        assert len(versions) == 6
