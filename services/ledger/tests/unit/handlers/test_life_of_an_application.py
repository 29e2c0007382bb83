"""Allocations that say more than an amount: deductions, two currencies, other customers and legal entities."""

from typing import Any


def deducted(amount: str, *deductions: tuple[str, str], **more: Any) -> dict[str, Any]:
    """Inline allocation to I1."""
    taken = [{"kind": kind, "amount": minor} for kind, minor in deductions]
    return {"allocations": [{"invoice_id": "I1", "amount": amount, "deductions": taken, **more}]}


class TestDeductions:
    def test_a_discount_rightly_taken_settles_the_invoice(self, desk: Any) -> None:
        desk.invoice(total="1200.00", net="1000.00", tax="200.00")
        desk.payment(amount="1176.00", **deducted("1176.00", ("discount", "24.00")))
        assert desk.held_invoice().status == "settled"
        assert desk.nets() == {1000: 117600, 2200: -19600, 4000: -100000, 4010: 2000}
        assert desk.posted() == desk.held()

    def test_several_kinds_each_on_its_account(self, desk: Any) -> None:
        desk.invoice()
        taken = (("tax-withheld", "5.00"), ("bank-fee", "2.00"), ("small-difference", "0.03"))
        desk.payment(amount="92.97", **deducted("92.97", *taken))
        assert desk.nets() == {1000: 9297, 1240: 500, 4000: -10000, 6100: 200, 6110: 3}

    def test_a_return_takes_the_deduction_back_with_it(self, desk: Any) -> None:
        desk.invoice()
        desk.payment(amount="98.00", **deducted("98.00", ("discount", "2.00")))
        body = {"payment_id": "P1", "version": 2, "returned_on": "2026-04-10"}
        desk.take("erp.payment.returned.v1", reason="bank-return", **body)
        assert desk.held_invoice().open_minor == 10000
        assert desk.nets() == {1200: 10000, 4000: -10000}

    def test_half_returned_half_deducted(self, desk: Any) -> None:
        desk.invoice()
        desk.payment(amount="98.00", **deducted("98.00", ("discount", "2.00")))
        body = {"payment_id": "P1", "version": 2, "returned_on": "2026-04-10", "amount": "49.00"}
        desk.take("erp.payment.returned.v1", reason="bank-return", **body)
        assert desk.held_invoice().open_minor == 5000
        assert desk.posted() == desk.held()

    def test_what_has_no_room_waits(self, desk: Any) -> None:
        desk.invoice(total="50.00")
        taken = desk.payment(amount="98.00", **deducted("98.00", ("discount", "2.00")))
        assert (taken.outcome, desk.held_invoice().open_minor) == ("waiting", 0)
        assert desk.held_credit().unapplied_minor == 4900
        desk.invoice(version=2)
        assert desk.held_credit().unapplied_minor == 0
        assert desk.books.released


class TestTwoCurrencies:
    def test_take_of_each_what_the_erp_says(self, desk: Any) -> None:
        desk.invoice(currency="USD")
        desk.payment(amount="92.00", **deducted("100.00", credit_amount="92.00"))
        assert (desk.held_invoice().status, desk.held_credit().unapplied_minor) == ("settled", 0)
        (told,) = desk.books.told[-1].fact.allocations
        assert (told.amount, told.credit_amount) == ("100.00", "92.00")
        per_currency: dict[str, int] = {}
        for entry in desk.books.entries:
            if 1020 in (posting := entry.posting)[1:5]:
                sign = 1 if posting.debit == 1020 else -1
                per_currency[posting.currency] = sign * posting.minor
        assert per_currency == {"EUR": -9200, "USD": 10000}
        assert desk.posted() == desk.held()

    def test_without_decimals_in_one_of_them(self, desk: Any) -> None:
        desk.invoice(total="15000", currency="JPY")
        desk.payment(amount="92.00", **deducted("15000", credit_amount="92.00"))
        assert desk.held_invoice().status == "settled"


class TestBeyondOneCustomer:
    def test_a_payment_of_one_pays_for_another(self, desk: Any) -> None:
        desk.invoice(customer_number="C2")
        desk.payment(**deducted("100.00"))
        assert desk.held_invoice().status == "settled"
        assert desk.nets() == {1000: 10000, 4000: -10000}
        assert desk.told[-2:] == ["InvoiceSettled", "PaymentReceived"]
        assert desk.books.told[-1].fact.invoices == ()
        assert desk.posted() == desk.held()

    def test_part_of_it_is_told_by_the_invoice_itself(self, desk: Any) -> None:
        desk.invoice(customer_number="C2")
        desk.payment(amount="60.00", **deducted("60.00"))
        assert desk.told[-2:] == ["PaymentReceived", "InvoiceAmended"]

    def test_between_legal_entities_each_has_its_side(self, desk: Any) -> None:
        desk.invoice(legal_entity="US01")
        desk.payment(**deducted("100.00"))
        sides = {
            (one.posting.legal_entity, one.posting.debit, one.posting.credit)
            for one in desk.books.entries
        }
        assert {("DE01", 2100, 1030), ("US01", 1030, 1200)} <= sides
        assert desk.held_invoice().status == "settled"

    def test_money_of_nobody_pays_what_the_erp_says(self, desk: Any) -> None:
        desk.invoice()
        body = {"legal_entity": "DE01", "value_date": "2026-03-20", "currency": "EUR"}
        desk.take(
            "erp.payment.received.v1",
            payment_id="P1",
            version=1,
            amount="60.00",
            method="transfer",
            **body,
            **deducted("60.00"),
        )
        assert (desk.held_invoice().open_minor, desk.told[-1]) == (4000, "InvoiceAmended")
        desk.payment(amount="60.00", version=2, **deducted("60.00"))
        assert desk.held_invoice().open_minor == 4000
        assert desk.posted() == desk.held()
