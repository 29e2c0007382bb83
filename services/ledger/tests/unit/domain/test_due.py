"""What is open by instalment."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.due import open_by_instalment
from ledger.domain.terms import Instalment

FIRST = date(2026, 4, 1)
MONTHS = tuple(Instalment(number, FIRST + timedelta(days=30 * number), 100) for number in (1, 2, 3))
RETAINED = (*MONTHS, Instalment(4, None, 50))


class TestOpenByInstalment:
    def test_money_that_nobody_named_is_for_the_oldest_due(self) -> None:
        assert open_by_instalment(RETAINED, {}, 200) == (0, 50, 100, 50)
        assert open_by_instalment(RETAINED, {}, 30) == (0, 0, 0, 30)

    def test_the_order_is_that_of_days_not_of_numbers(self) -> None:
        backwards = tuple(reversed(RETAINED))
        assert open_by_instalment(backwards, {}, 200) == (50, 100, 50, 0)

    def test_what_the_erp_named_stays_where_it_is(self) -> None:
        assert open_by_instalment(RETAINED, {3: 100}, 250) == (100, 100, 0, 50)
        assert open_by_instalment(RETAINED, {3: 60}, 200) == (10, 100, 40, 50)

    def test_more_than_an_instalment_is_for_the_others(self) -> None:
        assert open_by_instalment(RETAINED, {2: 150}, 200) == (50, 0, 100, 50)

    def test_a_number_that_there_is_not_names_nothing(self) -> None:
        assert open_by_instalment(RETAINED, {9: 100}, 250) == (0, 100, 100, 50)

    def test_what_comes_back_is_for_what_lacks_it(self) -> None:
        assert open_by_instalment(MONTHS, {1: 100}, 220) == (20, 100, 100)

    def test_beyond_all_amounts_the_last_with_a_day_has_it(self) -> None:
        assert open_by_instalment(RETAINED, {}, 360) == (100, 100, 110, 50)

    @given(
        st.lists(
            st.tuples(st.none() | st.integers(0, 90), st.integers(0, 500)), min_size=1, max_size=6
        ),
        st.dictionaries(st.integers(1, 8), st.integers(-50, 600), max_size=4),
        st.integers(0, 3000),
    )
    def test_the_parts_are_the_whole(
        self, said: list[tuple[int | None, int]], named: dict[int, int], open_minor: int
    ) -> None:
        instalments = [
            Instalment(number, None if day is None else FIRST + timedelta(days=day), minor)
            for number, (day, minor) in enumerate(said, 1)
        ]
        opens = open_by_instalment(instalments, named, open_minor)
        assert sum(opens) == open_minor
        assert min(opens) >= 0
