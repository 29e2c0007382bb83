"""Read the fields of a file's rows by its profile: texts, numbers, amounts, days; a refusal names its field."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import NamedTuple

from babel import Locale

from ledger.domain.countries import COUNTRIES
from ledger.domain.date_order import DateOrder, day_of
from ledger.domain.decimal_mark import DecimalMark, amount_of
from ledger.domain.header_words import plain
from ledger.handlers.name_refusal import FieldMissing
from shared.base.errors import Refusal
from shared.contracts.import_profile import FileKind, ImportProfile

JOINED_BY = "-"
UNREADABLE = "\ufffd"
"""What reading puts in place of bytes that are no character, and of NUL."""

COUNTRY_NAMES_IN = ("en", "de", "fr", "es", "it", "nl")

_NUMBERED_BY = {
    FileKind.CUSTOMERS: ("customer_number", "customer_name"),
    FileKind.INVOICES: ("invoice_id", "invoice_number"),
    FileKind.PAYMENTS: ("payment_id",),
}

_ROUNDED = re.compile(r"\d(?:[.,]\d+)?E[+-]?\d+")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")

Cells = Sequence[str]


class Row(NamedTuple):
    """A row of the file by its number there, the first being 1."""

    number: int
    cells: Cells


class CharacterUnreadable(Refusal):
    """The cell holds bytes that are no characters of the file's encoding, or NUL."""

    code = "character-unreadable"


class IdentifierRounded(Refusal):
    """A spreadsheet has made a number of an identifier and lost its last digits, as in 4.71E+11."""

    code = "identifier-rounded"


@dataclass(frozen=True)
class Reader:
    """Reads rows whose headers stand in `headers`, by a complete profile.

    `version` is that of every event that the file becomes, `as_of` the day on which what it says was true.
    """

    profile: ImportProfile
    headers: tuple[str, ...]
    version: int
    as_of: date

    @cached_property
    def places(self) -> Mapping[str, tuple[int, ...]]:
        """Field → places of its cells in a row."""
        at = {header: place for place, header in reversed(list(enumerate(self.headers)))}
        return {
            field: tuple(at[one] for one in ((named,) if isinstance(named, str) else named))
            for field, named in self.profile.columns.items()
        }

    def header_of(self, field: str) -> str:
        """The column as the file calls it; "" for what no column says."""
        return JOINED_BY.join(self.headers[place] for place in self.places.get(field, ()))

    def text(self, cells: Cells, field: str) -> str:
        """The cell, control characters as spaces; "" where there is none."""
        places = self.places.get(field, ())
        if len(places) == 1:
            said = _plain_text(cells, places[0])
        else:
            said = JOINED_BY.join(filter(None, [_plain_text(cells, place) for place in places]))
        if UNREADABLE in said:
            raise CharacterUnreadable("the cell holds what is no character", pointer=f"/{field}")
        return said

    def number(self, cells: Cells, field: str) -> str:
        """An identifier, filled up with the zeros that the profile knows of."""
        said = self.text(cells, field)
        if _ROUNDED.fullmatch(said):
            raise IdentifierRounded(
                f"{said} is a rounded number: have the spreadsheet keep the column as text",
                pointer=f"/{field}",
            )
        digits = self.profile.digits.get(field)
        return said.zfill(digits) if digits and said.isdecimal() else said

    def needed(self, cells: Cells, field: str) -> str:
        """An identifier that must be there."""
        said = self.number(cells, field)
        if not said:
            raise FieldMissing("the cell is empty", pointer=f"/{field}")
        return said

    def amount(self, cells: Cells, field: str) -> Decimal | None:
        """The amount; None where there is none."""
        said = self.text(cells, field)
        mark = self.profile.decimal_mark
        if not said:
            return None
        return amount_of(said, DecimalMark(mark) if mark else None, pointer=f"/{field}")

    def day(self, cells: Cells, field: str) -> date | None:
        """The day; None where there is none."""
        said = self.text(cells, field)
        order = self.profile.date_order
        if not said:
            return None
        return day_of(said, DateOrder(order) if order else None, pointer=f"/{field}")

    def needed_day(self, cells: Cells, field: str) -> date:
        """A day that must be there."""
        day = self.day(cells, field)
        if day is None:
            raise FieldMissing("there is no date", pointer=f"/{field}")
        return day

    def legal_entity(self, cells: Cells) -> str | None:
        return self.text(cells, "legal_entity") or self.profile.legal_entity

    def currency(self, cells: Cells) -> str | None:
        return self.text(cells, "currency").upper() or self.profile.currency

    def country(self, cells: Cells) -> str | None:
        """Its code; names are known in a few languages."""
        said = self.text(cells, "country")
        return _country_codes().get(plain(said), said) if said else self.profile.country

    def customer_number(self, cells: Cells) -> str:
        """The number; where a file has none, the name is it. "" where no column says who."""
        field = "customer_number" if "customer_number" in self.places else "customer_name"
        return self.needed(cells, field) if field in self.places else ""


def _plain_text(cells: Cells, place: int) -> str:
    text = cells[place] if place < len(cells) else ""
    return (text if text.isprintable() else _CONTROLS.sub(" ", text)).strip()


def number_of(reader: Reader, row: Row) -> str:
    """The document's number, under which a file names it once; "" where it cannot be read."""
    fields = _NUMBERED_BY[reader.profile.kind or FileKind.INVOICES]
    try:
        return next(filter(None, (reader.number(row.cells, one) for one in fields)), "")
    except Refusal:
        return ""


@lru_cache(maxsize=1)
def _country_codes() -> Mapping[str, str]:
    names = {
        plain(name): code
        for language in reversed(COUNTRY_NAMES_IN)
        for code, name in Locale(language).territories.items()
        if code in COUNTRIES
    }
    return names | {code.lower(): code for code in COUNTRIES}
