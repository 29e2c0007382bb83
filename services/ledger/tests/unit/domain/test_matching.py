"""Our own matching: reference, then exact amount, then oldest due (ERP rule 6)."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from ledger.domain.due import discount_for, dues
from ledger.domain.invoice import Invoice, InvoiceBody
from ledger.domain.line import Line
from ledger.domain.matching import match, named_in, tokens
from ledger.domain.terms import Discount, Terms

PAID_ON = date(2026, 3, 10)


def invoice(number: str, open_minor: int, due: int = 1, **different: Any) -> Invoice:
    day = date(2026, 3, due)
    body = InvoiceBody(number, "invoice", "DE01", day, day, "EUR", open_minor, 0, **different)
    line = Line(1, b"", 1, b"")
    return Invoice(
        UUID(int=due * 1000 + open_minor), "s", number, UUID(int=1), line, body, None, open_minor
    )


def matched(minor: int, reference: str | None, *invoices: Invoice) -> list[tuple[str, int]]:
    return [(name, cash) for name, cash, _ in discounted(minor, reference, *invoices)]


def discounted(minor: int, reference: str | None, *invoices: Invoice) -> list[tuple[str, int, int]]:
    """Where the money goes, and the discount that it takes there."""
    found = match(
        minor,
        reference,
        invoices,
        dues_of=lambda one: dues(one, one.due),
        discount_for=lambda one, cash: discount_for(one, (), (), cash_minor=cash, on=PAID_ON),
    )
    return [(one.source_id, *taken) for one, *taken in found]


class TestDisputed:
    """What is disputed takes nothing of money that does not name its invoice."""

    @staticmethod
    def paid(minor: int, reference: str | None, *invoices: Invoice) -> list[tuple[str, int]]:
        """Of each invoice 100 are disputed."""
        found = match(
            minor, reference, invoices,
            dues_of=lambda one: dues(one, one.due), discount_for=lambda *_: 0,
            disputed_of=lambda _: 100,
        )  # fmt: skip
        return [(one.source_id, cash) for one, cash, _ in found]

    def test_the_oldest_takes_what_is_not_disputed_and_the_next_the_rest(self) -> None:
        invoices = invoice("A-1", 500, 1), invoice("A-2", 900, 2)
        assert self.paid(600, None, *invoices) == [("A-1", 400), ("A-2", 200)]

    def test_more_than_all_of_it_waits(self) -> None:
        assert self.paid(600, None, invoice("A-1", 500)) == [("A-1", 400)]

    def test_exactly_what_is_not_disputed_is_exact(self) -> None:
        invoices = invoice("A-1", 700, 1), invoice("A-2", 500, 2)
        assert self.paid(400, None, *invoices) == [("A-2", 400)]

    def test_all_of_it_disputed_takes_nothing(self) -> None:
        assert self.paid(100, None, invoice("A-1", 100, 1), invoice("A-2", 70, 2)) == []

    def test_whoever_names_it_pays_it(self) -> None:
        assert self.paid(500, "A-1", invoice("A-1", 500)) == [("A-1", 500)]


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


class TestDiscount:
    def discounted_invoice(self, number: str, due: int = 1) -> Invoice:
        return invoice(number, 1000, due, terms=Terms(discounts=(Discount(PAID_ON, 20),)))

    @pytest.mark.parametrize(
        ("minor", "taken"),
        [(979, (979, 0)), (980, (980, 20)), (990, (980, 20)), (1000, (1000, 0)), (1200, (1000, 0))],
    )
    def test_is_taken_by_money_that_would_be_short_without(
        self, minor: int, taken: tuple[int, int]
    ) -> None:
        assert discounted(minor, None, self.discounted_invoice("A-1")) == [("A-1", *taken)]

    def test_two_named_together_are_settled_by_what_both_cost(self) -> None:
        invoices = self.discounted_invoice("A-1", 1), self.discounted_invoice("A-2", 2)
        assert discounted(1960, "A-1 A-2", *invoices) == [("A-1", 980, 20), ("A-2", 980, 20)]

    def test_the_whole_price_of_two_takes_none(self) -> None:
        invoices = self.discounted_invoice("A-1", 1), self.discounted_invoice("A-2", 2)
        assert discounted(2000, "A-1 A-2", *invoices) == [("A-1", 1000, 0), ("A-2", 1000, 0)]

    def test_an_exact_discounted_amount_comes_before_age(self) -> None:
        old, young = invoice("A-1", 990, 1), self.discounted_invoice("A-2", 2)
        assert discounted(980, None, old, young) == [("A-2", 980, 20)]

    def test_an_exact_amount_comes_before_an_exact_discounted_one(self) -> None:
        old, young = self.discounted_invoice("A-1", 1), invoice("A-2", 980, 2)
        assert discounted(980, None, old, young) == [("A-2", 980, 0)]
