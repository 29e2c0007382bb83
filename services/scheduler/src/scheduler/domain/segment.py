"""Segment: which policy a customer gets, by rules in data, with different bars for entering and for staying."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from scheduler.domain.customer import Customer, Habits


@dataclass(frozen=True, slots=True)
class Profile:
    """What segment rules may look at. Exposure is what is open, per currency, in minor units."""

    customer: Customer
    habits: Habits
    exposure: Mapping[str, int]
    today: date


@dataclass(frozen=True, slots=True)
class Condition:
    """All that is given must hold; what is unknown of a customer never holds. Amounts are minor units per currency."""

    kinds: frozenset[str] = frozenset()
    credit_limit_min: Mapping[str, int] = field(default_factory=dict)
    exposure_min: Mapping[str, int] = field(default_factory=dict)
    relationship_days_min: int | None = None
    relationship_days_max: int | None = None
    average_days_late_min: int | None = None
    average_days_late_max: int | None = None
    paid_invoices_min: int | None = None
    returned_payments_min: int | None = None

    def holds(self, profile: Profile) -> bool:
        customer, habits = profile.customer, profile.habits
        since = customer.customer_since
        age = None if since is None else (profile.today - since).days
        return (
            (not self.kinds or customer.kind in self.kinds)
            and self._large_enough(profile)
            and _between(age, self.relationship_days_min, self.relationship_days_max)
            and _between(
                habits.average_days_late, self.average_days_late_min, self.average_days_late_max
            )
            and _between(habits.paid_invoices, self.paid_invoices_min, None)
            and _between(habits.returned_payments, self.returned_payments_min, None)
        )

    def _large_enough(self, profile: Profile) -> bool:
        customer = profile.customer
        if self.credit_limit_min:
            bar = self.credit_limit_min.get(customer.credit_currency or "")
            limit = customer.credit_limit_minor
            if bar is None or limit is None or limit < bar:
                return False
        return not self.exposure_min or any(
            profile.exposure.get(currency, 0) >= bar for currency, bar in self.exposure_min.items()
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """A customer enters when any of `enter` holds, and stays while any of `enter` or `stay` does."""

    segment: str
    why: str
    enter: tuple[Condition, ...]
    stay: tuple[Condition, ...] = ()

    def applies(self, profile: Profile, *, present: str | None) -> bool:
        bars = self.enter + self.stay if present == self.segment else self.enter
        return any(condition.holds(profile) for condition in bars)


@dataclass(frozen=True, slots=True)
class Segments:
    """The rules in order of precedence; the first that applies wins."""

    version: int
    rules: tuple[Rule, ...]
    otherwise: str

    def assign(self, profile: Profile, *, present: str | None) -> tuple[str, str]:
        """The customer's segment, and the rule's own words why."""
        for rule in self.rules:
            if rule.applies(profile, present=present):
                return rule.segment, rule.why
        return self.otherwise, "no other rule applies"


def _between(value: int | None, least: int | None, most: int | None) -> bool:
    if least is None and most is None:
        return True
    return (
        value is not None and (least is None or value >= least) and (most is None or value <= most)
    )
