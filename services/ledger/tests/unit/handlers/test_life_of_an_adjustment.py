"""Adjustments: write-offs, fees, withheld tax, differences, refunds, taken back again."""

from typing import Any

import pytest

OPEN = {1200: 10000, 4000: -10000}


class TestAtAnInvoice:
    @pytest.mark.parametrize(
        ("reason", "account"),
        [
            ("write-off", 1290),
            ("small-difference", 6110),
            ("discount", 4010),
            ("tax-withheld", 1240),
            ("bank-fee", 6100),
            ("fx", 7000),
            ("netting", 1030),
            ("refund", 1000),
            ("other", 6110),
        ],
    )
    def test_takes_off_what_is_open_against_the_account_of_its_reason(
        self, desk: Any, reason: str, account: int
    ) -> None:
        desk.invoice()

        assert desk.adjust(amount="30.00", reason=reason).outcome == "accepted"

        assert desk.held_invoice().open_minor == 7000
        assert desk.nets() == {1200: 7000, account: 3000, 4000: -10000}
        assert desk.told[-1] == "InvoiceAmended"
        assert desk.posted() == desk.held()

    def test_a_discount_takes_its_part_of_the_tax_along(self, desk: Any) -> None:
        desk.invoice(total="1200.00", net="1000.00", tax="200.00")
        desk.adjust(amount="24.00", reason="discount")
        assert desk.nets() == {1200: 117600, 2200: -19600, 4000: -100000, 4010: 2000}

    def test_the_whole_settles_the_invoice(self, desk: Any) -> None:
        desk.invoice()
        desk.adjust(amount="100.00")
        assert (desk.held_invoice().status, desk.told[-1]) == ("settled", "InvoiceSettled")

    def test_below_zero_it_puts_back(self, desk: Any) -> None:
        desk.invoice()
        desk.payment()
        assert desk.held_invoice().status == "settled"
        desk.adjust(amount="-5.00", reason="bank-fee")
        assert (desk.held_invoice().open_minor, desk.told[-1]) == (500, "InvoiceReopened")
        assert desk.nets() == {1000: 10000, 1200: 500, 4000: -10000, 6100: -500}

    def test_cancelled_it_is_owed_again(self, desk: Any) -> None:
        desk.invoice()
        desk.adjust()
        cancelled = desk.take(
            "erp.adjustment.cancelled.v1", adjustment_id="A1", version=2, cancelled_on="2026-04-03"
        )
        assert (cancelled.outcome, desk.nets()) == ("accepted", OPEN)
        assert desk.held_invoice().open_minor == 10000

    def test_a_newer_version_replaces_it_whole(self, desk: Any) -> None:
        desk.invoice()
        desk.adjust(amount="30.00")
        desk.adjust(amount="20.00", version=2)
        assert desk.adjust(amount="99.00", version=1).outcome == "superseded"
        assert desk.held_invoice().open_minor == 8000

    def test_it_takes_what_our_own_matching_had_applied(self, desk: Any) -> None:
        desk.invoice()
        desk.payment(amount="80.00")
        desk.adjust(amount="30.00")
        assert (desk.held_invoice().open_minor, desk.held_credit().unapplied_minor) == (0, 1000)
        assert desk.posted() == desk.held()


class TestWaiting:
    def test_for_its_item(self, desk: Any) -> None:
        assert desk.adjust().outcome == "waiting"
        desk.invoice()
        assert desk.held_invoice().open_minor == 9000
        assert desk.books.released

    def test_for_room(self, desk: Any) -> None:
        desk.invoice()
        desk.payment(allocations=[{"invoice_id": "I1", "amount": "95.00"}])
        assert desk.adjust(amount="110.00").outcome == "waiting"
        desk.invoice(total="210.00", version=2)
        assert desk.held_invoice().open_minor == 500

    def test_its_cancellation_waits_for_it(self, desk: Any) -> None:
        body = {"adjustment_id": "A1", "version": 2, "cancelled_on": "2026-04-03"}
        desk.invoice()
        assert desk.take("erp.adjustment.cancelled.v1", **body).outcome == "waiting"
        assert desk.adjust().outcome == "accepted"
        assert desk.held_invoice().open_minor == 10000

    def test_it_keeps_to_its_item_and_customer(self, desk: Any) -> None:
        desk.invoice()
        desk.adjust()
        for change in ({"item": "I2"}, {"customer_number": "C2"}, {"currency": "USD"}):
            assert desk.adjust(version=2, **change).code == "adjustment-identity-changed"

    def test_a_cancelled_invoice_has_nothing_to_adjust(self, desk: Any) -> None:
        desk.invoice()
        desk.adjust(amount="-5.00")
        desk.take("erp.invoice.cancelled.v1", invoice_id="I1", version=2, cancelled_on="2026-04-03")
        assert (desk.nets(), desk.held_invoice().open_minor) == ({}, 0)


class TestAtACredit:
    def test_a_refund_takes_money_off_a_payment(self, desk: Any) -> None:
        desk.payment()
        desk.adjust(amount="40.00", item="P1", kind="payment", reason="refund")
        assert desk.nets() == {1000: 6000, 2100: -6000}
        assert desk.held_credit().unapplied_minor == 6000
        assert desk.told[-1] == "PaymentReceived"

    def test_a_credit_note_that_is_paid_out(self, desk: Any) -> None:
        desk.credit_note()
        desk.adjust(amount="100.00", item="N1", kind="credit-note", reason="refund")
        assert desk.nets() == {1000: -10000, 4020: 10000}
        assert desk.held_credit("N1", kind="credit-note").unapplied_minor == 0

    def test_what_was_applied_above_it_is_open_again(self, desk: Any) -> None:
        desk.invoice()
        desk.payment(allocations=[{"invoice_id": "I1", "amount": "100.00"}])
        desk.adjust(amount="40.00", item="P1", kind="payment", reason="refund")
        assert desk.held_invoice().open_minor == 4000
        assert desk.posted() == desk.held()
