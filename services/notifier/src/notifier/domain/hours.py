"""When a person may be written to: never outside the plan's hours, never in a consumer's quiet hours."""

from collections.abc import Collection, Sequence
from datetime import time, timedelta

from shared.base.clock import Moment
from shared.base.days import DAY, at_local, local_day, local_time

QUIET_UNTIL = time(8)
QUIET_FROM = time(21)
"""The open interval between them is allowed: exactly 08:00 and exactly 21:00 are not."""

_FIRST_INSTANT = timedelta(seconds=1)


def candidate_zones(
    time_zone: str | None, country_zones: Sequence[str], *, planned_zone: str
) -> tuple[str, ...]:
    """Where the customer may be. An unknown or contradictory place counts as every place it could be."""
    if time_zone is None:
        return tuple(country_zones) or (planned_zone,)
    if country_zones and time_zone not in country_zones:
        return (time_zone, *country_zones)
    return (time_zone,)


def earliest(
    now: Moment, *, not_before: Moment, not_after: Moment, quiet_zones: Collection[str]
) -> Moment | None:
    """The first moment from now on that is fine in every zone; None when the plan's hours end before."""
    moment = max(now, not_before)
    while moment <= not_after:
        openings = [
            opening for zone in quiet_zones if (opening := _opening(moment, zone)) is not None
        ]
        if not openings:
            return moment
        moment = max(openings)
    return None


def _opening(moment: Moment, zone: str) -> Moment | None:
    """When quiet hours end there; None when there are none at that moment."""
    wall, today = local_time(moment, zone), local_day(moment, zone)
    if wall <= QUIET_UNTIL:
        return at_local(today, QUIET_UNTIL, zone) + _FIRST_INSTANT
    if wall >= QUIET_FROM:
        return at_local(today + DAY, QUIET_UNTIL, zone) + _FIRST_INSTANT
    return None
