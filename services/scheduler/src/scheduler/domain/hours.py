"""Hours: at which moments a customer may be contacted, wherever they may be."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from functools import lru_cache

from scheduler.domain.customer import Customer, LegalEntity
from scheduler.domain.policy import QUIET_FROM, QUIET_UNTIL, Hours
from shared.base.clock import Moment
from shared.base.days import DAY, BusinessCalendar, TimeZoneUnknown, at_local, local_day, zone_of
from shared.base.zones import zones_of

HORIZON_DAYS = 60
"""No calendar has so many days in a row without a business day."""

PLACES_REMEMBERED = 1_000
WINDOWS_REMEMBERED = 10_000
OPENINGS_REMEMBERED = 10_000
"""Customers of one batch share their moment, and mostly their hours."""


@dataclass(frozen=True, slots=True)
class Window:
    """One contact day: messages leave at or after `opens` and before `closes`."""

    day: date
    opens: Moment
    closes: Moment


@dataclass(frozen=True, slots=True)
class ContactHours:
    """The contact days of one customer: `zones` are all the places they may be in, the likeliest first."""

    zones: tuple[str, ...]
    calendar: BusinessCalendar
    hours: Hours

    @property
    def zone(self) -> str:
        """The zone by which the customer's days are counted."""
        return self.zones[0]

    def window(self, day: date) -> Window | None:
        """When that day is fine in every zone; None when it is no contact day, or nowhere fine."""
        if self.hours.business_days_only and not self.calendar.is_business_day(day):
            return None
        wished = _window(self.zones, day, self.hours.opens, self.hours.closes)
        return wished or _window(self.zones, day, QUIET_UNTIL, QUIET_FROM)

    def open_at(self, moment: Moment) -> Window | None:
        """The window that moment lies in."""
        window = self.window(local_day(moment, self.zone))
        return window if window and window.opens <= moment < window.closes else None

    def windows(self, first: date) -> Iterator[Window]:
        """Contact days from `first` on."""
        for count in range(HORIZON_DAYS):
            if window := self.window(first + count * DAY):
                yield window

    def next_opening(
        self, *, after: Moment, first: date | None = None, reaching: tuple[date, str] | None = None
    ) -> Moment | None:
        """The first opening after a moment, on or after a day of the customer, when the wanted day has begun elsewhere.

        `reaching` is a day and the zone in which it must have come.
        """
        return _next_opening(self, after, first, reaching)


@lru_cache(maxsize=OPENINGS_REMEMBERED)
def _next_opening(
    hours: ContactHours, after: Moment, first: date | None, reaching: tuple[date, str] | None
) -> Moment | None:
    start = local_day(after, hours.zone)
    if first is not None:
        start = max(start, first)
    if reaching is not None:
        start = max(start, reaching[0] - DAY)
    for window in hours.windows(start):
        begun = reaching is None or local_day(window.opens, reaching[1]) >= reaching[0]
        if window.opens > after and begun:
            return window.opens
    return None


def hours_of(customer: Customer, entity: LegalEntity, hours: Hours) -> ContactHours:
    """The customer's hours; where nothing is known of their place, the legal entity's place counts.

    So it does when no time of one day is fine in all zones of their country.
    """
    return _hours_of(customer.country, customer.time_zone, entity, hours)


@lru_cache(maxsize=PLACES_REMEMBERED)
def _hours_of(
    country: str, time_zone: str | None, entity: LegalEntity, hours: Hours
) -> ContactHours:
    place, _, subdivision = (country or entity.calendar).partition("-")
    calendar = BusinessCalendar(place, subdivision or None)
    candidates = _zones(country, time_zone)

    if candidates:
        there = ContactHours(candidates, calendar, hours)
        if len(candidates) == 1 or any(there.windows(_ANY_DAY)):
            return there
    return ContactHours((entity.time_zone,), calendar, hours)


_ANY_DAY = date(2026, 1, 1)


def _zones(country: str, time_zone: str | None) -> tuple[str, ...]:
    if not time_zone:
        return zones_of(country)
    try:
        zone_of(time_zone)
    except TimeZoneUnknown:
        return zones_of(country)
    return (time_zone,)


@lru_cache(maxsize=WINDOWS_REMEMBERED)
def _window(zones: tuple[str, ...], day: date, opens: time, closes: time) -> Window | None:
    latest = max(at_local(day, opens, zone) for zone in zones)
    earliest = min(at_local(day, closes, zone) for zone in zones)
    return Window(day, latest, earliest) if latest < earliest else None
