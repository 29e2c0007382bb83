"""What our papers say in one language, and how that language writes amounts and days.

Our own few rules and not a library's tables: those change with its releases, and a report of the past with them.
"""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

from shared.base.money import decimal_text


class Words:
    """One language."""

    def __init__(self, file: Path) -> None:
        told: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
        self._words, self._kinds, self.buckets = told["words"], told["kinds"], told["buckets"]
        self.methods: dict[str, str] = told["methods"]
        self._months, self._day = told["months"], told["day"]
        self._signs = str.maketrans({",": told["group"], ".": told["decimal"]})

    def __call__(self, name: str, **values: object) -> str:
        return str(self._words[name].format(**values))

    def kind(self, kind: str) -> str:
        """What an entry's kind is called; one that has no word yet goes by its own name."""
        return str(self._kinds.get(kind) or kind.replace("-", " ").capitalize())

    def amount(self, minor: int, currency: str) -> str:
        """`-1234.50` → `−1,234.50`."""
        whole, point, part = decimal_text(abs(minor), currency).partition(".")
        return ("−" if minor < 0 else "") + f"{int(whole):,}{point}{part}".translate(self._signs)

    def day(self, day: date | None) -> str:
        """`1 Apr 2026`, `01.04.2026`."""
        if day is None:
            return ""
        month = self._months[day.month - 1]
        return str(
            self._day.format(day=day.day, month=month, month_number=day.month, year=day.year)
        )
