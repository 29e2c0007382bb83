"""Our own matching: reference, then exact amount, then oldest due (ERP rule 6)."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from ledger.domain.invoice import Invoice, InvoiceBody
from ledger.domain.line import Line
from ledger.domain.matching import match, named_in, tokens


def invoice(number: str, open_minor: int, due: int = 1, **different: Any) -> Invoice:
    day = date(2026, 3, due)
    body = InvoiceBody(number, "invoice", "DE01", day, day, "EUR", open_minor, 0, **different)
    line = Line(1, b"", 1, b"")
    return Invoice(
        UUID(int=due * 1000 + open_minor), "s", number, UUID(int=1), line, body, None, open_minor
    )


def matched(minor: int, reference: str | None, *invoices: Invoice) -> list[tuple[str, int]]:
    return [(one.source_id, taken) for one, taken in match(minor, reference, invoices)]


class TestMatch:
    def test_the_reference_comes_before_amount_and_age(self) -> None:
        old, exact, named = (
            invoice("A-1", 500, due=1),
            invoice("A-2", 300, due=2),
            invoice("A-3", 900, due=3),
        )
        assert matched(300, "re A-3, thanks", old, exact, named) == [("A-3", 300)]

    def test_the_payment_reference_counts_like_the_number(self) -> None:
        invoices = invoice("A-1", 500), invoice("A-2", 500, 2, payment_reference="RF18 5390")
        assert matched(300, "rf18 5390", *invoices) == [("A-2", 300)]

    def test_the_exact_amount_comes_before_age(self) -> None:
        assert matched(300, None, invoice("A-1", 500, 1), invoice("A-2", 300, 2)) == [("A-2", 300)]

    def test_of_several_exact_amounts_the_oldest_due_is_taken(self) -> None:
        assert matched(300, None, invoice("A-2", 300, 5), invoice("A-1", 300, 4)) == [("A-1", 300)]

    def test_else_the_oldest_due_first_and_the_rest_stays(self) -> None:
        invoices = invoice("A-2", 300, 5), invoice("A-1", 200, 4)
        assert matched(450, None, *invoices) == [("A-1", 200), ("A-2", 250)]
        assert matched(900, None, *invoices) == [("A-1", 200), ("A-2", 300)]

    @pytest.mark.parametrize("reference", ["A-11", "AA-1", "A-1-2", "A 1", ""])
    def test_a_part_of_a_word_names_nothing(self, reference: str) -> None:
        assert not named_in(tokens(reference), invoice("A-1", 100))

    @pytest.mark.parametrize("reference", ["A-1", "pays a-1.", "(A-1)", "A-1,A-2", "no:A-1"])
    def test_a_whole_word_names_the_invoice(self, reference: str) -> None:
        assert named_in(tokens(reference), invoice("A-1", 100))
