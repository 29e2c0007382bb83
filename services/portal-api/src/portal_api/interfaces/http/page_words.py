"""What our own pages say, in each language that they speak; and how it writes amounts, days and moments."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from tomllib import loads
from types import MappingProxyType
from typing import Any, Final

from portal_api.interfaces.http.plain_page import PAGES
from shared.base.days import zone_of
from shared.base.money import decimal_text

NBSP: Final = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class PageWords:
    """`w` is the file of the language: a sentence or a table of them by name."""

    language: str
    w: Mapping[str, Any]
    marks: tuple[str, str]
    """Between thousands, and before decimals."""
    day_form: str

    def amount(self, minor: int, currency: str) -> str:
        """1,200.00 EUR, or 1.200,00 EUR."""
        whole, _, decimals = decimal_text(minor, currency).partition(".")
        thousands, decimal = self.marks
        grouped = f"{int(whole):,}".replace(",", thousands)
        return f"{grouped}{decimal + decimals if decimals else ''}{NBSP}{currency}"

    def day(self, day: date) -> str:
        """20 April 2026, or 20. April 2026."""
        month = self.w["months"][day.month - 1]
        return self.day_form.format(day=day.day, month=month, year=day.year)

    def moment(self, at: datetime, zone: str) -> str:
        """With the time where the legal entity is."""
        local = at.astimezone(zone_of(zone))
        return f"{self.day(local.date())}, {local:%H:%M} ({zone})"


def _read(language: str, marks: tuple[str, str], day_form: str) -> PageWords:
    content = (PAGES / f"words.{language}.toml").read_text(encoding="utf-8")
    return PageWords(language, MappingProxyType(loads(content)), marks, day_form)


PAGE_WORDS: Final[Mapping[str, PageWords]] = MappingProxyType(
    {
        "en": _read("en", (",", "."), f"{{day}}{NBSP}{{month}} {{year}}"),
        "de": _read("de", (".", ","), f"{{day}}.{NBSP}{{month}} {{year}}"),
    }
)


def words_in(*languages: str | None) -> PageWords:
    """In the first of these that we speak, else in English; `de-AT` is German."""
    for one in languages:
        found = PAGE_WORDS.get((one or "")[:2].lower())
        if found is not None:
            return found
    return PAGE_WORDS["en"]
