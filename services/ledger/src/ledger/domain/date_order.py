"""In which order a file's dates stand, and what day a text then means. The order is of the file, never of one cell."""

import re
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from functools import lru_cache

from shared.base.errors import Refusal

YEAR_PIVOT = 69
"""Two digits below it are 20xx, others 19xx, as POSIX has it."""

SHOWN_MAX = 3
TEXTS_REMEMBERED = 8_192

_PLAIN = re.compile(r"(\d{4}|\d{1,2})([-/. ])\s?(\d{1,2})\2\s?(\d{4}|\d{2})(?:[T ]\d.*)?")
_ISO = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[T ]\d.*)?")
_SOLID = re.compile(r"(\d{4})(\d{2})(\d{2})")
_WORDY = re.compile(r"(\d{1,2})[-/. ]+([^\W\d]{3,})[-/., ]+(\d{4}|\d{2})")
_WORD_FIRST = re.compile(r"([^\W\d]{3,})[-. ]+(\d{1,2})[, ]+(\d{4})")
_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan", "feb", "mar mär mrz", "apr", "may mai", "jun", "jul", "aug", "sep", "oct okt", "nov", "dec dez"), 1
    )
    for name in names.split()
}  # fmt: skip


class DateOrder(StrEnum):
    """Day, month and year as they stand in `03/04/2026`."""

    DMY = "dmy"
    MDY = "mdy"
    YMD = "ymd"


ANY = frozenset(DateOrder)


class DateOrderAmbiguous(Refusal):
    """No date of the file tells day from month: the profile must say `date_order`."""

    code = "date-order-ambiguous"


class DateOrderMixed(Refusal):
    """Some dates can only be read one way, some only another."""

    code = "date-order-mixed"


class DateOrderContradicted(Refusal):
    """The profile's `date_order` is not the one that the file's dates show."""

    code = "date-order-contradicted"


class NotADate(Refusal):
    code = "date-not-read"


@lru_cache(maxsize=TEXTS_REMEMBERED)
def readings(text: str) -> dict[DateOrder, date]:
    """What day a text means under each order in which it means one; the same under all for `2026-04-03`."""
    said = text.strip()
    for pattern, parts in ((_ISO, (1, 3, 4)), (_SOLID, (1, 2, 3))):
        if found := pattern.fullmatch(said):
            day = _day(*(found[part] for part in parts))
            return dict.fromkeys(DateOrder, day) if day else {}
    if wordy := _in_words(said):
        return dict.fromkeys(DateOrder, wordy)
    found = _PLAIN.fullmatch(said)
    if not found:
        return {}
    first, second, third = found[1], found[3], found[4]
    given = {DateOrder.DMY: (third, second, first), DateOrder.MDY: (third, first, second)}
    if len(third) == 2:
        given[DateOrder.YMD] = (first, second, third)
    days = {order: _day(*parts) for order, parts in given.items() if len(parts[2]) <= 2}
    return {order: day for order, day in days.items() if day is not None}


def day_of(text: str, order: DateOrder | None, *, pointer: str = "") -> date:
    """The day; refuses what is none in this order. Without an order only what can be read one way."""
    days = readings(text)
    found = days.get(order) if order else _agreed(set(days.values()))
    if found is None:
        raise NotADate(f"{text[:40]!r} is no date ({order or 'year first'})", pointer=pointer)
    return found


class DateEvidence:
    """What the dates seen so far allow; see every date of the file, then ask for the `order`."""

    def __init__(self) -> None:
        self._left: frozenset[DateOrder] = ANY
        self._doubtful: dict[frozenset[DateOrder], str] = {}
        """An example of each set of orders that some date allows, where the orders matter."""

    def see(self, texts: Iterable[str]) -> None:
        """Take these into account. What is a date in no order is that row's trouble, and says nothing of the file."""
        for text in texts:
            days = readings(text)
            if not days or (len(days) == len(DateOrder) and len(set(days.values())) == 1):
                continue
            allowed = frozenset(days)
            self._left &= allowed
            self._doubtful.setdefault(allowed, text)

    def order(self, said: DateOrder | None) -> DateOrder | None:
        """The file's order; None when no date depends on one. `said` is the profile's word: the file may refute it."""
        if not self._doubtful:
            return said
        shown = ", ".join(repr(text) for text in list(self._doubtful.values())[:SHOWN_MAX])
        if not self._left:
            raise DateOrderMixed(
                f"the file's dates stand in no one order: {shown}", pointer="/date_order"
            )
        if said is not None and said not in self._left:
            raise DateOrderContradicted(
                f"the profile says {said}, the file shows {' or '.join(sorted(self._left))}: {shown}",
                pointer="/date_order",
            )
        if said is None and len(self._left) > 1:
            raise DateOrderAmbiguous(
                f"no date of the file tells day from month ({shown}): "
                f"say date_order, {' or '.join(sorted(self._left))}",
                pointer="/date_order",
            )
        return said or next(iter(self._left))


def _day(year: str, month: str, day: str) -> date | None:
    number = int(year)
    if len(year) <= 2:
        number += 2000 if number < YEAR_PIVOT else 1900
    try:
        return date(number, int(month), int(day))
    except ValueError:
        return None


def _in_words(text: str) -> date | None:
    found = _WORDY.fullmatch(text)
    parts = (found[1], found[2], found[3]) if found else None
    if parts is None and (found := _WORD_FIRST.fullmatch(text)):
        parts = (found[2], found[1], found[3])
    month = _MONTHS.get(parts[1][:3].casefold()) if parts else None
    return _day(parts[2], str(month), parts[0]) if parts and month else None


def _agreed(days: set[date]) -> date | None:
    return days.pop() if len(days) == 1 else None
