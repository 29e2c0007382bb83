"""XLSX as rows of texts: a sheet is read as it streams, and what would unpack without end is refused before."""

import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any, BinaryIO

from openpyxl import load_workbook
from openpyxl.xml import DEFUSEDXML

from shared.base.errors import Refusal

UNPACKED_BYTES_MAX = 1024 * 1024 * 1024
SHARED_TEXTS_BYTES_MAX = 64 * 1024 * 1024
"""Unpacked: a workbook's texts stand in one place, which is held in memory."""
PARTS_MAX = 2_000
SIGNIFICANT_DIGITS = 15
"""As many as a spreadsheet keeps; what a float has beyond is noise."""

assert DEFUSEDXML, "openpyxl expands entities unless defusedxml is installed"

_SHARED_TEXTS = "xl/sharedstrings.xml"


class SpreadsheetUnreadable(Refusal):
    """The file begins like an XLSX workbook, but is none."""

    code = "spreadsheet-unreadable"


class SpreadsheetTooLarge(Refusal):
    """The workbook unpacks to more than is taken."""

    code, status = "spreadsheet-too-large", 413


class SheetUnknown(Refusal):
    """The workbook has no sheet of the name that the profile says."""

    code = "sheet-unknown"


def rows_of(file: BinaryIO, sheet: str | None) -> Iterator[list[str]]:
    """The rows of that sheet, or of the first; of a formula its last result."""
    _check_size(file)
    try:
        workbook = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        names = [one.title for one in workbook.worksheets]
        if not names or (sheet is not None and sheet not in names):
            raise SheetUnknown(f"there are the sheets {', '.join(names)}", pointer="/sheet")
        chosen: Any = workbook[sheet or names[0]]
        chosen.reset_dimensions()  # what a sheet says of its size need not be true
        for cells in chosen.iter_rows(values_only=True):
            yield [_text(value) for value in cells]
    except Refusal:
        raise
    except Exception as error:  # noqa: BLE001 - of a broken workbook the library raises anything
        raise SpreadsheetUnreadable(f"the workbook cannot be read: {error}"[:300]) from None


def _check_size(file: BinaryIO) -> None:
    """By what the archive says of its parts; zipfile never unpacks more of one than it said."""
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise SpreadsheetUnreadable(f"the workbook cannot be read: {error}"[:300]) from None
    if len(parts) > PARTS_MAX or sum(part.file_size for part in parts) > UNPACKED_BYTES_MAX:
        raise SpreadsheetTooLarge(f"the workbook unpacks to more than {UNPACKED_BYTES_MAX} bytes")
    texts = sum(part.file_size for part in parts if part.filename.lower() == _SHARED_TEXTS)
    if texts > SHARED_TEXTS_BYTES_MAX:
        raise SpreadsheetTooLarge(
            f"the workbook has more than {SHARED_TEXTS_BYTES_MAX} bytes of texts"
        )
    file.seek(0)


def _text(value: object) -> str:
    """A value as text that means the same under every decimal mark and date order."""
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float):
        return _number_text(value)
    return "" if value is None else str(value)


def _number_text(value: float) -> str:
    if value.is_integer() and abs(value) < 10**SIGNIFICANT_DIGITS:
        return str(int(value))
    text = f"{value:.{SIGNIFICANT_DIGITS}g}"
    return text if "e" in text else f"{text}e0"
