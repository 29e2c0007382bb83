"""Terms: whose errand a reason is, what we ask the customer for, and how long each part may take."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from disputes.domain.clock import Clock, ClockKind, Limit, clock_of
from disputes.domain.customer import Customer
from disputes.domain.dispute import Dispute, Reason
from disputes.domain.hours import AllHours, BusinessHours
from disputes.domain.reopening import ReopeningRails
from disputes.domain.segment import STANDARD, SegmentRule


@dataclass(frozen=True, slots=True)
class Terms:
    """Days are business days of the legal entity, but for the hard stop's, which are days."""

    team: str
    first_answer_days: int = 2
    resolution_days: int = 10
    hard_stop_days: int = 30
    pause_max_days: int = 10
    evidence: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        assert 0 < self.first_answer_days <= self.resolution_days, (
            "an answer comes before the outcome"
        )
        assert self.hard_stop_days > 0, "a hard stop is in the future"
        assert self.pause_max_days >= 0, "a pause has no negative end"

    def limits(self, hours: BusinessHours) -> tuple[Limit, ...]:
        """Each clock's, in the order in which they come due."""
        day, pause_max = hours.per_day, hours.per_day * self.pause_max_days
        return (
            Limit(ClockKind.FIRST_ANSWER, day * self.first_answer_days, hours, pause_max),
            Limit(ClockKind.RESOLUTION, day * self.resolution_days, hours, pause_max),
            Limit(ClockKind.HARD_STOP, timedelta(days=self.hard_stop_days), AllHours()),
        )


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Terms by reason and segment, business hours by legal entity, and what wants two people: upheld minor units by
    currency. Of the segments the first that fits is a customer's.
    """

    terms: dict[tuple[Reason, str], Terms]
    hours: dict[str, BusinessHours]
    reopening: ReopeningRails
    approval_above_minor: dict[str, int] = field(default_factory=dict)
    open_per_customer_max: int = 20
    segments: tuple[SegmentRule, ...] = ()

    @property
    def teams(self) -> frozenset[str]:
        """Who looks after disputes."""
        return frozenset(one.team for one in self.terms.values())

    def segment_of(self, customer: Customer | None) -> str:
        """Whose terms a dispute of this customer has, if it is opened now."""
        if customer is None:
            return STANDARD
        return next((rule.segment for rule in self.segments if rule.fits(customer)), STANDARD)

    def terms_of(self, reason: Reason, segment: str) -> Terms:
        """A segment that the file no longer names is as every other."""
        return self.terms.get((reason, segment)) or self.terms[reason, STANDARD]

    def clocks(self, dispute: Dispute) -> list[Clock]:
        """All clocks of a dispute, in the order in which they come due."""
        terms = self.terms_of(dispute.reason, dispute.segment)
        hours = self.hours[dispute.legal_entity]
        return [clock_of(limit, dispute.moves) for limit in terms.limits(hours)]

    def reopen_until(self, dispute: Dispute) -> date | None:
        """The last day, at the legal entity, on which a customer may have it opened again; None where they may not."""
        return self.reopening.until(dispute, zone=self.hours[dispute.legal_entity].zone)

    def wants_second_person(self, currency: str, upheld_minor: int) -> bool:
        """A currency without a limit always wants one."""
        return upheld_minor > self.approval_above_minor.get(currency, 0)
