"""Rails of promises: how far ahead, how many at once, and after how many broken ones no more."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import NamedTuple

from shared.base.clock import Moment
from shared.base.days import DAY, BusinessCalendar, at_local
from shared.base.errors import Refusal


class PayOnPast(Refusal):
    """The day is over where the legal entity is."""

    code = "pay-on-past"


class PayOnTooLate(Refusal):
    """So far ahead nothing can be promised."""

    code = "pay-on-too-late"


class TooManyPromises(Refusal):
    """The customer has as many open promises as one may have."""

    code, status = "too-many-promises", 409


class TooManyBroken(Refusal):
    """Of late the customer broke as many promises as one may break."""

    code, status = "too-many-broken-promises", 409


class TooManyWithdrawn(Refusal):
    """Of late the customer took back as many promises as one may."""

    code, status = "too-many-withdrawn-promises", 409


class Standing(NamedTuple):
    """How many promises a customer has open, and how many they broke or took back within the rails' days."""

    open: int
    broken: int
    withdrawn: int = 0


@dataclass(frozen=True, slots=True)
class PromiseRails:
    """Data of the policy file. `zones`: time zone by legal entity; of one that we do not know it is UTC."""

    days_ahead_max: int
    grace_days: int
    open_per_customer_max: int
    broken_max: int
    broken_within_days: int
    withdrawn_max: int
    """Within the same days."""
    judged_at: time
    """At the legal entity, on the working day after the last that keeps a promise."""
    zones: Mapping[str, str]
    calendars: Mapping[str, BusinessCalendar] = field(default_factory=dict)
    """By legal entity; of one that we do not know every day but weekends is a working day."""

    def __post_init__(self) -> None:
        assert self.days_ahead_max >= 0, "what is promised lies ahead"
        assert self.grace_days >= 0, "grace comes after the day"

    def zone(self, legal_entity: str) -> str:
        return self.zones.get(legal_entity, "UTC")

    def grace_of(self, pay_on: date, legal_entity: str) -> int:
        """How many days after that day still keep a promise: so many at least, and up to a day on which banks work."""
        last = pay_on + timedelta(days=self.grace_days)
        return (self._business_day(last, legal_entity) - pay_on).days

    def over_at(self, until: date, legal_entity: str) -> Moment:
        """When a promise is judged that is kept up to that day."""
        day = self._business_day(until + DAY, legal_entity)
        return at_local(day, self.judged_at, self.zone(legal_entity))

    def _business_day(self, day: date, legal_entity: str) -> date:
        calendar = self.calendars.get(legal_entity, BusinessCalendar("ZZ"))
        return calendar.next_business_day(day)

    def broken_since(self, moment: Moment) -> Moment:
        """Promises that were broken before are forgiven."""
        return moment - timedelta(days=self.broken_within_days)

    def check(self, pay_on: date, standing: Standing, *, today: date) -> None:
        """Raises what is against another promise."""
        if pay_on < today:
            raise PayOnPast(f"it is {today} already", pointer="/pay_on")
        last = today + timedelta(days=self.days_ahead_max)
        if pay_on > last:
            raise PayOnTooLate(f"{last} is the last day that can be promised", pointer="/pay_on")
        if standing.open >= self.open_per_customer_max:
            raise TooManyPromises(f"{standing.open} promises are open")
        if standing.broken >= self.broken_max:
            raise TooManyBroken(
                f"{standing.broken} promises were broken in {self.broken_within_days} days"
            )
        if standing.withdrawn >= self.withdrawn_max:
            raise TooManyWithdrawn(
                f"{standing.withdrawn} promises were taken back in {self.broken_within_days} days"
            )
