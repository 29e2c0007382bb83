"""Sending hours: inside the plan's, outside a consumer's quiet ones, wherever they may be."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.domain.hours import candidate_zones, earliest
from shared.base.days import local_time

DAY_BEGINS = datetime(2026, 4, 20, tzinfo=UTC)
DAY_ENDS = datetime(2026, 4, 20, 23, 59, tzinfo=UTC)
BERLIN = "Europe/Berlin"


@pytest.mark.parametrize(
    ("at", "first"),
    [
        ("05:59", "06:00:01"),
        ("06:00", "06:00:01"),
        ("06:01", "06:01"),
        ("18:59", "18:59"),
        ("19:00", None),
    ],
)
def test_exactly_eight_and_exactly_nine_in_the_evening_are_quiet(
    at: str, first: str | None
) -> None:
    """Berlin is two hours ahead of UTC in April."""
    moment = datetime.fromisoformat(f"2026-04-20T{at}+00:00")

    found = earliest(moment, not_before=DAY_BEGINS, not_after=DAY_ENDS, quiet_zones=[BERLIN])

    assert found == (datetime.fromisoformat(f"2026-04-20T{first}+00:00") if first else None)


@given(
    minutes=st.integers(0, 1440),
    zones=st.lists(
        st.sampled_from([BERLIN, "America/New_York", "Asia/Tokyo", "Pacific/Auckland"]), max_size=3
    ),
)
def test_a_moment_found_is_fine_in_every_zone(minutes: int, zones: list[str]) -> None:
    now = DAY_BEGINS + timedelta(minutes=minutes)

    found = earliest(
        now, not_before=DAY_BEGINS, not_after=now + timedelta(days=3), quiet_zones=zones
    )

    if found is not None:
        assert found >= now
        assert all("08:00:00" < local_time(found, zone).isoformat() < "21:00" for zone in zones)


def test_a_known_place_is_one_zone() -> None:
    assert candidate_zones(BERLIN, (BERLIN, "Europe/Busingen"), planned_zone="UTC") == (BERLIN,)


def test_a_place_that_contradicts_the_country_counts_as_both() -> None:
    assert candidate_zones(BERLIN, ("Asia/Tokyo",), planned_zone="UTC") == (BERLIN, "Asia/Tokyo")


def test_an_unknown_place_is_every_zone_of_the_country() -> None:
    assert candidate_zones(None, ("Asia/Tokyo",), planned_zone="UTC") == ("Asia/Tokyo",)
    assert candidate_zones(None, (), planned_zone="UTC") == ("UTC",)
