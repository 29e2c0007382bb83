"""Dates of a file are read in one order, which the file shows or the profile says; never guessed."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.date_order import (
    DateEvidence,
    DateOrder,
    DateOrderAmbiguous,
    DateOrderContradicted,
    DateOrderMixed,
    NotADate,
    day_of,
)

DAYS = st.dates(date(1990, 1, 1), date(2068, 12, 31))
FORMS = {
    DateOrder.DMY: ("{d:02}/{m:02}/{y}", "{d}.{m}.{y}", "{d:02}-{m:02}-{y}"),
    DateOrder.MDY: ("{m:02}/{d:02}/{y}", "{m}/{d}/{y}", "{m:02}-{d:02}-{y}"),
}


def written(day: date, form: str) -> str:
    return form.format(d=day.day, m=day.month, y=day.year)


def order_of(*texts: str, said: DateOrder | None = None) -> DateOrder | None:
    evidence = DateEvidence()
    evidence.see(texts)
    return evidence.order(said)


class TestDateOrder:
    @given(
        st.lists(DAYS, min_size=1, max_size=30),
        st.sampled_from([(order, form) for order, forms in FORMS.items() for form in forms]),
    )
    def test_any_day_above_twelve_decides_and_none_means_asking(
        self, days: list[date], written_so: tuple[DateOrder, str]
    ) -> None:
        order, form = written_so
        texts = [written(day, form) for day in days]
        if any(day.day > 12 for day in days):
            found = order_of(*texts)
            assert found is order
            assert [day_of(text, found) for text in texts] == days
        else:
            with pytest.raises(DateOrderAmbiguous):
                order_of(*texts)
            assert [day_of(text, order_of(*texts, said=order)) for text in texts] == days

    @given(
        st.lists(DAYS, max_size=20),
        st.sampled_from(["{y}-{m:02}-{d:02}", "{y}{m:02}{d:02}", "{y}/{m}/{d}"]),
    )
    def test_the_year_first_is_read_by_itself(self, days: list[date], form: str) -> None:
        texts = [written(day, form) for day in days]
        assert order_of(*texts) is None
        assert [day_of(text, None) for text in texts] == days

    @given(st.lists(DAYS, min_size=1, max_size=20), st.sampled_from(DateOrder))
    def test_two_digits_of_a_year_are_never_read_in_silence(
        self, days: list[date], order: DateOrder
    ) -> None:
        form = {
            "dmy": "{d:02}/{m:02}/{y:02}",
            "mdy": "{m:02}/{d:02}/{y:02}",
            "ymd": "{y:02}/{m:02}/{d:02}",
        }[order]
        days = [
            day.replace(year=max(day.year, 2000)) if day.day < 29 else date(2031, 1, 31)
            for day in days
        ]
        texts = [form.format(d=day.day, m=day.month, y=day.year - 2000) for day in days]
        try:
            found = order_of(*texts)
        except DateOrderAmbiguous:
            found = order_of(*texts, said=order)
        assert [day_of(text, found) for text in texts] == days

    def test_the_files_word_stands_against_the_profile(self) -> None:
        with pytest.raises(DateOrderContradicted):
            order_of("01/26/2026", said=DateOrder.DMY)

    def test_a_file_of_two_orders_is_refused(self) -> None:
        with pytest.raises(DateOrderMixed):
            order_of("1/26/2013", "26/01/2013")

    def test_a_date_that_is_none_decides_nothing(self) -> None:
        assert order_of("31/02/2026", "soon", "26/01/2026") is DateOrder.DMY
        with pytest.raises(NotADate):
            day_of("31/02/2026", DateOrder.DMY)

    @pytest.mark.parametrize(
        "text",
        [
            "2026-03-04T10:00:00",
            "4 Mar 2026",
            "04-Mär-26",
            "March 4, 2026",
            "2026.03.04",
            "20260304",
            "04-MAR-2026",
        ],
    )
    def test_other_ways_to_say_a_day(self, text: str) -> None:
        assert day_of(text, None) == date(2026, 3, 4)
