"""What goes back of a payment: all of it counts once, never more than was paid, and what is won is here again."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_api.domain.back import BackCurrencyDiffers, Gone, MoreBackThanPaid, Why
from portal_api.domain.payment import Item, Payment, State
from portal_api.gateways.stripe_back import gone_of
from portal_api.handlers.learn_back import learn_back
from shared.base.telling import Telling
from shared.contracts import portal_api
from shared.contracts.erp import ReturnReason

NOW = datetime(2026, 5, 11, 22, 30, tzinfo=UTC)
PAID = 95_000


def payment(state: State = State.SUCCEEDED) -> Payment:
    items = [Item(UUID(int=1), "RE-1", PAID)]
    made = Payment(UUID(int=9), UUID(int=8), "DE01", "EUR", items, "https://p.example/", NOW)
    made.state = state
    return made


def gone(minor: int, why: Why = Why.REFUND, currency: str = "EUR") -> Gone:
    return Gone(minor, currency, why, "because")


def learn(one: Payment, telling: Telling, *what: Gone) -> bool:
    return learn_back(telling, one, what, time_zone="Europe/Berlin", moment=NOW)


class TestLearnBack:
    def test_more_of_it_is_returned_and_less_of_it_restored(self) -> None:
        one, telling = payment(), Telling()
        for minor in (40_000, 40_000, PAID, 0, 0):
            learn(one, telling, *([gone(minor)] if minor else []))

        told = [(type(each.fact), each.fact.returned) for each in telling.told]
        assert told == [
            (portal_api.PaymentReturned, "400.00"),
            (portal_api.PaymentReturned, "950.00"),
            (portal_api.PaymentRestored, "0.00"),
        ]
        assert [each.fact.version for each in telling.told] == [2, 3, 4]
        assert telling.told[0].fact.returned_on == date(2026, 5, 12)

    def test_of_several_reasons_the_gravest_is_told(self) -> None:
        one, telling = payment(), Telling()
        learn(one, telling, gone(100), gone(200, Why.CHARGEBACK), gone(300, Why.BANK_RETURN))

        (told,) = telling.told
        assert (told.fact.returned, told.fact.return_reason) == ("6.00", ReturnReason.CHARGEBACK)
        assert told.fact.for_reason == "2.00"

    @given(st.lists(st.integers(1, 2 * PAID), max_size=4), st.sampled_from(["EUR", "USD"]))
    def test_never_more_than_was_paid_nor_another_currency(
        self, minors: list[int], currency: str
    ) -> None:
        one, before, telling = payment(), payment(), Telling()
        what = [gone(minor, currency=currency) for minor in minors]
        if not minors or (currency == "EUR" and sum(minors) <= PAID):
            learn(one, telling, *what)
            assert one.away_minor == sum(minors)
            return
        with pytest.raises((MoreBackThanPaid, BackCurrencyDiffers)):
            learn(one, telling, *what)
        assert (one, telling.told) == (before, [])

    @pytest.mark.parametrize("state", [one for one in State if one is not State.SUCCEEDED])
    def test_of_money_that_never_came_nothing_goes_back(self, state: State) -> None:
        assert not learn(payment(state), Telling(), gone(100))

    def test_its_words_are_the_contract_s(self) -> None:
        assert {one.value for one in Why} < {one.value for one in ReturnReason}


def intent(kind: str, status: str = "succeeded", **charge: Any) -> dict[str, Any]:
    plain = {"status": status, "amount": PAID, "currency": "eur"}
    means = {"payment_method_details": {"type": kind}}
    return {"status": "succeeded", "latest_charge": {**plain, **means, **charge}}


def contest(status: str, *moved: int) -> dict[str, Any]:
    taken = [{"amount": one, "currency": "usd"} for one in moved]
    whole = {"amount": PAID, "currency": "eur", "reason": "general", "status": status}
    return whole | {"balance_transactions": taken}


class TestAtStripe:
    @pytest.mark.parametrize(
        ("kind", "why"), [("card", Why.CHARGEBACK), ("sepa_debit", Why.BANK_RETURN)]
    )
    def test_a_contest_counts_while_its_money_is_withdrawn(self, kind: str, why: Why) -> None:
        def away(one: dict[str, Any]) -> list[tuple[int, Why]]:
            return [(each.minor, each.why) for each in gone_of(intent(kind), [], [one])]

        assert away(contest("needs_response", -101_000)) == [(PAID, why)]
        assert away(contest("lost", -101_000)) == [(PAID, why)]
        assert away(contest("won", -101_000, 101_000)) == []
        assert away(contest("won", -101_000)) == [(PAID, why)]
        assert away(contest("warning_needs_response")) == []

    def test_a_refund_counts_once_it_has_succeeded(self) -> None:
        plain = {"amount": 100, "currency": "eur", "reason": None}
        refunds = [
            plain | {"status": one} for one in ("succeeded", "pending", "failed", "canceled")
        ]

        assert [*gone_of(intent("card"), refunds, [])] == [Gone(100, "EUR", Why.REFUND)]

    def test_a_debit_that_fails_late_is_away_once(self) -> None:
        late = intent("sepa_debit", "failed", failure_code="insufficient_funds")

        assert [*gone_of(late, [], [contest("lost", -1)])] == [
            Gone(PAID, "EUR", Why.BANK_RETURN, "insufficient_funds")
        ]
