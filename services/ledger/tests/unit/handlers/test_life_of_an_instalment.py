"""Invoices that are due in parts."""

from typing import Any

import pytest

PARTS = [
    {"number": 1, "due_on": "2026-03-31", "amount": "40.00"},
    {"number": 2, "due_on": "2026-04-30", "amount": "50.00"},
    {"number": 3, "amount": "10.00"},
]


def opens(desk: Any, name: str = "I1") -> tuple[int, ...]:
    parts: tuple[int, ...] = desk.held_invoice(name).due.opens
    return parts


def told_parts(desk: Any) -> list[tuple[int, str]]:
    """As the last fact that is about an invoice says."""
    fact = desk.books.told[-1].fact
    invoice = fact.invoices[0] if hasattr(fact, "invoices") else fact
    return [(one.number, str(one.open)) for one in invoice.instalments]


class TestInstalments:
    def test_are_told_each_with_its_own(self, desk: Any) -> None:
        assert desk.invoice(instalments=PARTS).outcome == "accepted"
        assert told_parts(desk) == [(1, "40.00"), (2, "50.00"), (3, "10.00")]
        days = [
            one.due_on and one.due_on.isoformat() for one in desk.books.told[-1].fact.instalments
        ]
        assert days == ["2026-03-31", "2026-04-30", None]

    def test_are_paid_oldest_first_and_the_undated_last(self, desk: Any) -> None:
        desk.invoice(instalments=PARTS)
        desk.payment(amount="60.00")
        assert opens(desk) == (0, 3000, 1000)
        assert told_parts(desk) == [(1, "0.00"), (2, "30.00"), (3, "10.00")]

    def test_are_paid_where_the_erp_says(self, desk: Any) -> None:
        desk.invoice(instalments=PARTS)
        desk.payment(
            amount="60.00",
            allocations=[
                {"invoice_id": "I1", "instalment": 2, "amount": "50.00"},
                {"invoice_id": "I1", "amount": "10.00"},
            ],
        )
        assert opens(desk) == (3000, 0, 1000)
        assert desk.posted() == desk.held()
        assert {one.posting.instalment for one in desk.books.entries} == {None, 2}

    def test_moving_money_from_one_to_another_is_told(self, desk: Any) -> None:
        desk.invoice(instalments=PARTS)
        there = {"invoice_id": "I1", "amount": "40.00"}
        desk.payment(amount="40.00", allocations=[there | {"instalment": 1}])
        desk.payment(amount="40.00", allocations=[there | {"instalment": 2}], version=2)
        assert opens(desk) == (4000, 1000, 1000)
        assert told_parts(desk) == [(1, "40.00"), (2, "10.00"), (3, "10.00")]

    def test_are_adjusted_where_the_erp_says(self, desk: Any) -> None:
        desk.invoice(instalments=PARTS)
        item = {"kind": "invoice", "id": "I1", "instalment": 2}
        body = {"legal_entity": "DE01", "customer_number": "C1", "currency": "EUR"}
        desk.take(
            "erp.adjustment.posted.v1",
            adjustment_id="A1",
            version=1,
            item=item,
            amount="5.00",
            reason="write-off",
            posted_on="2026-04-02",
            **body,
        )
        assert opens(desk) == (4000, 4500, 1000)

    def test_a_returned_payment_opens_the_old_due_date_again(self, desk: Any) -> None:
        desk.invoice(instalments=PARTS)
        desk.payment(amount="90.00")
        desk.take(
            "erp.payment.returned.v1",
            payment_id="P1",
            version=2,
            returned_on="2026-04-10",
            reason="bank-return",
            amount="60.00",
        )
        assert opens(desk) == (1000, 5000, 1000)

    def test_an_opening_was_paid_from_the_oldest(self, desk: Any) -> None:
        desk.invoice(instalments=PARTS, opening={"open": "55.00", "as_of": "2026-03-31"})
        assert opens(desk) == (0, 4500, 1000)

    def test_a_cancelled_invoice_has_nothing_open(self, desk: Any) -> None:
        desk.invoice(instalments=PARTS)
        desk.take("erp.invoice.cancelled.v1", invoice_id="I1", version=2, cancelled_on="2026-04-01")
        assert opens(desk) == (0, 0, 0)

    def test_an_amendment_may_cut_them_anew(self, desk: Any) -> None:
        desk.invoice(instalments=PARTS)
        desk.payment(amount="60.00")
        desk.invoice(version=2)
        assert desk.held_invoice().due.opens == ()
        assert told_parts(desk) == [(1, "40.00")]

    def test_the_oldest_due_part_of_all_invoices_is_paid_first(self, desk: Any) -> None:
        desk.invoice("I1", instalments=PARTS, due_on="2026-04-30")
        desk.invoice("I2", "70.00", due_on="2026-04-15")
        desk.payment(amount="105.00")
        assert (opens(desk), desk.held_invoice("I2").open_minor) == ((0, 5000, 1000), 500)


class TestRefusals:
    @pytest.mark.parametrize(
        ("different", "code", "pointer"),
        [
            ({"amount": "41.00"}, "instalments-do-not-add-up", "/instalments"),
            ({"number": 2}, "instalments-do-not-add-up", "/instalments/1/number"),
            ({"amount": "-40.00"}, "amount-negative", "/instalments/0/amount"),
            ({"amount": "39.999"}, "amount-too-precise", "/instalments/0/amount"),
            ({"due_on": "2026-02-28"}, "due-before-issued", "/instalments/0/due_on"),
            ({"due_on": "1980-01-01"}, "date-out-of-range", "/instalments/0/due_on"),
            ({"number": 0}, "payload-unreadable", "/instalments/0/number"),
        ],
    )
    def test_each_has_its_code_and_pointer(
        self, desk: Any, different: dict[str, Any], code: str, pointer: str
    ) -> None:
        taken = desk.invoice(instalments=[PARTS[0] | different, *PARTS[1:]])
        assert (taken.outcome, taken.code, taken.pointer) == ("refused", code, pointer)
