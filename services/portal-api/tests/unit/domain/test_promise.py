"""A promise ends once, by what was paid in time; the rails say who may make one."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_api.domain.owed import Item, Known, Paid
from portal_api.domain.promise import MOVES, Promise, State
from portal_api.domain.promise_rails import (
    PayOnPast,
    PayOnTooLate,
    PromiseRails,
    Standing,
    TooManyBroken,
    TooManyPromises,
    TooManyWithdrawn,
)
from shared.base.days import BusinessCalendar
from shared.contracts import portal_api

INVOICE = UUID(int=1)
MADE_AT = datetime(2026, 4, 20, 7, tzinfo=UTC)
PAY_ON = date(2026, 4, 30)
GRACE = 3
UNTIL = date(2026, 5, 3)
ZONES = {"DE01": "Europe/Berlin"}
RAILS = PromiseRails(
    30, GRACE, 5, 2, 180, 4, time(8), ZONES, {"DE01": BusinessCalendar("DE", "HH")}
)

money = st.integers(0, 1_000)
payments = st.lists(
    st.builds(
        Paid,
        payment_id=st.integers(1, 5).map(lambda n: UUID(int=n)),
        value_date=st.dates(date(2026, 4, 1), date(2026, 5, 31)),
        minor=money,
    ),
    unique_by=lambda one: one.payment_id,
)


def promise(minor: int = 500, before: dict[UUID, int] | None = None) -> Promise:
    item = Item(INVOICE, "R", minor, before or {})
    return Promise(UUID(int=9), UUID(int=8), "DE01", "EUR", [item], PAY_ON, GRACE, MADE_AT)


def paid(minor: int, on: date = PAY_ON, payment: int = 1) -> Paid:
    return Paid(UUID(int=payment), on, minor)


def known(came: Sequence[Paid], open_minor: int, disputed: int = 0) -> Known:
    return Known({INVOICE: came}, {INVOICE: open_minor}, {INVOICE: disputed})


def verdict(*came: Paid, open_minor: int, is_over: bool = True, minor: int = 500) -> State:
    return promise(minor).verdict(known(came, open_minor), is_over=is_over)


class TestStates:
    def test_are_the_contract_s(self) -> None:
        assert [one.value for one in State] == [one.value for one in portal_api.PromiseState]

    @pytest.mark.parametrize("ended", [state for state in State if state is not State.OPEN])
    def test_an_ended_one_moves_no_more(self, ended: State) -> None:
        assert MOVES[ended] == frozenset()
        one = promise()
        one.end(ended, moment=MADE_AT)
        with pytest.raises(AssertionError, match="not followed"):
            one.end(State.KEPT, moment=MADE_AT)


class TestVerdict:
    def test_nothing_came(self) -> None:
        assert verdict(open_minor=1_000) is State.BROKEN

    def test_some_came(self) -> None:
        assert verdict(paid(200), open_minor=800) is State.PARTLY_KEPT

    def test_all_came_in_parts(self) -> None:
        assert verdict(paid(200), paid(300, payment=2), open_minor=500) is State.KEPT

    def test_all_came_early_is_told_at_once(self) -> None:
        assert verdict(paid(500), open_minor=500, is_over=False) is State.KEPT
        assert verdict(paid(499), open_minor=501, is_over=False) is State.OPEN

    def test_the_last_day_of_the_grace_counts_and_the_next_does_not(self) -> None:
        assert verdict(paid(500, UNTIL), open_minor=0) is State.KEPT
        assert verdict(paid(500, UNTIL + timedelta(days=1)), open_minor=0) is State.BROKEN

    def test_what_was_paid_before_keeps_nothing(self) -> None:
        one = promise(before={UUID(int=1): 200})
        assert one.verdict(known([paid(200)], 800), is_over=True) is State.BROKEN

    def test_a_credit_keeps_nothing_and_what_it_leaves_is_enough(self) -> None:
        assert verdict(open_minor=500, minor=500) is State.BROKEN
        assert verdict(paid(200), open_minor=0) is State.KEPT

    def test_what_is_disputed_need_not_come(self) -> None:
        one = promise()
        assert one.verdict(known([paid(200)], 800, 800), is_over=True) is State.KEPT
        assert (one.items[0].disputed_minor, one.items[0].left_minor) == (300, 0)

        assert promise().verdict(known([], 500, 400), is_over=True) is State.BROKEN
        assert promise().verdict(known([], 1_000, 500), is_over=True) is State.BROKEN

    def test_all_of_it_is_disputed(self) -> None:
        assert promise().verdict(known([], 500, 500), is_over=False) is State.WITHDRAWN

    def test_what_is_left_is_what_nobody_took_off(self) -> None:
        one = promise()
        assert one.verdict(known([paid(100)], 250), is_over=True) is State.PARTLY_KEPT
        assert (one.items[0].off_minor, one.items[0].left_minor) == (150, 250)

    def test_nothing_is_owed_any_more(self) -> None:
        assert verdict(open_minor=0, is_over=False) is State.WITHDRAWN

    @given(payments, payments, money, st.booleans(), st.integers(1, 1_000))
    def test_by_amounts_and_dates(
        self, before: list[Paid], came: list[Paid], open_minor: int, is_over: bool, minor: int
    ) -> None:
        one = promise(minor, {each.payment_id: each.minor for each in before})
        state = one.verdict(known(came, open_minor), is_over=is_over)

        (item,) = one.items
        in_time = sum(
            max(each.minor - item.before.get(each.payment_id, 0), 0)
            for each in came
            if each.value_date <= UNTIL
        )
        assert item.paid_minor == min(in_time, minor)
        assert state is not State.KEPT or item.paid_minor > 0
        assert state is not State.BROKEN or (item.paid_minor == 0 and is_over)
        assert (in_time < minor) or state is State.KEPT
        assert is_over or state not in {State.BROKEN, State.PARTLY_KEPT}


class TestHeld:
    @pytest.mark.parametrize("ended", [state for state in State if state is not State.OPEN])
    def test_all_while_it_is_open_and_nothing_afterwards(self, ended: State) -> None:
        one = promise()
        (item,) = one.items
        assert one.held_minor(item) == 500

        one.end(ended, moment=MADE_AT)
        assert one.held_minor(item) == 0


class TestGrace:
    @pytest.mark.parametrize(
        ("pay_on", "until"),
        [
            (date(2026, 4, 29), date(2026, 5, 4)),  # Labour Day and a week-end lie between
            (date(2026, 4, 20), date(2026, 4, 23)),
            (date(2026, 4, 22), date(2026, 4, 27)),  # from a Saturday on to Monday
            (date(2026, 12, 24), date(2026, 12, 28)),
        ],
    )
    def test_ends_on_a_day_on_which_banks_work(self, pay_on: date, until: date) -> None:
        assert pay_on + timedelta(days=RAILS.grace_of(pay_on, "DE01")) == until

    @pytest.mark.parametrize(
        ("until", "over_at"),
        [
            (date(2026, 4, 23), datetime(2026, 4, 24, 6, tzinfo=UTC)),
            (date(2026, 4, 24), datetime(2026, 4, 27, 6, tzinfo=UTC)),  # a Friday
            (date(2026, 3, 27), datetime(2026, 3, 30, 6, tzinfo=UTC)),  # into summer time
            (date(2026, 4, 30), datetime(2026, 5, 4, 6, tzinfo=UTC)),
        ],
    )
    def test_is_judged_on_the_next_working_morning(self, until: date, over_at: datetime) -> None:
        assert RAILS.over_at(until, "DE01") == over_at

    def test_of_an_entity_that_nobody_knows_ends_after_the_week_end(self) -> None:
        assert RAILS.grace_of(date(2026, 4, 22), "XX") == 5


class TestRails:
    TODAY = date(2026, 4, 20)

    @pytest.mark.parametrize("days", [0, 30])
    def test_let_the_first_and_the_last_day_through(self, days: int) -> None:
        RAILS.check(self.TODAY + timedelta(days=days), Standing(4, 1), today=self.TODAY)

    @pytest.mark.parametrize(
        ("days", "standing", "refusal"),
        [
            (-1, Standing(0, 0), PayOnPast),
            (31, Standing(0, 0), PayOnTooLate),
            (7, Standing(5, 0), TooManyPromises),
            (7, Standing(0, 2), TooManyBroken),
            (7, Standing(0, 0, 4), TooManyWithdrawn),
        ],
    )
    def test_refuse_by_name(self, days: int, standing: Standing, refusal: type[Exception]) -> None:
        with pytest.raises(refusal):
            RAILS.check(self.TODAY + timedelta(days=days), standing, today=self.TODAY)
