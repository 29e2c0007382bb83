"""Files as people have them: encodings, delimiters, quotes, workbooks, and what only pretends to be a table."""

import csv
import io
import zipfile
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from ledger.gateways import spreadsheets, table_files
from ledger.gateways.table_files import (
    Dialect,
    FileEmpty,
    FileKindUnknown,
    FileTooLarge,
    rows_of,
    safe_cell,
)
from shared.base.errors import Refusal

ANY = Dialect()
TEXT = (
    'Number;Name;Total\r\n0042;Müller & Söhne;1.234,56\r\n\r\n43;"Two\r\nlines; one cell";-5,00\r\n'
)
ROWS = [
    ["Number", "Name", "Total"],
    ["0042", "Müller & Söhne", "1.234,56"],
    [],
    ["43", "Two\r\nlines; one cell", "-5,00"],
]


def read(content: bytes, said: Dialect = ANY) -> list[list[str]]:
    return list(rows_of(io.BytesIO(content), said))


def workbook(*rows: list[Any], formula: str = "") -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    if formula:
        sheet["A1"] = formula
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


class TestCsv:
    @pytest.mark.parametrize(
        "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
    )
    def test_any_usual_encoding(self, encoding: str) -> None:
        assert read(TEXT.encode(encoding)) == ROWS

    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
    def test_any_usual_delimiter(self, delimiter: str) -> None:
        written = io.StringIO()
        csv.writer(written, delimiter=delimiter).writerows(ROWS)
        assert read(written.getvalue().encode()) == ROWS

    def test_a_nul_is_shown_as_what_cannot_be_read(self) -> None:
        assert read(b"a,b\n1,x\x00y\n")[1] == ["1", "x\ufffdy"]

    @pytest.mark.parametrize(
        ("content", "refusal"),
        [
            (b"", FileEmpty),
            (b" \n\n", FileEmpty),
            (b"%PDF-1.7 ...", FileKindUnknown),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", FileKindUnknown),
            (b"\x1f\x8b\x08", FileKindUnknown),
            (b"<html></html>", FileKindUnknown),
            (b'{"a": 1}', FileKindUnknown),
            (bytes(range(256)) * 3 + b"\x00" * 500, FileKindUnknown),
            (b'a,b\n1,"' + b"x" * 200_000, FileTooLarge),
            (b"PK\x03\x04 no archive", spreadsheets.SpreadsheetUnreadable),
        ],
    )
    def test_what_is_no_table_is_refused_by_name(
        self, content: bytes, refusal: type[Refusal]
    ) -> None:
        with pytest.raises(refusal):
            read(content)

    def test_more_rows_than_are_taken(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(table_files, "ROWS_MAX", 2)
        with pytest.raises(FileTooLarge):
            read(TEXT.encode())

    @given(st.binary(max_size=300))
    def test_any_bytes_are_rows_or_a_refusal(self, content: bytes) -> None:
        try:
            rows = read(content)
        except Refusal:
            return
        assert all("\x00" not in cell for row in rows for cell in row)

    @given(st.lists(st.lists(st.text(max_size=5), min_size=2, max_size=2), min_size=1, max_size=4))
    def test_what_is_written_for_people_is_no_formula_and_is_read_back(
        self, rows: list[list[str]]
    ) -> None:
        cells = [safe_cell(cell) for row in rows for cell in row]
        assert not any(
            cell.startswith(("=", "@", "\t", "\r")) or (cell[:1] in "+-" and cell[1:2].isalpha())
            for cell in cells
            if cell
        )
        assert safe_cell("=cmd|' /C calc'!A0") == "'=cmd|' /C calc'!A0"
        assert read(f"a,b\n{safe_cell('=1+1')},{safe_cell('-5.00')}\n".encode())[1] == [
            "=1+1",
            "-5.00",
        ]


class TestXlsx:
    def test_values_mean_the_same_under_every_profile(self) -> None:
        content = workbook(
            ["Number", "Date", "Total", "Rest", "Name"],
            ["0042", date(2026, 3, 4), 1.234, 1200, "=not a formula"],
            [4.71e11, None, 0.1 + 0.2, -3, ""],
        )
        assert read(content)[1:] == [
            ["0042", "2026-03-04", "1.234e0", "1200", ""],
            ["471000000000", "", "0.3e0", "-3", ""],
        ]

    def test_a_text_that_looks_like_a_formula_stays_text(self) -> None:
        book = Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.append(["Number", "Name"])
        sheet["B2"] = "=HYPERLINK(1)"
        sheet["B2"].data_type = "s"
        file = io.BytesIO()
        book.save(file)
        assert read(file.getvalue())[1][1] == "=HYPERLINK(1)"

    def test_a_sheet_by_its_name(self) -> None:
        with pytest.raises(spreadsheets.SheetUnknown, match="Sheet"):
            read(workbook(["a"]), Dialect(sheet="Invoices"))
        assert read(workbook(["a"]), Dialect(sheet="Sheet")) == [["a"]]

    def test_a_bomb_is_refused_before_it_unpacks(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(spreadsheets, "UNPACKED_BYTES_MAX", 1_000_000)
        bomb = io.BytesIO(workbook(["a"]))
        with zipfile.ZipFile(bomb, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/worksheets/sheet9.xml", b" " * 1_000_001)
        assert len(bomb.getvalue()) < 20_000
        with pytest.raises(spreadsheets.SpreadsheetTooLarge):
            read(bomb.getvalue())

    def test_entities_are_not_expanded(self) -> None:
        evil = (
            b'<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet><sheetData><row>'
            b'<c t="str"><v>&a;</v></c></row></sheetData></worksheet>'
        )
        file = io.BytesIO()
        with (
            zipfile.ZipFile(io.BytesIO(workbook(["a"]))) as good,
            zipfile.ZipFile(file, "w") as bad,
        ):
            for name in good.namelist():
                bad.writestr(name, evil if "sheet1" in name else good.read(name))
        with pytest.raises(spreadsheets.SpreadsheetUnreadable):
            read(file.getvalue())

    @settings(max_examples=25)
    @given(st.integers(0, 5_000), st.binary(min_size=1, max_size=20))
    def test_a_damaged_workbook_is_rows_or_a_refusal(self, at: int, damage: bytes) -> None:
        content = workbook(["Number", "Total"], ["1", 2.5])
        try:
            read(content[:at] + damage + content[at + len(damage) :])
        except Refusal:
            return
