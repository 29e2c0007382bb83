"""Autopay: how much a customer lets us charge at a time, and the rails of ours that charges keep to."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import NamedTuple
from uuid import UUID

from portal_api.domain.decline import Decline, NextStep
from shared.base.clock import Moment
from shared.base.days import DAY, BusinessCalendar


class MandateText(NamedTuple):
    """What is agreed to, by its hash: the SHA-256 of the text's UTF-8, in hex."""

    version: int
    language: str
    text: str
    hash: str


@dataclass(slots=True)
class Autopay:
    """What a customer said last. Other currencies are not charged. `changed_by` is a contact."""

    customer_id: UUID
    currency: str
    limit_minor: int
    version: int
    changed_by: str
    changed_at: Moment
    off_at: Moment | None = None

    def __post_init__(self) -> None:
        assert self.limit_minor > 0, "a limit of nothing is autopay turned off"

    @property
    def is_on(self) -> bool:
        return self.off_at is None


@dataclass(frozen=True, slots=True)
class MeansRails:
    """What holds for one kind of means; where each number is from is said in the policy file."""

    offered: bool
    announce_days: int
    attempts_max: int
    within_days: int
    days_between: int
    only: Collection[str] | None
    same_amount: bool
    answer_days: int


@dataclass(frozen=True, slots=True)
class AutopayRails:
    """Data of the policy file. `calendars` and `zones` by legal entity; of one we do not know every weekday counts."""

    version: int
    look_at: time
    charge_at: time
    early_days: int
    expiring_days: int
    means: Mapping[str, MeansRails]
    texts: Mapping[str, MandateText]
    zones: Mapping[str, str]
    calendars: Mapping[str, BusinessCalendar]

    def zone(self, legal_entity: str) -> str:
        return self.zones.get(legal_entity, "UTC")

    def text(self, language: str) -> MandateText:
        """In that language if we have it, else in English."""
        return self.texts.get(language) or self.texts["en"]

    def business_day(self, day: date, legal_entity: str) -> date:
        """That day, or the first working day after it."""
        calendar = self.calendars.get(legal_entity, BusinessCalendar("ZZ"))
        return calendar.next_business_day(day)

    def charge_on(self, due_on: date, kind: str, legal_entity: str, *, today: date) -> date:
        """On the due date, but no sooner than an announcement of today allows; a working day."""
        return self.business_day(max(due_on, self._soonest(kind, today=today)), legal_entity)

    def announces(self, charge_on: date, kind: str, legal_entity: str, *, today: date) -> bool:
        """Whether it is time to announce a charge of that day: some days early, or it is the first that is left."""
        soonest = self._soonest(kind, today=today)
        early = soonest + timedelta(days=self.early_days)
        return charge_on <= max(early, self.business_day(soonest, legal_entity))

    def _soonest(self, kind: str, *, today: date) -> date:
        return today + timedelta(days=self.means[kind].announce_days) + DAY

    def held_until(self, charge_on: date, kind: str) -> date:
        """The last day on which an answer to a charge of that day may come; asked for otherwise after it."""
        return charge_on + timedelta(days=self.means[kind].answer_days)

    def in_time(self, announced_on: date, charge_on: date, kind: str) -> bool:
        """Whether an announcement that left on one day allows a charge on the other."""
        return announced_on + timedelta(days=self.means[kind].announce_days) <= charge_on

    def has_room(self, attempts: Sequence[date], kind: str, *, today: date) -> bool:
        """Whether an invoice that was tried on these days may be tried once more today."""
        rails = self.means[kind]
        since = today - timedelta(days=rails.within_days)
        return sum(day > since for day in attempts) < rails.attempts_max

    def retry_on(
        self,
        decline: Decline,
        attempts: Sequence[date],
        kind: str,
        legal_entity: str,
        *,
        today: date,
    ) -> date | None:
        """When it is tried again after that decline; None: not by us. `attempts`: of the invoice tried most often."""
        rails = self.means[kind]
        if decline.next_step is not NextStep.TRY_AGAIN:
            return None
        if rails.only is not None and decline.code not in rails.only:
            return None
        day = self.business_day(today + timedelta(days=rails.days_between), legal_entity)
        return day if self.has_room(attempts, kind, today=day) else None
