"""Amounts of a file have one decimal mark, which the file shows or the profile says; never guessed."""

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ledger.domain.decimal_mark import (
    DecimalMark,
    DecimalMarkAmbiguous,
    DecimalMarkContradicted,
    DecimalMarkMixed,
    MarkEvidence,
    amount_of,
)
from shared.base.money import AmountNotANumber

AMOUNTS = st.decimals(-(10**12), 10**12, places=2)
POINT, COMMA = DecimalMark.POINT, DecimalMark.COMMA


def mark_of(*texts: str, said: DecimalMark | None = None) -> DecimalMark | None:
    evidence = MarkEvidence()
    evidence.see(texts)
    return evidence.mark(said)


def written(amount: Decimal, mark: DecimalMark, *, grouped: bool, behind: str) -> str:
    text = f"{abs(amount):,.2f}" if grouped else f"{abs(amount):.2f}"
    if mark is COMMA:
        text = text.translate(str.maketrans(".,", ",."))
    if amount >= 0:
        return text
    return {"": f"-{text}", "-": f"{text}-", ")": f"({text})"}[behind]


class TestDecimalMark:
    @given(
        st.lists(AMOUNTS, min_size=1, max_size=20),
        st.sampled_from(DecimalMark),
        st.booleans(),
        st.sampled_from(["", "-", ")"]),
    )
    def test_what_is_written_is_read_again_to_the_cent(
        self, amounts: list[Decimal], mark: DecimalMark, grouped: bool, behind: str
    ) -> None:
        texts = [written(amount, mark, grouped=grouped, behind=behind) for amount in amounts]
        assert mark_of(*texts) is mark
        assert [amount_of(text, mark) for text in texts] == amounts

    @given(st.integers(1, 999), st.integers(0, 999), st.sampled_from(DecimalMark))
    def test_a_thousand_or_three_decimals_is_asked(
        self, whole: int, rest: int, sign: DecimalMark
    ) -> None:
        text = f"{whole}{sign}{rest:03}"
        with pytest.raises(DecimalMarkAmbiguous):
            mark_of(text)
        assert amount_of(text, mark_of(text, said=sign)) == Decimal(f"{whole}.{rest:03}")
        assert amount_of(text, mark_of(text, "1" + sign.other + "50")) == whole * 1000 + rest

    @given(st.text("0123456789.,", min_size=1, max_size=12), st.sampled_from(DecimalMark))
    def test_no_digit_is_lost_or_made_up(self, text: str, mark: DecimalMark) -> None:
        try:
            amount = amount_of(text, mark)
        except AmountNotANumber:
            return
        whole, _, decimals = text.partition(mark)
        digits = "".join(sign for sign in whole if sign.isdecimal())
        assume(text.count(mark) <= 1)
        assert amount == Decimal(f"{digits or 0}.{decimals or 0}")

    def test_whole_numbers_need_no_mark(self) -> None:
        assert mark_of("100", "-20", "") is None

    def test_two_marks_in_one_file_are_refused(self) -> None:
        with pytest.raises(DecimalMarkMixed):
            mark_of("1.50", "2,50")
        with pytest.raises(DecimalMarkContradicted):
            mark_of("1.50", said=COMMA)

    @pytest.mark.parametrize(
        ("text", "mark", "amount"),
        [
            ("€ 1.234,56", COMMA, "1234.56"),
            ("1 234,56 EUR", COMMA, "1234.56"),
            ("1'234.56", POINT, "1234.56"),
            ("USD(12.00)", POINT, "-12"),
            ("12,34,567.00", POINT, "1234567"),
            ("1234.5e0", COMMA, "1234.5"),
            (".5", POINT, "0.5"),
            ("−3", None, "-3"),
        ],
    )
    def test_ways_to_write_amounts(self, text: str, mark: DecimalMark | None, amount: str) -> None:
        assert amount_of(text, mark) == Decimal(amount)

    @pytest.mark.parametrize(
        "text", ["1,23.4", "1.2.3", "NaN", "1e400", "=1+1", "twelve", "--5", "1,2345", "."]
    )
    def test_what_is_no_amount(self, text: str) -> None:
        with pytest.raises(AmountNotANumber):
            amount_of(text, POINT)
