"""The same story if nobody wrote: how much would be overdue, by the play's own books."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

from play.cast.company import ENTITIES
from play.erp.book import Book
from play.run import Plan
from play.summary import DayUnheard
from shared.base.money import decimal_text


def unheard(plan: Plan) -> Iterator[DayUnheard]:
    """Play the plan once more without a single message, and look back at every day of it."""
    silent = plan.story()
    for _ in range(plan.days):
        silent.next_day()
    changes = _overdue_changes(silent.book)

    overdue: Counter[str] = Counter()
    history = sorted(day for day in changes if day < plan.start)
    for day in history:
        overdue.update(changes[day])
    for number in range(plan.days):
        today = plan.start + timedelta(days=number)
        overdue.update(changes.get(today, {}))
        texts = {e.code: decimal_text(overdue[e.code], e.currency) for e in ENTITIES}
        yield DayUnheard(day=today, overdue=texts)


def _overdue_changes(book: Book) -> dict[date, Counter[str]]:
    """Day → by how much each legal entity's overdue sum changes in the evening of that day."""
    changes: dict[date, Counter[str]] = {}
    for invoice in book.invoices.values():
        for day, minor in invoice.overdue_changes():
            changes.setdefault(day, Counter())[invoice.customer.entity.code] += minor
    return changes
