"""Rails of plans: how long, in how many parts, how small, and from which sum on a person of ours has to agree."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Final

from portal_api.domain.quote import months_after
from shared.base.clock import Moment
from shared.base.days import DAY, at_local, local_day, local_time
from shared.base.errors import Refusal
from shared.base.money import decimal_text

LATE_DAYS_MAX: Final = 27
"""Grace, and days of notice: below the shortest month, so that one part is over before the next."""


class FirstOnPast(Refusal):
    """The day is over where the legal entity is."""

    code = "first-on-past"


class FirstOnTooLate(Refusal):
    """So late no plan can begin."""

    code = "first-on-too-late"


class TooManyParts(Refusal):
    """In so many parts nothing can be paid."""

    code = "too-many-parts"


class PlanTooLong(Refusal):
    """The last part would be due too late."""

    code = "plan-too-long"


class PartTooSmall(Refusal):
    """A part would be smaller than one may be."""

    code = "part-too-small"


class CurrencyNotPlanned(Refusal):
    """In this currency we agree on no plans here: ask us."""

    code = "currency-not-planned"


class TooManyPlans(Refusal):
    """The customer has as many open plans as one may have."""

    code, status = "too-many-plans", 409


class ExtensionTooLong(Refusal):
    """By so much a plan cannot be extended."""

    code = "extension-too-long"


@dataclass(frozen=True, slots=True)
class PlanRails:
    """Data of the policy file; amounts in minor units by currency. `zones`: time zone by legal entity, else UTC."""

    version: int
    first_within_days: int
    months_max: int
    parts_max: int
    part_min: Mapping[str, int]
    deposit_per_cent: int
    approval_above: Mapping[str, int]
    grace_days: int
    open_per_customer_max: int
    extension_days_max: int
    quote_days: int
    remind_days_before: int
    judged_at: time
    """At the legal entity: from then on a day counts."""
    zones: Mapping[str, str]

    def __post_init__(self) -> None:
        assert self.part_min.keys() == self.approval_above.keys(), "every currency has both limits"
        assert 0 <= self.deposit_per_cent < 100, "a deposit is a part"
        assert max(self.grace_days, self.remind_days_before) <= LATE_DAYS_MAX, "one at a time"

    def zone(self, legal_entity: str) -> str:
        return self.zones.get(legal_entity, "UTC")

    def day_of(self, moment: Moment, legal_entity: str) -> date:
        """The day as plans are judged and reminded of."""
        zone = self.zone(legal_entity)
        today = local_day(moment, zone)
        return today if local_time(moment, zone) >= self.judged_at else today - DAY

    def begins_at(self, day: date, legal_entity: str) -> Moment:
        """When such a day begins."""
        return at_local(day, self.judged_at, self.zone(legal_entity))

    def valid_until(self, moment: Moment) -> Moment:
        """So long a quote stands, and then a proposal, and then what the customer accepted."""
        return moment + timedelta(days=self.quote_days)

    def needs_approval(self, minor: int, currency: str) -> bool:
        return minor > self.approval_above[currency]

    def check_room(self, open_plans: int) -> None:
        """Raises where the customer has plans enough."""
        if open_plans >= self.open_per_customer_max:
            raise TooManyPlans(f"{open_plans} plans are open")

    def check_days(self, first_on: date, parts: int, *, today: date) -> None:
        """Raises what is against these days."""
        if first_on < today:
            raise FirstOnPast(f"it is {today} already", pointer="/first_on")
        last = today + timedelta(days=self.first_within_days)
        if first_on > last:
            raise FirstOnTooLate(f"{last} is the last day to begin", pointer="/first_on")
        if parts > self.parts_max:
            raise TooManyParts(f"{self.parts_max} parts at most", pointer="/parts")
        if months_after(first_on, parts - 1) > months_after(today, self.months_max):
            raise PlanTooLong(f"{self.months_max} months at most", pointer="/parts")

    def check_currency(self, currency: str) -> None:
        """Raises where there are no plans in this currency."""
        if currency not in self.part_min:
            raise CurrencyNotPlanned(f"no plans in {currency}", pointer="/items")

    def check_part(self, smallest: int, currency: str) -> None:
        """Raises where the smallest part is too small."""
        least = self.part_min[currency]
        if smallest < least:
            words = (
                f"{decimal_text(least, currency)} at least, not {decimal_text(smallest, currency)}"
            )
            raise PartTooSmall(words, pointer="/parts")

    def check_extension(self, days: int, longest: int) -> None:
        """Raises where it is longer than was agreed."""
        if days > longest:
            raise ExtensionTooLong(f"{longest} days at most", pointer="/days")
