"""Tables in files: CSV in any usual dialect and encoding, and XLSX, as rows of texts, a row at a time."""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator
from typing import BinaryIO, NamedTuple

from ledger.gateways import spreadsheets
from shared.base.errors import Refusal

FILE_BYTES_MAX = 64 * 1024 * 1024
ROWS_MAX = 1_000_000
CELLS_MAX = 500
"""Columns of a row; what stands beyond is somebody's notes."""
CELL_CHARACTERS_MAX = 32_767
"""As many as a spreadsheet takes."""
SAMPLE_BYTES = 65_536
BLOCK_BYTES = 262_144

DELIMITERS = (",", ";", "\t", "|")
UNREADABLE = "\ufffd"
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
_OTHER_KINDS = {
    b"%PDF": "a PDF",
    b"\xd0\xcf\x11\xe0": "an XLS workbook of before 2007: save it as XLSX or CSV",
    b"\x1f\x8b": "a gzip archive",
    b"<": "XML or HTML",
    b"{": "JSON",
    b"[": "JSON",
}


class FileKindUnknown(Refusal):
    """The file is neither CSV nor XLSX."""

    code = "file-kind-unknown"


class FileTooLarge(Refusal):
    """The file has more bytes, rows or characters in a cell than are taken."""

    code, status = "file-too-large", 413


class FileEmpty(Refusal):
    """There is nothing in the file."""

    code = "file-empty"


class Dialect(NamedTuple):
    """How a file is read: what the profile says of it, or what its first bytes show."""

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None


def rows_of(file: BinaryIO, said: Dialect) -> Iterator[list[str]]:
    """The rows, blank ones as []. Reading is lazy; what is wrong with the file is refused when it is come to."""
    head = file.read(SAMPLE_BYTES)
    file.seek(0)
    if not head.strip():
        raise FileEmpty("the file is empty")
    for sign, kind in _OTHER_KINDS.items():
        if head.lstrip().startswith(sign):
            raise FileKindUnknown(f"the file is {kind}; CSV and XLSX are taken")
    rows = (
        spreadsheets.rows_of(file, said.sheet)
        if head.startswith(b"PK\x03\x04")
        else _csv_rows(file, said.encoding or _encoding(file, head), said.delimiter)
    )
    return _within_limits(rows)


def _within_limits(rows: Iterable[list[str]]) -> Iterator[list[str]]:
    for number, cells in enumerate(rows, 1):
        if number > ROWS_MAX:
            raise FileTooLarge(f"the file has more than {ROWS_MAX} rows")
        kept = [_cell(text) for text in cells[:CELLS_MAX]]
        yield kept if any(kept) else []


def _cell(text: str) -> str:
    """The text; without the apostrophe that keeps spreadsheets from taking it for a formula."""
    if len(text) > CELL_CHARACTERS_MAX:
        raise FileTooLarge(f"a cell has more than {CELL_CHARACTERS_MAX} characters")
    if text.startswith("'") and text[1:].startswith(_FORMULA_SIGNS):
        text = text[1:]
    return text.replace("\x00", UNREADABLE) if "\x00" in text else text


def safe_cell(text: str) -> str:
    """The text as a cell that no spreadsheet takes for a formula; plain negative numbers stay as they are."""
    if (
        text.startswith(_FORMULA_SIGNS)
        and not text[1:].replace(",", "").replace(".", "").isdecimal()
    ):
        return "'" + text
    return text


def _encoding(file: BinaryIO, head: bytes) -> str:
    """By the mark at the beginning, by NULs where Latin text in UTF-16 has them, or by trying UTF-8 on all of it."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    pairs = len(head) // 2
    if head[1::2].count(0) > pairs * 0.4:
        return "utf-16-le"
    if head[0::2].count(0) > pairs * 0.4:
        return "utf-16-be"
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while block := file.read(BLOCK_BYTES):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    finally:
        file.seek(0)
    return "utf-8-sig"


def _csv_rows(file: BinaryIO, encoding: str, delimiter: str | None) -> Iterator[list[str]]:
    encoding = "utf-8-sig" if encoding == "utf-8" else encoding
    text = io.TextIOWrapper(file, encoding, errors="replace", newline="")
    try:
        sample = text.read(SAMPLE_BYTES)
        if sample.count("\x00") > len(sample) * 0.1:
            raise FileKindUnknown("the file is no text; CSV and XLSX are taken")
        text.seek(0)
        csv.field_size_limit(CELL_CHARACTERS_MAX * 4)
        for cells in csv.reader(text, delimiter=delimiter or _delimiter(sample)):
            yield cells if len(cells) != 1 or not cells[0].startswith("sep=") else []
    except csv.Error as error:
        raise FileTooLarge(f"the CSV cannot be read on: {error}") from None
    finally:
        text.detach()


def _delimiter(sample: str) -> str:
    """The one that cuts most rows into the same number of cells, and into most."""
    whole_lines = sample[: sample.rfind("\n") + 1] or sample

    def score(delimiter: str) -> int:
        rows = list(csv.reader(io.StringIO(whole_lines, newline=""), delimiter=delimiter))
        widths = [len(cells) for cells in rows if len(cells) > 1]
        usual = max(set(widths), key=widths.count) if widths else 0
        return widths.count(usual) * min(usual, CELLS_MAX)

    return max(DELIMITERS, key=score)
