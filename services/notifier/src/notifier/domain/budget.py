"""The contact budget: one per customer, over all invoices, entities and channels. It counts days, not messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

WINDOW_DAYS = 7
CONTACT_DAYS_MAX = 3
"""At most so many contact days in any `WINDOW_DAYS`."""

REMEMBERED_DAYS = 120
"""No gap of a plan reaches further back."""


@dataclass(frozen=True, slots=True)
class ContactDay:
    """A day (the customer's) on which a reminder went out, or may have; `overdue` when it listed something overdue."""

    day: date
    overdue: bool


def breach(day: date, *, overdue: bool, gap_days: int, past: Sequence[ContactDay]) -> str | None:
    """The id of the budget rule that forbids a reminder on `day`, or None.

    Another reminder of the same day is the same contact. A day later than `day` counts like one before it: clocks
    and zones may differ, the person at the other end is one.
    """
    others = {contact.day for contact in past if contact.day != day}
    near = {other for other in others if abs(day - other) < timedelta(days=WINDOW_DAYS)}
    if len(near) >= CONTACT_DAYS_MAX:
        return "budget.days-in-7"

    gaps = [
        abs((day - contact.day).days) for contact in past if contact.overdue and contact.day != day
    ]
    if overdue and gaps and min(gaps) < gap_days:
        return "budget.gap"
    return None
