"""A statement adds up to what is open less what is unapplied, whatever happened."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from portal_api.domain.credit import Allocation
from portal_api.domain.statement import Account, Given, LineKind, Owed, draw_up
from shared.base.money import decimal_text

APRIL = date(2026, 4, 1)
LATER = date(2026, 12, 31)
ENTITIES, CURRENCIES = ("DE01", "US01"), ("EUR", "JPY")


def owed(n: int = 1, **changed: Any) -> Owed:
    """100.00 EUR of the first of April, all of it open."""
    whole = Owed(UUID(int=n), f"R{n}", "DE01", "EUR", APRIL, 10_000, 10_000, "open")
    return whole._replace(**changed)


def paid(n: int = 101, *allocations: Allocation, **changed: Any) -> Given:
    """100.00 EUR of the tenth of April, all of it applied where the allocations say."""
    on = APRIL + timedelta(days=9)
    whole = Given(
        UUID(int=n), "payment", f"Z{n}", "DE01", "EUR", on, 10_000, 0, None, 0, "received", allocations
    )  # fmt: skip
    return whole._replace(**changed)


def stands(n: int, amount: str, spent_minor: int) -> Allocation:
    return Allocation(UUID(int=n), amount, spent_minor, provisional=False)


def drawn(invoices: list[Owed], credits_: list[Given], as_of: date = LATER) -> tuple[Account, ...]:
    return draw_up(invoices, credits_, days=dict.fromkeys(ENTITIES, as_of))


def lines(account: Account) -> list[tuple[str, int, int]]:
    return [(one.kind.value, one.minor, total) for one, total in account.lines]


class TestLines:
    def test_run_from_the_oldest_with_their_total(self) -> None:
        payment = paid(101, stands(1, "60.00", 6_000), minor=6_000)
        second = owed(2, on=APRIL + timedelta(days=3))

        (account,) = drawn([second, owed(open_minor=4_000)], [payment])

        assert lines(account) == [
            ("invoice", 10_000, 10_000), ("invoice", 10_000, 20_000), ("payment", -6_000, 14_000)
        ]  # fmt: skip
        assert (account.differences, account.closing_minor) == ((), 14_000)

    def test_end_with_the_day(self) -> None:
        (account,) = drawn([owed(open_minor=0)], [paid(101, stands(1, "100.00", 10_000))], APRIL)

        assert lines(account) == [("invoice", 10_000, 10_000)]
        assert account.closing_minor == 10_000

    def test_tell_of_money_that_went_back_on_its_own_day(self) -> None:
        back = APRIL + timedelta(days=20)
        payment = paid(returned_minor=10_000, returned_on=back, status="returned")

        (account,) = drawn([owed()], [payment])

        assert lines(account)[1:] == [("payment", -10_000, 0), ("return", 10_000, 10_000)]
        assert account.lines[2][0].on == back

    def test_tell_what_was_taken_off_for_paying_early(self) -> None:
        payment = paid(101, stands(1, "100.00", 9_800), minor=9_800)

        (account,) = drawn([owed(open_minor=0)], [payment])

        assert lines(account)[1:] in (
            [("deduction", -200, 9_800), ("payment", -9_800, 0)],
            [("payment", -9_800, 200), ("deduction", -200, 0)],
        )
        assert (account.differences, account.closing_minor) == ((), 0)

    def test_have_nothing_of_what_was_cancelled(self) -> None:
        gone = paid(status="cancelled")

        (account,) = drawn([owed(open_minor=0, status="cancelled")], [gone])

        assert (account.lines, account.differences, account.closing_minor) == ((), (), 0)


class TestOtherAdjustments:
    def test_name_the_invoice_that_was_written_off(self) -> None:
        (account,) = drawn([owed(open_minor=0), owed(2)], [])

        assert [(one.number, one.minor) for one in account.differences] == [("R1", -10_000)]
        assert account.closing_minor == 10_000

    def test_name_both_ends_of_money_that_left_for_another_account(self) -> None:
        there = owed(2, legal_entity="US01", open_minor=0)
        payment = paid(101, stands(2, "100.00", 10_000))

        here, other = drawn([owed(), there], [payment])

        assert [(one.number, one.minor) for one in here.differences] == [("Z101", 10_000)]
        assert [(one.number, one.minor) for one in other.differences] == [("R2", -10_000)]
        assert (here.closing_minor, other.closing_minor) == (10_000, 0)


@st.composite
def books(draw: st.DrawFn) -> tuple[list[Owed], list[Given]]:
    """Documents of two legal entities and currencies that need not add up: adjustments, discounts, other accounts."""
    minor = st.integers(0, 10**9)
    scope = st.tuples(st.sampled_from(ENTITIES), st.sampled_from(CURRENCIES))
    days = st.dates(APRIL, LATER)
    invoices = []
    for n in range(draw(st.integers(0, 5))):
        entity, currency = draw(scope)
        status = draw(st.sampled_from(("open", "settled", "cancelled")))
        invoices.append(
            Owed(
                UUID(int=n), f"R{n}", entity, currency, draw(days), draw(minor), draw(minor), status
            )
        )
    credits_ = []
    for n in range(100, 100 + draw(st.integers(0, 5))):
        entity, currency = draw(scope)
        total = draw(minor)
        returned = draw(st.integers(0, total))
        allocations = [
            stands(at, decimal_text(draw(minor), dict_of(invoices).get(at, "EUR")), draw(minor))
            for at in draw(st.sets(st.integers(0, 6), max_size=3))
        ]
        credits_.append(
            Given(
                UUID(int=n), draw(st.sampled_from(("payment", "credit-note"))), f"Z{n}", entity, currency,
                draw(days), total, returned, draw(st.none() | days), draw(minor),
                draw(st.sampled_from(("received", "posted", "returned", "cancelled"))), allocations,
            )
        )  # fmt: skip
    return invoices, credits_


def dict_of(invoices: list[Owed]) -> dict[int, str]:
    return {one.invoice_id.int: one.currency for one in invoices}


class TestLaw:
    @given(books())
    def test_closes_with_what_is_open_less_what_is_unapplied(
        self, held: tuple[list[Owed], list[Given]]
    ) -> None:
        invoices, credits_ = held

        accounts = drawn(invoices, credits_)

        for one in accounts:
            scope = one.legal_entity, one.currency
            open_ = sum(i.open_minor for i in invoices if (i.legal_entity, i.currency) == scope)
            free = sum(c.unapplied_minor for c in credits_ if (c.legal_entity, c.currency) == scope)
            assert one.closing_minor == open_ - free
            assert (one.open_minor, one.unapplied_minor) == (open_, free)
        held_in = {(one.legal_entity, one.currency) for one in (*invoices, *credits_)}
        assert {(one.legal_entity, one.currency) for one in accounts} == held_in

    @given(books(), st.dates(APRIL, LATER))
    def test_runs_without_a_gap_and_never_beyond_its_day(
        self, held: tuple[list[Owed], list[Given]], as_of: date
    ) -> None:
        for account in drawn(*held, as_of):
            balance = 0
            for line, total in account.lines:
                balance += line.minor
                assert total == balance
            days = [one.on for one, _ in account.lines]
            assert days == sorted(days)
            assert all(one <= as_of for one in days)
            assert {one.kind for one, _ in account.lines} <= set(LineKind)
            adjusted = sum(one.minor for one in account.differences)
            assert account.closing_minor == balance + adjusted
