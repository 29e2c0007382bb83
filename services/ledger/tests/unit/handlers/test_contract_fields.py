"""Fields of the contract that others act on, carried from the ERP's record to the fact that is told."""

from typing import Any

import pytest


def told_last(desk: Any, event_type: str) -> dict[str, Any]:
    facts = [one.fact for one in desk.books.told if event_type == one.fact.TYPE]
    told: dict[str, Any] = facts[-1].model_dump(mode="json", exclude_none=True)
    return told


class TestFieldsOfAnInvoice:
    def test_are_told_as_the_erp_wrote_them(self, desk: Any) -> None:
        given = {
            "kind": "interest",
            "payment_method": "direct-debit",
            "payment_reference": "RF18539007547034",
            "purchase_order": "PO-4711",
            "document_url": "https://documents.de.acme.example/I1.pdf",
            "holds": [{"reason": "disputed", "amount": "10.00", "until": "2026-05-01"}],
        }
        desk.invoice(**given)
        told = told_last(desk, "ledger.invoice.opened.v1")
        assert {name: told[name] for name in given} == given

    def test_are_none_again_when_the_erp_leaves_them_away(self, desk: Any) -> None:
        desk.invoice(purchase_order="PO-4711", holds=[{"reason": "disputed"}])
        desk.invoice(version=2)
        told = told_last(desk, "ledger.invoice.amended.v1")
        assert ("purchase_order" in told, told["holds"]) == (False, [])


class TestFieldsOfACreditNote:
    def test_net_and_tax_are_booked_apart_and_its_kind_is_told(self, desk: Any) -> None:
        desk.credit_note(total="240.00", net="200.00", tax="40.00", kind="journal")
        assert desk.nets() == {1200: -24_000, 2200: 4_000, 4020: 20_000}
        told = told_last(desk, "ledger.credit.posted.v1")
        assert (told["kind"], told["credit_note_number"], told["total"]) == (
            "journal",
            "N1",
            "240.00",
        )

    def test_what_it_corrects_is_a_legal_reference_and_pays_nothing(self, desk: Any) -> None:
        desk.invoice("I1", "100.00")
        desk.credit_note(total="100.00", corrects_invoice_id="I1")
        assert desk.held_invoice("I1").open_minor == 10_000

    def test_cancelled_it_counts_no_more(self, desk: Any) -> None:
        desk.credit_note(total="240.00", net="200.00", tax="40.00")
        desk.take(
            "erp.credit-note.cancelled.v1",
            credit_note_id="N1",
            version=2,
            cancelled_on="2026-03-30",
        )
        assert desk.nets() == {}
        assert desk.told[-1] == "CreditCancelled"


class TestFieldsOfAReturn:
    def test_its_reason_is_told(self, desk: Any) -> None:
        desk.payment()
        self.give_back(desk, version=2, returned_on="2026-03-25")
        told = told_last(desk, "ledger.payment.returned.v1")
        assert (told["return_reason"], told["returned_on"]) == ("chargeback", "2026-03-25")

    def test_a_day_that_is_set_right_is_told_again(self, desk: Any) -> None:
        desk.payment()
        self.give_back(desk, version=2, returned_on="2026-03-25")
        self.give_back(desk, version=3, returned_on="2026-03-24")
        assert told_last(desk, "ledger.payment.returned.v1")["returned_on"] == "2026-03-24"

    def give_back(self, desk: Any, **said: Any) -> None:
        desk.take("erp.payment.returned.v1", payment_id="P1", reason="chargeback", **said)


CANCELLATIONS = {"credit-note": "N1", "payment": "P1", "adjustment": "A1", "invoice": "I1"}


def cancel(desk: Any, kind: str, *, version: int = 2, **different: Any) -> Any:
    name = {f"{kind.replace('-', '_')}_id": CANCELLATIONS[kind]}
    body = {"version": version, "cancelled_on": "2026-04-01", **different}
    return desk.take(f"erp.{kind}.cancelled.v1", **name, **body)


@pytest.mark.parametrize("kind", CANCELLATIONS)
class TestFieldsOfACancellation:
    @pytest.fixture(autouse=True)
    def posted(self, desk: Any) -> None:
        desk.invoice()
        desk.payment(allocations=[])
        desk.credit_note(allocations=[])
        desk.adjust()

    def test_it_names_the_customer_of_the_object_or_is_refused(self, desk: Any, kind: str) -> None:
        assert cancel(desk, kind, customer_number="C2").code == f"{kind}-identity-changed"
        assert cancel(desk, kind, customer_number="C1").outcome == "accepted"

    def test_its_day_is_one_of_the_calendar(self, desk: Any, kind: str) -> None:
        refused = cancel(desk, kind, cancelled_on="1066-10-14")
        assert (refused.code, refused.pointer) == ("date-out-of-range", "/cancelled_on")

    def test_its_note_is_part_of_what_was_said(self, desk: Any, kind: str) -> None:
        assert cancel(desk, kind, reason="typing error").outcome == "accepted"
        assert cancel(desk, kind, reason="typing error").outcome == "duplicate"
        assert cancel(desk, kind, reason="never was").outcome == "conflict"


class TestFieldsOfACorrection:
    def test_the_note_of_a_credit_note_is_part_of_what_was_said(self, desk: Any) -> None:
        assert desk.credit_note(reason="short delivery").outcome == "accepted"
        assert desk.credit_note(reason="goodwill").outcome == "conflict"

    @pytest.mark.parametrize("elsewhere", [{"legal_entity": "US01"}, {"currency": "USD"}])
    def test_an_adjustment_reaches_its_own_entity_and_currency_only(
        self, desk: Any, elsewhere: dict[str, str]
    ) -> None:
        desk.invoice()
        assert desk.adjust(**elsewhere).outcome == "waiting"
        assert desk.held_invoice().open_minor == 10_000

    def test_an_adjustment_is_booked_on_its_day(self, desk: Any) -> None:
        desk.invoice()
        desk.adjust(posted_on="2026-04-07")
        last = desk.books.entries[-1].posting
        assert (last.kind, last.effective_on.isoformat()) == ("write-off", "2026-04-07")

    def test_a_return_names_the_customer_of_the_payment_or_is_refused(self, desk: Any) -> None:
        desk.payment()
        said = {"payment_id": "P1", "version": 2, "returned_on": "2026-04-01", "reason": "refund"}
        refused = desk.take("erp.payment.returned.v1", **said, customer_number="C2")
        assert refused.code == "payment-identity-changed"
        assert desk.take("erp.payment.returned.v1", **said, customer_number="C1").code == ""
