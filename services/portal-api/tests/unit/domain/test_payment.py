"""A payment by the provider's page: whatever the order of the news, money counts once and a wrong sum never."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_api.domain.decline import DO_NOT_RETRY, SOFT, Decline, NextStep
from portal_api.domain.payment import MOVES, AmountDiffers, Item, LeftOut, Payment, Seen, State
from portal_api.handlers.learn_payment import FACTS, learn_payment
from shared.base.telling import Telling
from shared.contracts import disputes, portal_api

NOW = datetime(2026, 4, 20, 22, 30, tzinfo=UTC)
FIRST, SECOND = Decline("insufficient_funds", "ch_1"), Decline("stolen_card", "ch_2")


def payment() -> Payment:
    left_out = LeftOut(10_000, "damaged", "wet")
    items = [Item(UUID(int=1), "RE-1", 90_000, left_out), Item(UUID(int=2), "RE-2", 5_000)]
    made = Payment(UUID(int=9), UUID(int=8), "DE01", "EUR", items, "https://p.example/", NOW)
    made.open("cs_1", "https://pay.example/cs_1", moment=NOW)
    return made


def seen(state: State, decline: Decline | None = None, *, minor: int = 95_000) -> Seen:
    return Seen("cs_1", str(UUID(int=9)), state, minor, "EUR", "pi_1", decline)


HISTORY = [
    seen(State.OPEN),
    seen(State.DECLINED, FIRST),
    seen(State.DECLINED, SECOND),
    seen(State.PROCESSING),
    seen(State.SUCCEEDED),
]
"""What the provider may answer, one after another; notices come in any order, and answers are never older than them."""


def learn(one: Payment, telling: Telling, answer: Seen) -> bool:
    return learn_payment(telling, one, answer, time_zone="Europe/Berlin", moment=NOW)


class TestPayment:
    @given(st.lists(st.sampled_from(HISTORY), max_size=20))
    def test_in_any_order_and_however_often_money_is_told_once(self, answers: list[Seen]) -> None:
        one, telling = payment(), Telling()
        for answer in [*answers, HISTORY[-1], *answers]:
            learn(one, telling, answer)

        told = [type(each.fact) for each in telling.told]
        assert (one.state, told.count(portal_api.PaymentConfirmed)) == (State.SUCCEEDED, 1)
        assert told[-1] is portal_api.PaymentConfirmed
        versions = [each.fact.version for each in telling.told]
        assert versions == sorted(set(versions))

    @given(st.lists(st.sampled_from(HISTORY), max_size=20))
    def test_each_step_follows_from_the_one_before(self, answers: list[Seen]) -> None:
        one = payment()
        for answer in answers:
            before = one.state
            if one.learn(answer, today=date(2026, 4, 20), moment=NOW):
                assert one.state in MOVES[before]

    @given(st.sampled_from(State), st.integers(1, 10**9), st.sampled_from(["EUR", "USD"]))
    def test_another_sum_or_currency_moves_nothing(
        self, state: State, minor: int, currency: str
    ) -> None:
        one, before = payment(), payment()
        answer = seen(state, minor=minor)._replace(currency=currency)
        if (minor, currency) == (95_000, "EUR"):
            return
        with pytest.raises(AmountDiffers):
            one.learn(answer, today=date(2026, 4, 20), moment=NOW)
        assert one == before

    def test_the_value_date_is_the_legal_entity_s_own_day(self) -> None:
        one = payment()
        learn(one, Telling(), seen(State.SUCCEEDED))

        assert one.value_date == date(2026, 4, 21)

    def test_each_attempt_that_fails_is_told_once(self) -> None:
        one, telling = payment(), Telling()
        for decline in (FIRST, FIRST, SECOND, SECOND):
            learn(one, telling, seen(State.DECLINED, decline))

        assert [each.fact.decline.code for each in telling.told] == [
            "insufficient_funds",
            "stolen_card",
        ]

    def test_money_after_the_page_closed_still_counts(self) -> None:
        one = payment()
        assert one.learn(seen(State.EXPIRED), today=date(2026, 4, 20), moment=NOW)
        assert one.learn(seen(State.SUCCEEDED), today=date(2026, 4, 20), moment=NOW)

    def test_a_page_noted_late_keeps_what_was_learned(self) -> None:
        one = payment()
        learn(one, Telling(), seen(State.SUCCEEDED))
        one.open("cs_1", "https://pay.example/cs_1", moment=NOW)

        assert one.state is State.SUCCEEDED

    def test_its_words_are_the_contract_s(self) -> None:
        assert {one.value for one in State} == {one.value for one in portal_api.PaymentState}
        assert {one.value for one in NextStep} == {one.value for one in portal_api.NextStep}
        assert set(FACTS) <= set(State)
        assert disputes.Reason("damaged")


class TestDecline:
    def test_says_what_is_next(self) -> None:
        assert not SOFT & DO_NOT_RETRY
        steps = {code: Decline(code).next_step for code in ("authentication_required", "lost_card")}
        assert steps == {
            "authentication_required": NextStep.AUTHENTICATE,
            "lost_card": NextStep.OTHER_MEANS,
        }
        assert Decline("nobody_knows").next_step is NextStep.TRY_AGAIN
