"""A statement as a file: text stays text, long lists go over pages, same content is same bytes."""

import csv
import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reportlab.pdfbase import pdfmetrics

from ledger.config import HOME
from ledger.domain.statement import Account, Item, Left, Movement, Statement
from ledger.gateways.sheet import Text, lines_of, register_fonts
from ledger.gateways.statement_csv import COLUMNS, statement_csv
from ledger.gateways.statement_pdf import Paper
from ledger.gateways.wording import Words
from shared.contracts.company import load_company

COMPANY = load_company(Path(__file__).parents[5] / "deploy/company/example.yaml")
STATIONERY = HOME / "stationery"
DAY = date(2026, 4, 1)


def statement(lines: int = 1, *, name: str = "Blue Boat", language: str = "de") -> Statement:
    movements = tuple(
        Movement(DAY, "invoice", f"R-{number}", name, DAY, 100, 100 * number)
        for number in range(1, lines + 1)
    )
    item = Item(UUID(int=1), "invoice", name, DAY, 100, DAY)
    account = Account(
        "DE01", "EUR", 0, movements, 100 * lines, (Left(item, 100),), (), {"90+": 100}
    )
    moment = datetime(2026, 4, 1, 12, tzinfo=UTC)
    return Statement(
        UUID(int=2),
        "urn:acme",
        "=C1",
        name,
        language,
        None,
        DAY,
        moment,
        (account,) if lines else (),
    )


def rows_of(file: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file.decode("utf-8-sig"), newline="")))


class TestCsv:
    def test_begins_with_a_byte_order_mark_for_spreadsheets(self) -> None:
        assert statement_csv(statement()).startswith(b"\xef\xbb\xbf" + ",".join(COLUMNS).encode())

    def test_a_formula_in_a_name_stays_text(self) -> None:
        customer, *rest = rows_of(statement_csv(statement(name='=HYPERLINK("http://x.example")')))
        assert customer["document"] == "'=C1"
        assert customer["reference"] == '\'=HYPERLINK("http://x.example")'
        assert {row["line"] for row in rest} == {
            "opening",
            "movement",
            "closing",
            "open-item",
            "aging",
        }

    def test_negative_amounts_stay_numbers(self) -> None:
        shown = statement()
        spare = Left(Item(UUID(int=3), "payment", "P1", DAY, 500), 500)
        account = Account("DE01", "EUR", 0, (), -500, (), (spare,), {})
        rows = rows_of(statement_csv(replace(shown, accounts=(account,))))
        assert [row["amount"] for row in rows if row["line"] == "unapplied"] == ["-5.00"]


@pytest.fixture(scope="module")
def paper() -> Paper:
    return Paper(STATIONERY, COMPANY)


class TestPdf:
    def test_the_same_statement_is_the_same_file(self, paper: Paper) -> None:
        assert paper.print(statement(40)) == Paper(STATIONERY, COMPANY).print(statement(40))
        assert paper.print(statement(40)) != paper.print(statement(41))

    @pytest.mark.parametrize(("lines", "pages"), [(0, 1), (3, 1), (200, 9)])
    def test_long_lists_go_over_pages(self, paper: Paper, lines: int, pages: int) -> None:
        assert len(re.findall(rb"/Type /Page\b", paper.print(statement(lines)))) == pages

    def test_names_of_any_length_script_and_language_are_printed(self, paper: Paper) -> None:
        for name in ("Ω" * 3_000, "Общество " * 300, "\x00\u202e<b>&", "株式会社", ""):
            for language in ("de", "el-GR", ""):
                assert paper.print(statement(2, name=name, language=language)).startswith(b"%PDF")

    def test_amounts_and_days_are_written_as_the_language_does(self) -> None:
        written = {
            language: (words.amount(-123_450, "EUR"), words.amount(1_234, "JPY"), words.day(DAY))
            for language in ("en", "de")
            if (words := Words(STATIONERY / f"{language}.toml"))
        }
        assert written == {
            "en": ("−1,234.50", "1,234", "1 Apr 2026"),
            "de": ("−1.234,50", "1.234", "01.04.2026"),
        }

    @given(free=st.text(max_size=200), width=st.integers(20, 300))
    def test_no_line_is_wider_than_its_column(self, free: str, width: int) -> None:
        register_fonts(STATIONERY)
        piece = Text(free)
        lines = lines_of(piece, width)
        assert len(lines) <= piece.lines_max
        assert all(
            pdfmetrics.stringWidth(line, piece.font, piece.size) <= width or len(line) == 1
            for line in lines
        )
