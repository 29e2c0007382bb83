"""What a payment goes through: received, applied, un-applied, returned, cancelled."""

from typing import Any

OURS = "urn:acme:erp:ours"


def back(desk: Any, version: int = 2, name: str = "P1", **body: Any) -> Any:
    told = {"returned_on": "2026-04-01", "reason": "bank-return", **body}
    return desk.take("erp.payment.returned.v1", payment_id=name, version=version, **told)


class TestDirectedPayment:
    def test_is_applied_where_the_erp_says(self, desk: Any) -> None:
        desk.invoice("I1")
        desk.invoice("I2")
        assert desk.payment(allocations=[{"invoice_id": "I2", "amount": 100}]).outcome == "accepted"
        assert [desk.held_invoice(name).open_minor for name in ("I1", "I2")] == [10000, 0]
        assert desk.nets() == {1000: 10000, 1200: 10000, 4000: -20000}
        assert desk.told[-2:] == ["InvoiceSettled", "PaymentReceived"]

    def test_waits_for_its_invoice_and_counts_as_on_account_meanwhile(self, desk: Any) -> None:
        assert (
            desk.payment(allocations=[{"invoice_id": "I1", "amount": "100.00"}]).outcome
            == "waiting"
        )
        assert desk.held_credit().unapplied_minor == 10000
        desk.invoice()
        assert (desk.held_invoice().open_minor, desk.held_credit().waiting) == (0, False)

    def test_waits_for_the_missing_unapply(self, desk: Any) -> None:
        desk.invoice()
        desk.payment("P1", allocations=[{"invoice_id": "I1", "amount": "100.00"}])
        assert (
            desk.payment("P2", allocations=[{"invoice_id": "I1", "amount": "100.00"}]).outcome
            == "waiting"
        )
        desk.allocate("P1")
        assert (desk.held_credit("P1").unapplied_minor, desk.held_credit("P2").unapplied_minor) == (
            10000,
            0,
        )

    def test_an_empty_set_means_on_account(self, desk: Any) -> None:
        desk.invoice()
        desk.payment(allocations=[])
        assert desk.held_invoice().open_minor == 10000

    def test_a_set_replaces_everything_and_inline_allocations_no_longer_count(
        self, desk: Any
    ) -> None:
        desk.invoice("I1")
        desk.invoice("I2")
        desk.payment(allocations=[{"invoice_id": "I1", "amount": "100.00"}])
        desk.allocate("P1", ("I2", "100.00"))
        desk.payment(version=2, allocations=[{"invoice_id": "I1", "amount": "100.00"}])
        assert [desk.held_invoice(name).open_minor for name in ("I1", "I2")] == [10000, 0]

    def test_a_set_above_the_credit_waits_for_the_raised_payment(self, desk: Any) -> None:
        desk.invoice(total="150.00")
        desk.payment(allocations=[])
        assert desk.allocate("P1", ("I1", "150.00")).outcome == "waiting"
        desk.payment(version=2, amount="150.00", allocations=[])
        assert (desk.held_invoice().open_minor, desk.held_credit().waiting) == (0, False)

    def test_a_set_waits_for_its_credit(self, desk: Any) -> None:
        desk.invoice()
        assert desk.allocate("P1", ("I1", "100.00")).outcome == "waiting"
        desk.payment()
        assert desk.held_invoice().open_minor == 0

    def test_a_cancelled_invoice_gives_the_money_back(self, desk: Any) -> None:
        desk.invoice()
        desk.payment(allocations=[{"invoice_id": "I1", "amount": "100.00"}])
        desk.take("erp.invoice.cancelled.v1", invoice_id="I1", version=2, cancelled_on="2026-04-01")
        assert desk.held_credit().unapplied_minor == 10000
        assert desk.nets() == {1000: 10000, 2100: -10000}

    def test_a_shrunk_invoice_gives_the_excess_back(self, desk: Any) -> None:
        desk.invoice()
        desk.payment(allocations=[{"invoice_id": "I1", "amount": "100.00"}])
        desk.invoice(version=2, total="70.00")
        assert (desk.held_invoice().open_minor, desk.held_credit().unapplied_minor) == (0, 3000)


class TestReturnedPayment:
    def test_reopens_the_invoice_and_leaves_the_bank(self, desk: Any) -> None:
        desk.invoice(payment_method="direct-debit")
        desk.payment(method="direct-debit", allocations=[{"invoice_id": "I1", "amount": "100.00"}])
        assert back(desk).outcome == "accepted"
        assert desk.nets() == {1200: 10000, 4000: -10000}
        assert desk.told[-2:] == ["InvoiceReopened", "PaymentReturned"]
        assert desk.held_invoice().returned

    def test_amounts_are_cumulative_and_a_new_receipt_presents_again(self, desk: Any) -> None:
        desk.invoice()
        desk.payment(allocations=[{"invoice_id": "I1", "amount": "100.00"}])
        back(desk, 2, amount="30.00")
        back(desk, 3, amount="50.00")
        assert (desk.held_invoice().open_minor, desk.nets()[1000]) == (5000, 5000)
        desk.payment(version=4, allocations=[{"invoice_id": "I1", "amount": "100.00"}])
        assert (desk.held_invoice().open_minor, desk.held_invoice().returned) == (0, False)

    def test_waits_for_its_payment(self, desk: Any) -> None:
        assert back(desk).outcome == "waiting"
        desk.payment(allocations=[])
        assert (desk.held_credit().status, desk.nets()) == ("returned", {})

    def test_a_typing_error_is_no_return(self, desk: Any) -> None:
        desk.invoice()
        desk.payment(allocations=[{"invoice_id": "I1", "amount": "100.00"}])
        desk.take("erp.payment.cancelled.v1", payment_id="P1", version=2, cancelled_on="2026-04-01")
        assert (desk.held_invoice().open_minor, desk.held_invoice().returned) == (10000, False)
        assert desk.told[-1] == "PaymentCancelled"


class TestUndirectedPayment:
    def test_is_matched_provisionally_until_the_erp_speaks(self, desk: Any) -> None:
        desk.invoice("I1")
        desk.invoice("I2", due_on="2026-03-30")
        desk.payment(reference="for I1")
        assert [one.provisional for one in desk.held_credit().applications.values()] == [True]
        desk.allocate("P1", ("I2", "100.00"))
        assert [desk.held_invoice(name).open_minor for name in ("I1", "I2")] == [10000, 0]

    def test_is_matched_again_when_an_invoice_opens(self, desk: Any) -> None:
        desk.payment()
        desk.invoice()
        assert desk.held_invoice().open_minor == 0
        assert desk.told[-3:] == ["InvoiceOpened", "InvoiceSettled", "PaymentApplied"]

    def test_gives_way_to_a_directed_payment_and_goes_elsewhere(self, desk: Any) -> None:
        desk.invoice("I1")
        desk.payment("P1")
        desk.invoice("I2")
        desk.payment("P2", allocations=[{"invoice_id": "I1", "amount": "100.00"}])
        assert [desk.held_invoice(name).open_minor for name in ("I1", "I2")] == [0, 0]

    def test_stays_within_entity_and_currency(self, desk: Any) -> None:
        desk.invoice("I1", currency="USD")
        desk.invoice("I2", legal_entity="US01")
        desk.payment()
        assert desk.held_credit().unapplied_minor == 10000

    def test_under_our_authority_the_erps_sets_are_compared_not_booked(self, desk: Any) -> None:
        desk.invoice("I1", source=OURS)
        desk.invoice("I2", source=OURS, due_on="2026-04-30")
        desk.payment(source=OURS, allocations=[{"invoice_id": "I2", "amount": "100.00"}])
        assert desk.held_invoice("I1", source=OURS).open_minor == 0

    def test_of_nobody_is_booked_untold_and_gains_its_customer_once(self, desk: Any) -> None:
        body = {
            "legal_entity": "DE01",
            "value_date": "2026-03-20",
            "currency": "EUR",
            "method": "transfer",
        }
        desk.take("erp.payment.received.v1", payment_id="P1", version=1, amount="100.00", **body)
        assert (desk.told, desk.nets()) == ([], {1000: 10000, 2100: -10000})
        desk.invoice()
        desk.payment(version=2)
        assert (desk.told[-1], desk.held_invoice().open_minor) == ("PaymentReceived", 0)


class TestCreditNote:
    def test_is_never_applied_by_us(self, desk: Any) -> None:
        desk.invoice()
        desk.credit_note(total="23.80", net="20.00", tax="3.80")
        assert desk.held_invoice().open_minor == 10000
        assert desk.nets() == {1200: 7620, 2200: 380, 4000: -10000, 4020: 2000}

    def test_moves_between_items_when_the_erp_applies_it(self, desk: Any) -> None:
        desk.invoice()
        desk.credit_note(total="40.00")
        nets = desk.nets()
        desk.allocate("N1", ("I1", "40.00"), kind="credit-note")
        assert (desk.held_invoice().open_minor, desk.nets()) == (6000, nets)
        assert desk.told[-1] == "CreditApplied"
        assert desk.posted() == desk.held()

    def test_may_come_before_its_invoice(self, desk: Any) -> None:
        assert (
            desk.credit_note(allocations=[{"invoice_id": "I1", "amount": "100.00"}]).outcome
            == "waiting"
        )
        desk.invoice()
        assert desk.held_invoice().status == "settled"
