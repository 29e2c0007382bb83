"""A plan's parts are the whole, on rising days; cash counts for the earliest part, by value date."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_api.domain.answers import Answers
from portal_api.domain.owed import Item, Known, Owed, Paid
from portal_api.domain.plan import HOLDING, MOVES, OPEN, Plan, PlanState, Reminded, Terms
from portal_api.domain.promise import Promise
from portal_api.domain.quote import instalments_of, months_after, smallest_part
from portal_api.handlers.take_items import MorePromisedThanOpen, check_left
from shared.contracts import portal_api

INVOICE = UUID(int=1)
NOW = datetime(2026, 4, 20, 7, tzinfo=UTC)
FIRST = date(2026, 4, 30)
GRACE = 5
TERMS = Terms("DE01", "EUR", GRACE, 31, False, 1, "en", "text", "0" * 64)

days = st.dates(date(2026, 1, 1), date(2030, 12, 31))
payments = st.lists(
    st.builds(
        Paid,
        payment_id=st.integers(1, 6).map(lambda n: UUID(int=n)),
        value_date=st.dates(date(2026, 4, 20), date(2026, 8, 31)),
        minor=st.integers(0, 8_000),
    ),
    unique_by=lambda one: one.payment_id,
)


def plan(minor: int = 10_000, parts: int = 3, state: PlanState = PlanState.ACTIVE) -> Plan:
    return Plan(
        plan_id=UUID(int=9),
        customer_id=UUID(int=8),
        terms=TERMS,
        items=[Item(INVOICE, "R", minor)],
        instalments=instalments_of(minor, first_on=FIRST, parts=parts, deposit_per_cent=0),
        proposed_at=NOW,
        answer_by=NOW + timedelta(days=7),
        state=state,
    )


def paid(minor: int, on: date = FIRST, payment: int = 1) -> Paid:
    return Paid(UUID(int=payment), on, minor)


def counted(
    one: Plan, *came: Paid, open_minor: int | None = None, disputed: int = 0
) -> dict[date, int]:
    """By default nothing but these payments took anything off."""
    left = 10_000 - sum(each.minor for each in came) if open_minor is None else open_minor
    return one.count(Known({INVOICE: came}, {INVOICE: max(left, 0)}, {INVOICE: disputed}))


class TestParts:
    def test_the_odd_cent_goes_first(self) -> None:
        parts = instalments_of(10_000, first_on=FIRST, parts=3, deposit_per_cent=0)

        assert [one.minor for one in parts] == [3_334, 3_333, 3_333]

    def test_a_deposit_is_the_first_part_where_it_is_more(self) -> None:
        parts = instalments_of(10_000, first_on=FIRST, parts=4, deposit_per_cent=40)

        assert [one.minor for one in parts] == [4_000, 2_000, 2_000, 2_000]

    def test_the_last_of_a_month_stays_the_last(self) -> None:
        assert [months_after(date(2026, 1, 31), n) for n in range(4)] == [
            date(2026, 1, 31),
            date(2026, 2, 28),
            date(2026, 3, 31),
            date(2026, 4, 30),
        ]
        assert months_after(date(2027, 12, 31), 2) == date(2028, 2, 29)

    @given(st.integers(1, 10**9), days, st.integers(2, 120), st.integers(0, 90))
    def test_are_the_whole_on_rising_days(
        self, minor: int, first_on: date, parts: int, deposit: int
    ) -> None:
        least = smallest_part(minor, parts, deposit)
        if least < 1:
            return
        made = instalments_of(minor, first_on=first_on, parts=parts, deposit_per_cent=deposit)

        assert sum(one.minor for one in made) == minor
        assert min(one.minor for one in made) == least
        assert made[0].minor * 100 >= minor * deposit - 50
        assert max(one.minor for one in made[1:]) - least <= 1 or made[0].minor == least
        due = [one.due_on for one in made]
        assert (len(made), due[0]) == (parts, first_on)
        assert all(28 <= (b - a).days <= 31 for a, b in pairwise(due))


class TestStates:
    def test_are_the_contract_s(self) -> None:
        assert [one.value for one in PlanState] == [one.value for one in portal_api.PlanState]

    def test_an_ended_one_moves_no_more(self) -> None:
        assert {state for state in PlanState if not MOVES[state]} == set(PlanState) - OPEN
        with pytest.raises(AssertionError, match="not followed"):
            plan(state=PlanState.BROKEN).move(PlanState.ACTIVE, moment=NOW)

    @pytest.mark.parametrize("state", PlanState)
    def test_it_holds_while_the_customer_s_word_stands(self, state: PlanState) -> None:
        one = plan(state=state)

        assert one.held_minor(one.items[0]) == (10_000 if state in HOLDING else 0)


class TestCount:
    def test_a_payment_counts_for_the_earliest_part(self) -> None:
        one = plan()
        counted(one, paid(4_000))

        assert [part.paid_minor for part in one.instalments] == [3_334, 666, 0]
        assert next(one.unpaid()).number == 2

    def test_a_part_in_time_and_one_missed(self) -> None:
        one = plan()
        last = FIRST + timedelta(days=GRACE)
        in_time = counted(one, paid(3_334, last))
        assert one.missed(in_time, today=last + timedelta(days=1)) is None

        late = counted(one, paid(3_334, last + timedelta(days=1)))
        assert one.missed(late, today=last) is None, "its grace is not over"
        missed = one.missed(late, today=last + timedelta(days=1))
        assert missed is not None
        assert missed.number == 1

    def test_a_cent_short_is_missed(self) -> None:
        one = plan()
        in_time = counted(one, paid(3_333))

        assert one.missed(in_time, today=FIRST + timedelta(days=GRACE + 1)) is one.instalments[0]

    def test_a_credit_takes_the_last_parts_off(self) -> None:
        one = plan()
        counted(one, paid(3_334), open_minor=0)

        assert one.is_paid()
        assert list(one.unpaid()) == []

    def test_a_credit_for_some_leaves_less_of_the_last_parts(self) -> None:
        one = plan()
        counted(one, paid(1_000), open_minor=4_000)

        assert [left for _, left in one.left()] == [2_334, 1_666, 0]
        assert [part.number for part in one.unpaid()] == [1, 2]

    def test_what_is_disputed_is_not_waited_for_and_leaves_the_plan_open(self) -> None:
        one = plan()
        in_time = counted(one, paid(3_334), open_minor=6_666, disputed=6_666)

        assert one.missed(in_time, today=date(2026, 12, 31)) is None
        assert list(one.unpaid()) == []
        assert not one.is_paid()
        assert one.next_day(today=FIRST, days_before=3) == FIRST + timedelta(days=1)

    def test_what_was_paid_before_does_not_count(self) -> None:
        one = plan()
        one.items[0].before = {UUID(int=1): 3_000}
        counted(one, paid(3_500), open_minor=10_000)

        assert one.items[0].paid_minor == 500

    @given(payments, st.integers(0, 12_000), st.dates(FIRST, date(2026, 9, 30)))
    def test_by_amounts_and_dates(self, came: list[Paid], open_minor: int, today: date) -> None:
        one = plan()
        in_time = counted(one, *came, open_minor=open_minor)
        total = sum(each.minor for each in came)
        owed = min(10_000, total + open_minor)

        assert one.items[0].paid_minor == min(total, 10_000)
        assert sum(part.paid_minor for part in one.instalments) == one.items[0].paid_minor
        assert one.is_paid() == (min(total, 10_000) >= owed)
        unpaid = [part.number for part in one.unpaid()]
        assert unpaid == list(range(unpaid[0], unpaid[-1] + 1)) if unpaid else one.is_paid()
        missed = one.missed(in_time, today=today)
        if missed is not None:
            due = sum(part.minor for part in one.instalments[: missed.number])
            cash = sum(each.minor for each in came if each.value_date <= one.until(missed))
            assert one.until(missed) < today
            assert cash < min(due, owed)


class TestHeld:
    @given(payments, st.sampled_from(["plan", "promise"]))
    def test_what_is_asked_for_stays_the_rest_whatever_is_paid(
        self, came: list[Paid], kind: str
    ) -> None:
        """Of 40,000 open 10,000 are planned or promised: 30,000 are asked for, until more than that was paid."""
        total = sum(each.minor for each in came)
        open_minor = max(40_000 - total, 0)
        if kind == "plan":
            one = plan()
            one.count(Known({INVOICE: came}, {INVOICE: open_minor}))
            held = one.held_minor(one.items[0])
        else:
            promised = Promise(
                *(UUID(int=9), UUID(int=8), "DE01", "EUR", [Item(INVOICE, "R", 10_000)]),
                *(date(2026, 8, 31), 0, NOW),
            )
            promised.verdict(Known({INVOICE: came}, {INVOICE: open_minor}), is_over=False)
            held = promised.items[0].unpaid_minor

        asked = open_minor - held
        assert asked == (30_000 if total <= 10_000 else 40_000 - total)


class TestReminders:
    def test_one_before_and_one_after_the_day(self) -> None:
        one = plan()
        due = one.instalments[0]
        said = []
        for n in range(-5, GRACE + 1):
            found = one.reminder(today=FIRST + timedelta(days=n), days_before=3)
            if found is not None:
                found[0].reminded = found[1]
                said.append((n, found[1]))

        assert said == [(-3, Reminded.COMING), (1, Reminded.LATE)]
        assert due.reminded is Reminded.LATE

    def test_after_an_outage_only_what_is_true_now(self) -> None:
        assert plan().reminder(today=FIRST + timedelta(days=2), days_before=3) == (
            plan().instalments[0],
            Reminded.LATE,
        )

    @given(st.integers(-40, 40), st.integers(0, 27))
    def test_it_is_looked_at_before_every_day_that_matters(self, n: int, before: int) -> None:
        one, today = plan(), FIRST + timedelta(days=n)
        wake = one.next_day(today=today, days_before=before)

        assert wake is not None
        assert wake > today
        days = (FIRST - timedelta(days=before), FIRST + timedelta(1), FIRST + timedelta(GRACE + 1))
        assert all(day <= today or wake <= day for day in days)


class TestExtension:
    def test_moves_what_is_not_paid_once(self) -> None:
        one = plan()
        counted(one, paid(3_400))
        one.extend(14)

        assert [part.due_on for part in one.instalments] == [
            FIRST,
            date(2026, 6, 13),
            date(2026, 7, 14),
        ]
        with pytest.raises(AssertionError, match="once"):
            one.extend(1)

    @pytest.mark.parametrize("days", [30, 31])
    def test_moves_what_a_credit_took_off_so_that_parts_stay_in_order(self, days: int) -> None:
        one = plan()
        counted(one, open_minor=6_667)
        one.extend(days)

        replace(one)  # what cannot be built cannot be read again


class TestPuttingOff:
    @given(st.integers(0, 10_000), st.integers(0, 10_000), st.dates(FIRST, date(2027, 3, 31)))
    def test_keeps_the_parts_in_order_and_moves_none_that_was_asked_for(
        self, before: int, after: int, until: date
    ) -> None:
        one = plan(parts=5)
        counted(one, disputed=before)
        asked = [(part.number, part.due_on) for part in one.unpaid()]
        rested = one.resting()
        counted(one, disputed=after)
        back = rested & {part.number for part in one.unpaid()}
        if back:
            one.put_off(min(back), until=until)

        replace(one)  # what cannot be built cannot be read again
        days = {part.number: part.due_on for part in one.instalments}
        assert all(days[number] == due_on for number, due_on in asked)
        assert all(days[number] >= until for number in back)


class TestRoom:
    @given(
        st.integers(0, 1_000),
        st.lists(st.tuples(st.sampled_from(["plan", "promise"]), st.integers(1, 700)), max_size=6),
    )
    def test_no_more_is_promised_and_planned_together_than_open(
        self, open_minor: int, wanted: list[tuple[str, int]]
    ) -> None:
        taken = 0
        answers = Answers(invoices={INVOICE: Owed(INVOICE, "R", "DE01", "EUR", open_minor)})
        for n, (kind, minor) in enumerate(wanted):
            try:
                check_left(answers, [Item(INVOICE, "R", minor)], "EUR")
            except MorePromisedThanOpen:
                assert minor > open_minor - taken
                continue
            taken += minor
            if kind == "plan":
                answers.plans[UUID(int=n)] = plan(minor, 1)
            else:
                answers.promises[UUID(int=n)] = Promise(
                    *(UUID(int=n), UUID(int=8), "DE01", "EUR", [Item(INVOICE, "R", minor)]),
                    *(FIRST, 3, NOW),
                )

        assert taken <= open_minor
