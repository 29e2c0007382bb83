"""Every refusal of the contract, by its stable name (ERP rule 12)."""

import json
from typing import Any

import pytest

from shared.messaging.cloudevents import Record

WRONG_INVOICES: dict[str, tuple[dict[str, Any], str]] = {
    "tax-does-not-add-up": ({"net": "80.00", "tax": "19.00"}, "/tax"),
    "amount-negative": ({"total": "-1.00"}, "/total"),
    "amount-not-a-number": ({"total": "ten"}, "/total"),
    "amount-too-precise": ({"total": "1.005"}, "/total"),
    "amount-too-large": ({"total": "10000000000000.01"}, "/total"),
    "date-out-of-range": ({"issued_on": "1989-12-31"}, "/issued_on"),
    "due-before-issued": ({"due_on": "2026-02-28"}, "/due_on"),
    "currency-unknown": ({"currency": "XXX"}, "/currency"),
    "legal-entity-unknown": ({"legal_entity": "FR01"}, "/legal_entity"),
    "field-null": ({"net": None}, "/net"),
    "field-missing": ({"invoice_number": ""}, "/invoice_number"),
    "value-unknown": ({"kind": "poem"}, "/kind"),
    "payload-unreadable": ({"version": "1"}, "/version"),
    "instalments-do-not-add-up": (
        {"instalments": [{"number": 1, "amount": "99.00"}]},
        "/instalments",
    ),
}


class TestInvoiceRefusals:
    @pytest.mark.parametrize("code", WRONG_INVOICES)
    def test_each_has_its_code_and_pointer(self, desk: Any, code: str) -> None:
        wrong, pointer = WRONG_INVOICES[code]
        taken = desk.invoice(**wrong)
        assert (taken.outcome, taken.code, taken.pointer) == ("refused", code, pointer)
        assert not desk.books.entries
        assert not desk.told

    @pytest.mark.parametrize("total", ["NaN", "Infinity", "1e400", "", "12,50"])
    def test_words_and_overflows_are_no_numbers(self, desk: Any, total: str) -> None:
        assert desk.invoice(total=total).code == "amount-not-a-number"

    @pytest.mark.parametrize(
        "total", ["1." + "0" * 40 + "1", "1e-400", "99.999999999999999999999999999"]
    )
    def test_no_digit_is_rounded_away(self, desk: Any, total: str) -> None:
        assert desk.invoice(total=total).code == "amount-too-precise"

    @pytest.mark.parametrize(
        "day", ["2026-02-30", "yesterday", "2101-01-01", "0001-01-01", 1_774_915_200]
    )
    def test_days_of_no_calendar_are_out_of_range(self, desk: Any, day: Any) -> None:
        assert desk.invoice(due_on=day).code == "date-out-of-range"

    def test_a_missing_field_is_named(self, desk: Any) -> None:
        taken = desk.take("erp.invoice.posted.v1", invoice_id="I1")
        assert (taken.code, taken.pointer) == ("field-missing", "/version")

    def test_a_changed_identity_is_refused(self, desk: Any) -> None:
        desk.invoice()
        for change in ({"customer_number": "C2"}, {"legal_entity": "US01"}, {"currency": "USD"}):
            assert desk.invoice(version=2, **change).code == "invoice-identity-changed"

    def test_unknown_extra_fields_are_ignored(self, desk: Any) -> None:
        assert desk.invoice(colour="blue").outcome == "accepted"


class TestCreditRefusals:
    def test_inline_allocations_above_the_credit(self, desk: Any) -> None:
        allocations = [
            {"invoice_id": "I1", "amount": "60.00"},
            {"invoice_id": "I2", "amount": "40.01"},
        ]
        assert desk.payment(allocations=allocations).code == "allocations-exceed-credit"
        assert desk.credit_note(allocations=allocations).code == "allocations-exceed-credit"

    def test_changed_identities(self, desk: Any) -> None:
        desk.payment()
        desk.credit_note()
        assert desk.payment(version=2, customer_number="C2").code == "payment-identity-changed"
        assert desk.payment(version=2, currency="USD").code == "payment-identity-changed"
        assert (
            desk.credit_note(version=2, legal_entity="US01").code == "credit-note-identity-changed"
        )

    def test_allocations_between_currencies_say_both_amounts(self, desk: Any) -> None:
        desk.invoice(currency="USD")
        taken = desk.payment(allocations=[{"invoice_id": "I1", "amount": "1.00"}])
        assert (taken.code, taken.pointer) == ("field-missing", "/allocations/0/credit_amount")

    @pytest.mark.parametrize(
        "amount", ["1.001", "NaN", "1e400", "-0.01"], ids=["fine", "words", "huge", "negative"]
    )
    def test_amounts_inside_an_allocation(self, desk: Any, amount: str) -> None:
        for part in (
            {"amount": "1.00", "credit_amount": amount},
            {"amount": "1.00", "deductions": [{"kind": "other", "amount": amount}]},
        ):
            taken = desk.payment(allocations=[{"invoice_id": "I1", **part}])
            assert taken.code.startswith("amount-")
            assert taken.pointer.startswith("/allocations/0/")

    def test_balances_are_refused_and_silence_nobody(self, desk: Any) -> None:
        balance = desk.take(
            "erp.open-items.completed.v1",
            run_id="r",
            legal_entity="DE01",
            as_of="2026-03-01",
            customers=-1,
            totals=[],
        )
        assert (balance.code, balance.reading.silences) == ("payload-unreadable", False)


class TestCustomerRefusals:
    @pytest.mark.parametrize(
        ("wrong", "code"),
        [
            ({"country": "XX"}, "country-unknown"),
            ({"kind": "friend"}, "value-unknown"),
            ({"time_zone": "UTC+2"}, "value-unknown"),
            ({"legal_entity": "FR01"}, "legal-entity-unknown"),
            ({"credit_limit": {"amount": "1.005", "currency": "EUR"}}, "amount-too-precise"),
            ({"holds": [{"reason": "x", "until": "2200-01-01"}]}, "date-out-of-range"),
        ],
    )
    def test_are_named(self, desk: Any, wrong: dict[str, Any], code: str) -> None:
        assert desk.customer(**wrong).code == code


class TestEnvelopeRefusals:
    def test_unknown_source_and_type(self, desk: Any) -> None:
        assert desk.invoice(source="urn:nobody").code == "source-unknown"
        assert desk.take("erp.invoice.sung.v1", customer_number="C1").code == "type-unknown"

    @pytest.mark.parametrize(
        "data",
        [b"", b"{", b"[1]", b"\xff", b"null", b'{"name": "\\u0000"}', b'{"name": "\\ud800"}'],
    )
    def test_unreadable_payloads(self, desk: Any, data: bytes) -> None:
        given = {
            "specversion": "1.0",
            "id": "e",
            "source": "urn:acme:erp:de01",
            "type": "erp.customer.changed.v1",
        }
        assert (
            desk.take_record(Record("erp.customers.v1", 0, 0, "", given, data)).code
            == "payload-unreadable"
        )

    def test_more_than_a_mebibyte_is_too_large(self, desk: Any) -> None:
        assert desk.customer(more="x" * 2**20).code == "payload-too-large"

    def test_what_is_wrong_still_names_its_customer_and_what_it_touches(self, desk: Any) -> None:
        taken = desk.payment(amount="x", allocations=[{"invoice_id": "I9", "amount": None}])
        identity = taken.reading.identity
        assert (identity.customer_number, identity.source_id, identity.version) == ("C1", "P1", 1)
        assert len(identity.touched) == 1
        assert json.loads(taken.reading.record.data)["allocations"]
