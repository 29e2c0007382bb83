"""Days and wall clocks, in zones that jump."""

from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.base.days import BusinessCalendar, TimeZoneUnknown, at_local, local_day, zone_of


class TestWallTimes:
    def test_a_time_in_the_spring_gap_shifts_forward(self) -> None:
        assert at_local(date(2026, 3, 29), time(2, 30), "Europe/Berlin") == datetime(
            2026, 3, 29, 1, 30, tzinfo=UTC
        )

    def test_a_time_in_the_autumn_fold_is_the_first_of_the_two(self) -> None:
        assert at_local(date(2026, 10, 25), time(2, 30), "Europe/Berlin") == datetime(
            2026, 10, 25, 0, 30, tzinfo=UTC
        )

    @given(
        st.dates(date(2000, 1, 1), date(2090, 1, 1)),
        st.sampled_from(["Europe/Berlin", "America/New_York"]),
    )
    def test_noon_of_a_day_is_on_that_day(self, day: date, zone: str) -> None:
        assert local_day(at_local(day, time(12), zone), zone) == day

    def test_an_offset_is_no_zone(self) -> None:
        with pytest.raises(TimeZoneUnknown):
            zone_of("UTC+1")


class TestBusinessCalendar:
    def test_holidays_of_the_country_are_skipped(self) -> None:
        germany = BusinessCalendar("DE")

        assert germany.next_business_day(date(2026, 4, 3)) == date(
            2026, 4, 7
        )  # Good Friday to Easter Tuesday

    def test_a_country_nobody_knows_has_weekends(self) -> None:
        assert BusinessCalendar("ZZ").next_business_day(date(2026, 11, 21)) == date(2026, 11, 23)

    @given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(1, 30))
    def test_adding_business_days_ends_on_one(self, day: date, count: int) -> None:
        calendar = BusinessCalendar("GB")

        assert calendar.is_business_day(calendar.add_business_days(day, count))
