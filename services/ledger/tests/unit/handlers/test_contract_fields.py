"""Fields of the contract that others act on, carried from the ERP's record to the fact that is told."""

from typing import Any


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
        desk.take(
            "erp.payment.returned.v1",
            payment_id="P1",
            version=2,
            returned_on="2026-03-25",
            reason="chargeback",
        )
        assert told_last(desk, "ledger.payment.returned.v1")["return_reason"] == "chargeback"
