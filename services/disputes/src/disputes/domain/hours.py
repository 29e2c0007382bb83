"""Hours in which a clock runs: how much of them lies between two instants, and when so much will be over."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Protocol

from shared.base.clock import Moment
from shared.base.days import DAY, BusinessCalendar, at_local, local_day

NOTHING = timedelta()
DAYS_AHEAD_MAX = 3_660
"""No clock of ours runs for ten years."""


class Hours(Protocol):
    """A measure of time that only some hours of the week count in."""

    def spent(self, begin: Moment, end: Moment) -> timedelta:
        """How much lies between two instants; nothing when the second is not later."""

    def after(self, begin: Moment, length: timedelta) -> Moment:
        """The first instant by which so much has gone by since `begin`."""


class AllHours:
    """Real time."""

    def spent(self, begin: Moment, end: Moment) -> timedelta:
        return max(NOTHING, end - begin)

    def after(self, begin: Moment, length: timedelta) -> Moment:
        return begin + length


@dataclass(frozen=True, slots=True)
class BusinessHours:
    """From `opens` to `closes`, local wall time in `zone` (IANA), on business days of the calendar.

    A day on which the clocks change is as long as it really is: its ends are instants.
    """

    calendar: BusinessCalendar
    opens: time
    closes: time
    zone: str

    def __post_init__(self) -> None:
        assert self.opens < self.closes, "a day opens before it closes"

    @property
    def per_day(self) -> timedelta:
        """What limits given in business days mean: an ordinary day's length."""
        opens, closes = ((one.hour * 60 + one.minute) * 60 for one in (self.opens, self.closes))
        return timedelta(seconds=closes - opens)

    def spent(self, begin: Moment, end: Moment) -> timedelta:
        total = NOTHING
        for opens, closes in self._windows(local_day(begin, self.zone)):
            if opens >= end:
                break
            total += max(NOTHING, min(end, closes) - max(begin, opens))
        return total

    def after(self, begin: Moment, length: timedelta) -> Moment:
        left = length
        if left <= NOTHING:
            return begin
        for opens, closes in self._windows(local_day(begin, self.zone)):
            there = closes - max(begin, opens)
            if there >= left:
                return max(begin, opens) + left
            left -= max(NOTHING, there)
        raise AssertionError(f"{length} of business time are not over in {DAYS_AHEAD_MAX} days")

    def _windows(self, first: date) -> Iterator[tuple[Moment, Moment]]:
        for ahead in range(DAYS_AHEAD_MAX):
            day = first + ahead * DAY
            if self.calendar.is_business_day(day):
                yield at_local(day, self.opens, self.zone), at_local(day, self.closes, self.zone)
