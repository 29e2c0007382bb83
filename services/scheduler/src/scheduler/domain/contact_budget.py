"""Contact budget: on which day of the customer a message may leave, over all invoices, entities and channels."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from scheduler.domain.policy import Budget
from scheduler.domain.standing import ContactDay
from shared.base.days import DAY

WEEK_DAYS = 7


@dataclass(frozen=True, slots=True)
class Slot:
    """The first day the budget allows, and the rule that kept earlier days closed ("" when none did)."""

    day: date
    rule: str = ""
    last_contact: date | None = None
    gap_days: int = 0


def first_slot(
    contacts: Iterable[ContactDay], budget: Budget, *, today: date, oldest_days_overdue: int
) -> Slot:
    """The first day from `today` on; `oldest_days_overdue` is the oldest listed item's age today.

    A day that already is a contact day costs nothing. An item at most 0 days overdue needs no gap.
    """
    days = {contact.day for contact in contacts}
    last = max((contact.day for contact in contacts if contact.overdue), default=None)

    day, rule = today, ""
    while True:
        oldest = oldest_days_overdue + (day - today).days if oldest_days_overdue > 0 else 0
        gap = budget.gap(oldest)
        if day in days and (not gap or day == last):
            return Slot(day, rule, last, gap)
        if gap and last is not None and last <= day and (day - last).days < gap:
            rule = "budget.gap"
        elif (
            day not in days
            and sum(day - WEEK_DAYS * DAY < contact <= day for contact in days)
            >= budget.contact_days_in_7_max
        ):
            rule = "budget.days-in-7"
        else:
            return Slot(day, rule, last, gap)
        day += DAY
