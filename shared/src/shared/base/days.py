"""Days, local times and business calendars. Dates belong to a place; instants are UTC."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays

from shared.base.clock import Moment
from shared.base.errors import Refusal

DAY = timedelta(days=1)
CALENDARS_REMEMBERED = 512


class TimeZoneUnknown(Refusal):
    code = "value-unknown"


@lru_cache(maxsize=CALENDARS_REMEMBERED)
def zone_of(name: str) -> ZoneInfo:
    """The IANA zone of that name; refuses offsets and unknown names."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise TimeZoneUnknown(f"{name!r} is not an IANA time zone", pointer="/time_zone") from None


def local_day(moment: Moment, zone: str) -> date:
    """Which day it is in that zone."""
    return moment.astimezone(zone_of(zone)).date()


def local_time(moment: Moment, zone: str) -> time:
    """What the clock on the wall shows in that zone."""
    return moment.astimezone(zone_of(zone)).time()


def at_local(day: date, wall: time, zone: str) -> Moment:
    """The instant at which that wall time strikes: a gap shifts forward, a fold takes the first, once."""
    aware = datetime.combine(day, wall, zone_of(zone)).replace(fold=0)
    return aware.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class BusinessCalendar:
    """Monday to Friday without the public holidays of a country (ISO 3166 alpha-2) and, where given, its subdivision.

    A country whose holidays are not known has weekends only.
    """

    country: str
    subdivision: str | None = None

    def is_business_day(self, day: date) -> bool:
        return day.weekday() < 5 and day not in _holidays(self.country, self.subdivision, day.year)

    def next_business_day(self, day: date) -> date:
        """`day` itself when it is one, else the first after it."""
        while not self.is_business_day(day):
            day += DAY
        return day

    def add_business_days(self, day: date, count: int) -> date:
        """The `count`-th business day after `day`."""
        for _ in range(count):
            day = self.next_business_day(day + DAY)
        return day


@lru_cache(maxsize=CALENDARS_REMEMBERED)
def _holidays(country: str, subdivision: str | None, year: int) -> frozenset[date]:
    try:
        return frozenset(holidays.country_holidays(country, subdiv=subdivision, years=year))
    except NotImplementedError:
        return frozenset()
