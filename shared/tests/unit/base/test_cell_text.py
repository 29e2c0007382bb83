"""Free text in a table that a spreadsheet opens."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.base.cell_text import FORMULA_SIGNS, SEPARATORS, cell_text

UNSEEN = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
SIGNS = "".join((*FORMULA_SIGNS, *SEPARATORS, UNSEEN, "\t\r\n '\"A1(|!"))


def read(line: str, separator: str) -> list[str]:
    """The cells, as a spreadsheet of another country reads the line."""
    return next(iter(csv.reader(io.StringIO(line), delimiter=separator)), [])


class TestCellText:
    @given(free=st.text(st.characters(codec="utf-8"), max_size=30) | st.text(SIGNS, max_size=12))
    def test_never_begins_like_a_formula_or_breaks_a_line(self, free: str) -> None:
        assert not cell_text(free).lstrip(UNSEEN + " ").startswith(FORMULA_SIGNS)
        assert cell_text(free).splitlines() in ([], [cell_text(free)])

    @given(free=st.text(SIGNS, max_size=12), separator=st.sampled_from(SEPARATORS))
    def test_has_no_formula_in_it_where_another_sign_parts_the_cells(
        self, free: str, separator: str
    ) -> None:
        for cell in read(cell_text(free), separator):
            assert not cell.lstrip(UNSEEN + " ").startswith(FORMULA_SIGNS)

    @pytest.mark.parametrize("sign", FORMULA_SIGNS)
    def test_a_german_sheet_runs_no_second_half(self, sign: str) -> None:
        assert cell_text(f"A;{sign}cmd|'/C calc'!A0;") == f"A;'{sign}cmd|'/C calc'!A0;"

    def test_leaves_ordinary_words_alone(self) -> None:
        for plain in ("2026-0815, pallet 7 = broken", "Müller-Lüdenscheidt; Sohn", "a|b, c"):
            assert cell_text(plain) == plain
