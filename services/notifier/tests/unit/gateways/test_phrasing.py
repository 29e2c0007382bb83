"""Values in words: amounts as Babel writes them, exact to the last digit."""

from decimal import Decimal

import pytest
from babel.numbers import format_currency
from hypothesis import given
from hypothesis import strategies as st

from notifier.gateways.phrasing import amount, amount_in_code, locale_of
from shared.base.money import exponent

LOCALES = [
    locale_of(language, country)
    for language, country in (
        *(("en", "GB"), ("en", "US"), ("en", "CA"), ("en", "AU")),
        *(("de", "DE"), ("de", "AT"), ("de", "CH")),
    )
]


class TestAmount:
    @given(
        minor=st.integers(0, 10**15),
        currency=st.sampled_from(["EUR", "USD", "GBP", "CHF", "JPY", "BHD", "CLF"]),
        locale=st.sampled_from(LOCALES),
    )
    def test_is_written_as_babel_writes_it(self, minor: int, currency: str, locale: object) -> None:
        exact = Decimal(minor).scaleb(-exponent(currency))

        assert amount(minor, currency, locale) == format_currency(exact, currency, locale=locale)

    @pytest.mark.parametrize("locale", LOCALES, ids=str)
    def test_no_digit_of_the_currency_is_rounded_away(self, locale: object) -> None:
        """Babel knows how amounts are written in everyday life: Iraqi dinars without their thousandths."""
        assert amount(1_234_567, "IQD", locale).rstrip("\N{NO-BREAK SPACE}IQD").endswith("567")

    def test_in_code_has_plain_spaces(self) -> None:
        assert amount_in_code(123_450, "EUR", locale_of("de", "DE")) == "EUR 1.234,50"
        assert amount_in_code(1_234, "JPY", locale_of("en", "GB")) == "JPY 1,234"
