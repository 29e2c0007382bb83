"""Arithmetic of tax, amounts and days."""

from datetime import date
from decimal import Decimal

import pytest

from ledger.domain import checks
from shared.base.errors import Refusal


class TestTaxMinor:
    @pytest.mark.parametrize(
        ("total", "net", "tax", "inside"),
        [
            (119, 100, 19, 19),
            (119, None, 19, 19),
            (119, 100, None, 19),
            (119, None, None, 0),
            (0, 0, 0, 0),
        ],
    )
    def test_says_what_is_stated_or_follows(
        self, total: int, net: int | None, tax: int | None, inside: int
    ) -> None:
        assert checks.tax_minor(total, net, tax) == inside

    @pytest.mark.parametrize(
        ("total", "net", "tax"), [(119, 100, 20), (100, None, 101), (100, 101, None)]
    )
    def test_refuses_what_does_not_add_up(
        self, total: int, net: int | None, tax: int | None
    ) -> None:
        with pytest.raises(checks.TaxDoesNotAddUp):
            checks.tax_minor(total, net, tax)


class TestAmounts:
    @pytest.mark.parametrize(
        ("amount", "code"),
        [
            ("NaN", "amount-not-a-number"),
            ("1e400", "amount-not-a-number"),
            ("-1", "amount-negative"),
            ("1.001", "amount-too-precise"),
            ("10000000000000.01", "amount-too-large"),
        ],
    )
    def test_are_refused_by_name(self, amount: str, code: str) -> None:
        with pytest.raises(Refusal) as refused:
            checks.amount_minor(Decimal(amount), "EUR", "/total")
        assert refused.value.code == code

    def test_up_to_the_limit_are_taken(self) -> None:
        assert checks.amount_minor(Decimal("10000000000000.00"), "EUR", "/total") == 10**15


class TestDays:
    @pytest.mark.parametrize("day", [date(1989, 12, 31), date(2101, 1, 1)])
    def test_out_of_range_are_refused(self, day: date) -> None:
        with pytest.raises(checks.DateOutOfRange):
            checks.day_in_range(day, "/issued_on")
