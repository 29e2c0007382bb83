"""Laws of money: nothing is lost, nothing is rounded unseen."""

from decimal import Decimal, InvalidOperation

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.base.currencies import DECIMALS
from shared.base.errors import Refusal
from shared.base.money import (
    MINOR_MAX,
    AmountNotANumber,
    AmountTooLarge,
    AmountTooPrecise,
    CurrencyUnknown,
    decimal_text,
    minor_of,
    split,
)

minors = st.integers(-MINOR_MAX, MINOR_MAX)
currencies = st.sampled_from(sorted(DECIMALS))


def outcome(amount: Decimal | str, currency: str) -> int | type[Refusal]:
    try:
        return minor_of(amount, currency)
    except Refusal as refused:
        return type(refused)


class TestMinorUnits:
    @given(minors, currencies)
    def test_the_decimal_string_reads_back_as_the_same_amount(
        self, minor: int, currency: str
    ) -> None:
        assert minor_of(decimal_text(minor, currency), currency) == minor

    @given(st.text("0123456789.-+eE_ ٣²", max_size=20), currencies)
    def test_a_text_is_worth_what_its_decimal_is_or_refused_alike(
        self, text: str, currency: str
    ) -> None:
        try:
            exact = Decimal(text)
        except InvalidOperation:
            assert outcome(text, currency) is AmountNotANumber
        else:
            assert outcome(text, currency) == outcome(exact, currency)

    @pytest.mark.parametrize(
        "text", ["NaN", "Infinity", "-Infinity", "sNaN", "twelve", "1,200.00", ""]
    )
    def test_words_are_not_numbers(self, text: str) -> None:
        with pytest.raises(AmountNotANumber):
            minor_of(text, "EUR")

    def test_more_decimals_than_the_currency_has_are_refused_and_never_rounded(self) -> None:
        with pytest.raises(AmountTooPrecise):
            minor_of("1.005", "EUR")
        with pytest.raises(AmountTooPrecise):
            minor_of("1.5", "JPY")

    def test_trailing_zeros_are_no_precision(self) -> None:
        assert minor_of("1.5000", "EUR") == 150

    @pytest.mark.parametrize(
        "text", ["1e400", "1e999999", "10000000000000.01", "-10000000000000.01"]
    )
    def test_absurd_amounts_are_refused_without_computing_them(self, text: str) -> None:
        with pytest.raises(AmountTooLarge):
            minor_of(Decimal(text), "EUR")

    def test_a_currency_that_nobody_issues_is_refused(self) -> None:
        with pytest.raises(CurrencyUnknown):
            minor_of("1", "EUX")


class TestSplit:
    def test_a_hundred_in_three_gives_the_odd_cent_to_the_first(self) -> None:
        assert split(10_000, [1, 1, 1]) == [3_334, 3_333, 3_333]

    @given(minors, st.lists(st.integers(0, 10**6), min_size=1, max_size=20).filter(any))
    def test_the_sum_is_preserved(self, minor: int, weights: list[int]) -> None:
        assert sum(split(minor, weights)) == minor
