"""Policy: a ladder of steps with its hours, budget, minimum amounts and escalations. Data, checked when it is built."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum
from itertools import pairwise

from shared.base.errors import Refusal

CONTACT_DAYS_IN_7_MAX = 3
QUIET_UNTIL = time(8, 1)
QUIET_FROM = time(20, 59)
"""Whole minutes strictly inside the open interval 08:00–21:00 that consumers may be contacted in."""


class PolicyWrong(Refusal):
    """A policy that contradicts itself."""

    code = "policy-wrong"


class StepsMissing(PolicyWrong):
    code = "policy-steps-missing"


class DaysNotRising(PolicyWrong):
    code = "policy-days-not-rising"


class ToneFalls(PolicyWrong):
    code = "policy-tone-falls"


class ToneJumps(PolicyWrong):
    code = "policy-tone-jumps"


class CourtesyAfterDue(PolicyWrong):
    code = "policy-courtesy-after-due"


class StepsCloserThanGap(PolicyWrong):
    code = "policy-steps-closer-than-gap"


class ChannelsMissing(PolicyWrong):
    code = "policy-channels-missing"


class HoursWrong(PolicyWrong):
    code = "policy-hours-wrong"


class BudgetWrong(PolicyWrong):
    code = "policy-budget-wrong"


class EscalationsWrong(PolicyWrong):
    code = "policy-escalations-wrong"


class Tone(StrEnum):
    """The ladder of tones; it ends below a final notice, which belongs to people."""

    COURTESY = "courtesy"
    FRIENDLY = "friendly"
    FIRM = "firm"
    URGENT = "urgent"


class Channel(StrEnum):
    EMAIL = "email"
    SMS = "sms"
    LETTER = "letter"
    PHONE = "phone"


_FIRMNESS = {tone: place for place, tone in enumerate(Tone)}


@dataclass(frozen=True, slots=True)
class Step:
    """`day` is in days overdue, negative before the due date; numbers below 1 are courtesies."""

    number: int
    name: str
    day: int
    tone: Tone
    channels: tuple[Channel, ...]

    def __post_init__(self) -> None:
        if not self.channels:
            raise ChannelsMissing(f"step {self.name!r} names no channel")
        if (self.number < 1) != (self.day < 1) or (self.number < 1) != (self.tone is Tone.COURTESY):
            raise CourtesyAfterDue(
                f"step {self.name!r} on day {self.day} has tone {self.tone}: "
                "courtesies come before the due date, all else after it"
            )


@dataclass(frozen=True, slots=True)
class Hours:
    """When messages may leave, on the customer's wall clock; the end is excluded."""

    opens: time
    closes: time
    business_days_only: bool = True

    def __post_init__(self) -> None:
        if not QUIET_UNTIL <= self.opens < self.closes <= QUIET_FROM:
            raise HoursWrong(
                f"hours {self.opens}–{self.closes} must rise and lie strictly between 08:00 and 21:00"
            )


@dataclass(frozen=True, slots=True)
class Budget:
    """Contact days a customer may have with us.

    `gap_days` between two that list something overdue, while the oldest listed item is at most
    `gap_until_days_overdue` overdue; `gap_days_later` beyond that.
    """

    gap_days: int = 15
    gap_until_days_overdue: int = 60
    gap_days_later: int = 7
    contact_days_in_7_max: int = CONTACT_DAYS_IN_7_MAX

    def __post_init__(self) -> None:
        if not 1 <= self.contact_days_in_7_max <= CONTACT_DAYS_IN_7_MAX:
            raise BudgetWrong(f"at most {CONTACT_DAYS_IN_7_MAX} contact days in 7 are allowed")
        if not 1 <= self.gap_days_later <= self.gap_days or self.gap_until_days_overdue < 1:
            raise BudgetWrong("gaps are whole days, the later one no longer than the first")

    def gap(self, oldest_days_overdue: int) -> int:
        """Days that must lie between contact days when the oldest listed item is that late."""
        if oldest_days_overdue < 1:
            return 0
        late = oldest_days_overdue > self.gap_until_days_overdue
        return self.gap_days_later if late else self.gap_days


@dataclass(frozen=True, slots=True)
class Escalations:
    """Days overdue at which people of ours are told; told again for newly late items after a while."""

    account_owner_day: int
    collections_manager_day: int
    again_after_days: int = 30

    def __post_init__(self) -> None:
        if not 1 <= self.account_owner_day < self.collections_manager_day:
            raise EscalationsWrong("the collections manager comes after the account owner")
        if self.again_after_days < 1:
            raise EscalationsWrong("again_after_days is at least 1")


@dataclass(frozen=True, slots=True)
class Policy:
    """A ladder for one segment. `minimum` is per currency, in minor units; a currency not named has none."""

    name: str
    version: int
    segment: str
    steps: tuple[Step, ...]
    hours: Hours
    escalations: Escalations
    budget: Budget = field(default_factory=Budget)
    minimum: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._check_ladder()
        self._check_reminders()

    def own_step(self, days_overdue: int) -> Step | None:
        """The step an item has come to by its own age; a courtesy is over once the due date has passed."""
        reached = None
        for step in self.steps:
            if step.day > days_overdue:
                break
            reached = step
        if reached is not None and reached.number < 1 and days_overdue > 0:
            return None
        return reached

    def next_day(self, days_overdue: int) -> int | None:
        """The next day of an item's life, in days overdue, on which its step rises; None after the last."""
        return next((step.day for step in self.steps if step.day > days_overdue), None)

    def step(self, number: int) -> Step:
        """The step of that number; beyond the ladder's ends the nearest one."""
        first, last = self.steps[0].number, self.steps[-1].number
        return self.steps[min(max(number, first), last) - first]

    def _check_ladder(self) -> None:
        if not any(step.number == 1 for step in self.steps):
            raise StepsMissing(f"policy {self.name} has no step after the due date")
        first = self.steps[0].number
        for place, step in enumerate(self.steps):
            if step.number != first + place:
                raise StepsMissing(f"step {step.number} of policy {self.name} is out of place")
        for before, after in pairwise(self.steps):
            if after.day <= before.day:
                raise DaysNotRising(f"{after.name!r} (day {after.day}) follows day {before.day}")
            rise = _FIRMNESS[after.tone] - _FIRMNESS[before.tone]
            if rise < 0:
                raise ToneFalls(f"{after.name!r} is {after.tone} after {before.tone}")
            if rise > 1:
                raise ToneJumps(f"{after.name!r} is {after.tone} straight after {before.tone}")

    def _check_reminders(self) -> None:
        reminders = [step for step in self.steps if step.number >= 1]
        for before, after in pairwise(reminders):
            if after.day - before.day < self.budget.gap(after.day):
                raise StepsCloserThanGap(
                    f"{after.name!r} on day {after.day} is closer to day {before.day} "
                    f"than the {self.budget.gap(after.day)} days of the budget"
                )
