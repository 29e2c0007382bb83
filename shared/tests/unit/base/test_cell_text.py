"""Free text in a table that a spreadsheet opens."""

from hypothesis import given
from hypothesis import strategies as st

from shared.base.cell_text import FORMULA_SIGNS, cell_text


class TestCellText:
    @given(free=st.text(st.characters(codec="utf-8"), max_size=30))
    def test_never_begins_like_a_formula_or_breaks_a_line(self, free: str) -> None:
        assert not cell_text(free).lstrip().startswith(FORMULA_SIGNS)
        assert cell_text(free).splitlines() in ([], [cell_text(free)])

    def test_leaves_ordinary_words_alone(self) -> None:
        assert cell_text("2026-0815, pallet 7 = broken") == "2026-0815, pallet 7 = broken"
