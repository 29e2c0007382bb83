"""How customers pay: a habit says when an invoice is paid by itself, and what a reminder moves."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from random import Random

from shared.base.days import DAY, BusinessCalendar


class Habit(StrEnum):
    EARLY = "early"
    ON_THE_DAY = "on-the-day"
    SLOW = "slow"
    MONTH_END = "month-end-run"
    SHORT = "short-payer"
    SILENT = "silent"
    SEASONAL = "seasonal"
    DIRECT_DEBIT = "direct-debit"


MIX: dict[Habit, int] = {
    Habit.EARLY: 22,
    Habit.ON_THE_DAY: 38,
    Habit.SLOW: 9,
    Habit.MONTH_END: 9,
    Habit.SHORT: 5,
    Habit.SILENT: 6,
    Habit.SEASONAL: 5,
    Habit.DIRECT_DEBIT: 6,
}
"""Of a hundred customers. About a third of the invoices are then late."""

SLIP_PERCENT = 5
"""How often a punctual customer forgets an invoice for a while."""

NEVER_PERCENT = 30
"""How often a silent customer never pays by itself."""

LOW_SEASON_MONTHS = (1, 2, 7, 8)
"""When seasonal customers have no cash."""

RUN_AHEAD_DAYS = 9
"""A month-end run also pays what falls due so soon after it."""


@dataclass(frozen=True, slots=True)
class Reaction:
    """What a message does to a customer: with `percent` probability it pays within so many days."""

    percent: int
    days_min: int
    days_max: int


REACTIONS: dict[Habit, tuple[Reaction, ...]] = {
    Habit.EARLY: (Reaction(95, 1, 2),),
    Habit.ON_THE_DAY: (Reaction(90, 1, 3),),
    Habit.SLOW: (Reaction(55, 2, 6), Reaction(75, 1, 5)),
    Habit.MONTH_END: (Reaction(20, 3, 6),),
    Habit.SHORT: (Reaction(35, 2, 7), Reaction(55, 2, 5)),
    Habit.SILENT: (Reaction(12, 4, 9), Reaction(35, 3, 7), Reaction(50, 2, 5)),
    Habit.SEASONAL: (Reaction(30, 4, 9), Reaction(45, 3, 8)),
    Habit.DIRECT_DEBIT: (Reaction(85, 1, 4),),
}
"""By habit: to the first message, the second, …; the last goes for all that follow."""


def habits_for(count: int, die: Random) -> list[Habit]:
    """`count` habits in the proportions of the mix, every habit at least once when there is room, shuffled."""
    whole = sum(MIX.values())
    dealt = [habit for habit, weight in MIX.items() for _ in range(max(1, count * weight // whole))]
    while len(dealt) < count:
        dealt.append(Habit.ON_THE_DAY)

    dealt = dealt[:count]
    die.shuffle(dealt)
    return dealt


def paying_day(
    habit: Habit, due_on: date, *, issued_on: date, calendar: BusinessCalendar, die: Random
) -> date | None:
    """The business day on which the customer pays of its own accord; None = not without being asked."""
    wanted = due_on
    match habit:
        case Habit.EARLY:
            wanted = max(issued_on + 3 * DAY, due_on - timedelta(days=die.randint(3, 10)))
        case Habit.ON_THE_DAY:
            slips = die.randrange(100) < SLIP_PERCENT
            wanted = due_on + timedelta(days=die.randint(12, 30) if slips else 0)
        case Habit.DIRECT_DEBIT | Habit.SHORT:
            wanted = due_on
        case Habit.SLOW:
            wanted = due_on + timedelta(days=die.randint(10, 32))
        case Habit.MONTH_END:
            wanted = month_end_run(due_on, calendar)
        case Habit.SILENT:
            if die.randrange(100) < NEVER_PERCENT:
                return None
            wanted = due_on + timedelta(days=die.randint(40, 80))
        case Habit.SEASONAL:
            low = due_on.month in LOW_SEASON_MONTHS
            wanted = due_on + timedelta(days=die.randint(18, 40) if low else -die.randint(0, 2))

    if wanted <= due_on:
        return max(business_day_until(wanted, calendar), issued_on + DAY)
    return calendar.next_business_day(wanted)


def month_end_run(day: date, calendar: BusinessCalendar) -> date:
    """The last business day of the day's month, or of the next one when that has passed."""
    run = business_day_until(_month_end(day), calendar)
    return run if run >= day else business_day_until(_month_end(_month_end(day) + DAY), calendar)


def business_day_until(day: date, calendar: BusinessCalendar) -> date:
    """`day` itself when it is a business day, else the last one before it."""
    while not calendar.is_business_day(day):
        day -= DAY
    return day


def reaction_to(habit: Habit, ordinal: int) -> Reaction:
    """The reaction to the customer's message number `ordinal`, counted from 0."""
    reactions = REACTIONS[habit]
    return reactions[min(ordinal, len(reactions) - 1)]


def _month_end(day: date) -> date:
    return (day.replace(day=28) + 4 * DAY).replace(day=1) - DAY
