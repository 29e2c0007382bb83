"""What stood open when the books began."""

from typing import Any

OPENING = {"open": "40.00", "as_of": "2026-03-31"}


class TestInvoice:
    def test_is_open_by_what_is_left_against_the_opening_account(self, desk: Any) -> None:
        desk.invoice(total="100.00", opening=OPENING)
        assert desk.held_invoice().open_minor == 4000
        assert desk.nets() == {1200: 4000, 9000: -4000}
        assert str(desk.books.told[-1].fact.total) == "100.00"

    def test_nothing_left_is_settled(self, desk: Any) -> None:
        desk.invoice(opening=OPENING | {"open": "0"})
        assert (desk.held_invoice().status, desk.nets()) == ("settled", {})

    def test_payments_from_before_are_known_and_pay_nothing_again(self, desk: Any) -> None:
        desk.invoice(opening=OPENING)
        desk.payment(amount="60.00", allocations=[{"invoice_id": "I1", "amount": "60.00"}])
        assert desk.held_invoice().open_minor == 4000
        assert desk.held_credit().unapplied_minor == 0
        assert desk.nets() == {1000: 6000, 1200: 4000, 9000: -10000}
        assert desk.posted() == desk.held()

    def test_a_payment_from_before_that_was_heard_first_is_told_to_be_spent(
        self, desk: Any
    ) -> None:
        desk.payment(amount="60.00", allocations=[{"invoice_id": "I1", "amount": "60.00"}])
        assert str(desk.books.told[-1].fact.unapplied) == "60.00"
        desk.invoice(opening=OPENING)
        assert str(desk.books.told[-1].fact.unapplied) == "0.00"

    def test_a_payment_from_before_that_comes_back_is_owed_again(self, desk: Any) -> None:
        desk.payment(amount="60.00", allocations=[{"invoice_id": "I1", "amount": "60.00"}])
        desk.invoice(opening=OPENING)
        desk.take(
            "erp.payment.returned.v1",
            payment_id="P1",
            version=2,
            returned_on="2026-04-10",
            amount="25.00",
            reason="bank-return",
        )
        invoice = desk.held_invoice()
        assert (invoice.open_minor, invoice.returned) == (6500, True)
        assert desk.nets() == {1000: 3500, 1200: 6500, 9000: -10000}
        assert desk.posted() == desk.held()

    def test_what_is_paid_since_is_booked(self, desk: Any) -> None:
        desk.invoice(opening=OPENING)
        later = {"value_date": "2026-04-01"}
        desk.payment(amount="40.00", allocations=[{"invoice_id": "I1", "amount": "40.00"}], **later)
        assert (desk.held_invoice().status, desk.posted()) == ("settled", desk.held())


class TestCredit:
    def test_on_account_is_what_is_left(self, desk: Any) -> None:
        desk.payment(opening=OPENING)
        desk.credit_note(opening={"open": "30.00", "as_of": "2026-03-31"})
        assert desk.held_credit().unapplied_minor == 4000
        assert desk.nets() == {1200: -3000, 2100: -4000, 9000: 7000}

    def test_is_matched_like_any_other(self, desk: Any) -> None:
        desk.invoice(opening=OPENING)
        desk.payment(opening=OPENING)
        assert (desk.held_invoice().status, desk.nets()) == ("settled", {})

    def test_what_was_directed_before_is_taken_for_what_was_used(self, desk: Any) -> None:
        desk.invoice("OLD", opening=OPENING)
        desk.invoice("NEW")
        desk.payment(opening=OPENING)
        desk.allocate("P1", ("OLD", "60.00"), ("NEW", "40.00"))
        assert desk.held_invoice("OLD").open_minor == 4000
        assert desk.held_invoice("NEW").open_minor == 6000
        assert desk.held_credit().unapplied_minor == 0
