"""The play on a terminal: how far it is, and the table by week. Works without a terminal, too."""

import sys
from collections.abc import Iterable, Sequence

from play.errands import Answer
from play.letterbox import Sent
from play.record import DayOfEvents
from play.report.scales import short
from play.summary import Check, Summary, WeekFound

BAR_CELLS = 28
COUNTS_SHOWN_MAX = 6
WISHES = ("asked", "answered", "refused")
"""What became of requests to the ERPs."""
ANSWERS = tuple(f"{one}s" for one in Answer)
"""What customers said at the portal."""


class Progress:
    """A moving line where there is a terminal, one line a week where there is none."""

    def __init__(self, days: int) -> None:
        self._days = days
        self._live = sys.stdout.isatty()
        self._events = self._messages = 0

    def day_played(self, number: int, today: DayOfEvents, sent: Sequence[Sent]) -> None:
        self._events += len(today.records)
        self._messages += len(sent)
        done = number + 1
        filled = BAR_CELLS * done // self._days
        bar = "█" * filled + "░" * (BAR_CELLS - filled)
        line = (
            f"  {bar} day {done:>3}/{self._days}  {today.day:%a %d %b %Y}"
            f"  {self._events:>6} events  {self._messages:>5} messages"
        )
        if self._live:
            print(f"\r{line}", end="\n" if done == self._days else "", flush=True)
        elif done % 7 == 0 or done == self._days:
            print(line, flush=True)

    def looking(self, at: str) -> None:
        print(f"  looking {at} …", flush=True)


def table(summary: Summary) -> str:
    """Two tables by week: money by legal entity; words, what the ERPs were asked, what customers said, and silences.

    A third one for what came of what customers said.
    """
    entities = [r.legal_entity for r in summary.weeks[0].receivables] if summary.weeks else []
    head = ["week", "until", *(c for e in entities for c in (f"{e} open", "overdue", "DSO"))]
    money = [head, *(_money(week) for week in summary.weeks)]
    words = [
        ["week", "events", "email", "sms", "escalations", *WISHES, *ANSWERS, "silences by reason"],
        *(_words(week) for week in summary.weeks),
    ]
    said = [["customers said", "times", "what came of it"], *_said(summary)]
    tables = (
        _aligned(money),
        _aligned(words, left_from=8 + len(ANSWERS)),
        _aligned(said, left_from=2),
    )
    return "\n\n".join(tables)


def verdict(checks: Iterable[Check]) -> str:
    """One line for each law, and what is wrong where it does not hold."""
    lines = []
    for check in checks:
        lines.append(f"  {'✓' if check.holds else '✗'} {check.says} ({check.looked_at} looked at)")
        lines += [f"      {wrong}" for wrong in check.wrong]
    return "\n".join(lines)


def _money(week: WeekFound) -> list[str]:
    row = [str(week.number), f"{week.last_day:%d %b}"]
    dso = {one.legal_entity: one.days for one in week.dso}
    for owed in week.receivables:
        row += [
            short(float(owed.open)),
            short(float(owed.overdue)),
            dso.get(owed.legal_entity) or "–",
        ]
    return row


def _words(week: WeekFound) -> list[str]:
    shown = list(week.silences.items())[:COUNTS_SHOWN_MAX]
    silences = ", ".join(f"{reason} {count}" for reason, count in shown)
    return [
        str(week.number),
        str(week.events),
        str(week.messages.get("email", 0)),
        str(week.messages.get("sms", 0)),
        str(week.escalations),
        *(str(week.requests.get(what, 0)) for what in WISHES),
        *(str(week.answers.get(what, 0)) for what in Answer),
        silences or "–",
    ]


def _said(summary: Summary) -> Iterable[list[str]]:
    for answer, named in zip(Answer, ANSWERS, strict=True):
        came = summary.totals.came_of.get(answer, {})
        ends = ", ".join(f"{count} {end}" for end, count in came.items())
        yield [named, str(summary.totals.answers.get(answer, 0)), ends or "–"]


def _aligned(rows: Sequence[Sequence[str]], *, left_from: int = 99) -> str:
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    lines = [
        "  ".join(
            cell.ljust(width) if n >= left_from else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
    lines.insert(1, "─" * max(map(len, lines)))
    return "\n".join(f"  {line.rstrip()}" for line in lines)
