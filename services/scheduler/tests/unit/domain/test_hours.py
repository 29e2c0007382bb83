"""Contact hours: where the customer is, or may be."""

from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace

from scheduler.domain.hours import hours_of
from scheduler.domain.policy import QUIET_FROM, QUIET_UNTIL, Hours

WORK = Hours(time(9), time(17))
DAY = date(2026, 3, 4)


class TestHours:
    def test_are_those_of_the_customers_zone(self, make: SimpleNamespace) -> None:
        there = hours_of(
            make.customer(country="US", time_zone="America/New_York"),
            make.rulebook.entities["DE01"],
            WORK,
        )

        window = there.window(DAY)

        assert window is not None
        assert (window.opens, window.closes) == (
            datetime(2026, 3, 4, 14, tzinfo=UTC),
            datetime(2026, 3, 4, 22, tzinfo=UTC),
        )

    def test_must_be_fine_in_every_zone_of_a_country_when_the_zone_is_unknown(
        self, make: SimpleNamespace
    ) -> None:
        there = hours_of(
            make.customer(country="US", time_zone=None), make.rulebook.entities["DE01"], WORK
        )

        window = there.window(DAY)

        assert window is not None
        assert (window.opens, window.closes) == (
            datetime(2026, 3, 4, 19, tzinfo=UTC),  # 09:00 in Honolulu
            datetime(2026, 3, 4, 22, tzinfo=UTC),  # 17:00 in New York
        )

    def test_widen_to_the_quiet_hours_where_no_working_hour_is_shared(
        self, make: SimpleNamespace
    ) -> None:
        there = hours_of(
            make.customer(country="RU", time_zone=None), make.rulebook.entities["DE01"], WORK
        )

        window = there.window(DAY)

        assert window is not None
        assert window.opens == datetime(2026, 3, 4, 6, 1, tzinfo=UTC)  # 08:01 in Kaliningrad

    def test_fall_back_to_the_legal_entity_when_nothing_is_known(
        self, make: SimpleNamespace
    ) -> None:
        there = hours_of(
            make.customer(country="", time_zone=None), make.rulebook.entities["UK01"], WORK
        )

        assert there.zones == ("Europe/London",)
        assert there.window(date(2026, 12, 25)) is None

    def test_leave_out_weekends_and_holidays(self, make: SimpleNamespace) -> None:
        there = hours_of(make.customer(), make.rulebook.entities["DE01"], WORK)
        good_friday = datetime(2026, 4, 3, 6, tzinfo=UTC)

        assert there.next_opening(after=good_friday) == datetime(2026, 4, 7, 7, tzinfo=UTC)

    def test_never_touch_the_quiet_hours(self) -> None:
        assert time(8) < QUIET_UNTIL
        assert time(21) > QUIET_FROM

    def test_open_once_when_the_clocks_change(self, make: SimpleNamespace) -> None:
        there = hours_of(
            make.customer(), make.rulebook.entities["DE01"], Hours(time(9), time(17), False)
        )
        days = [there.window(date(2026, 3, 28) + timedelta(days=count)) for count in range(3)]

        assert [window.opens.hour for window in days if window] == [8, 7, 7]

    def test_wait_until_the_day_has_come_at_the_legal_entity(self, make: SimpleNamespace) -> None:
        there = hours_of(
            make.customer(country="NZ", time_zone="Pacific/Auckland"),
            make.rulebook.entities["DE01"],
            WORK,
        )

        opening = there.next_opening(
            after=datetime(2026, 3, 1, tzinfo=UTC), reaching=(DAY, "Europe/Berlin")
        )

        assert opening == datetime(
            2026, 3, 4, 20, tzinfo=UTC
        )  # 5 March in Auckland, still 4 March in Berlin
