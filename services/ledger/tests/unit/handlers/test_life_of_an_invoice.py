"""What an invoice goes through, told and booked."""

from typing import Any


class TestInvoice:
    def test_opens_with_revenue_and_tax(self, desk: Any) -> None:
        desk.customer()
        assert desk.invoice(total="119.00", net="100.00", tax="19.00").outcome == "accepted"
        assert desk.nets() == {1200: 11900, 2200: -1900, 4000: -10000}
        assert desk.told == ["CustomerChanged", "InvoiceOpened"]

    def test_of_an_unknown_customer_is_booked_and_in_doubt(self, desk: Any) -> None:
        desk.invoice()
        customer = desk.books.told[0].fact
        assert (customer.known, customer.doubts[0].code) == (False, "customer-unknown")
        desk.customer()
        assert desk.books.told[-1].fact.doubts == ()

    def test_an_amendment_reverses_the_old_entry_whole(self, desk: Any) -> None:
        desk.invoice()
        desk.invoice(version=2, total="90.00")
        assert [entry.posting.minor for entry in desk.books.entries] == [10000, 10000, 9000]
        assert desk.books.entries[1].reverses == desk.books.entries[0].entry_id
        assert desk.held_invoice().open_minor == 9000

    def test_a_higher_version_of_equal_content_only_moves_the_version(self, desk: Any) -> None:
        desk.invoice(total="100.00")
        told, entries = len(desk.told), len(desk.books.entries)
        assert desk.invoice(version=7, total="100.0").outcome == "accepted"
        assert (len(desk.told), len(desk.books.entries)) == (told, entries)
        assert desk.invoice(version=6, total="80.00").outcome == "superseded"

    def test_the_same_word_again_is_a_duplicate_whatever_its_event_id(self, desk: Any) -> None:
        desk.invoice(total="100.00")
        assert desk.invoice(total="100.0").outcome == "duplicate"

    def test_another_word_of_the_same_version_is_a_conflict_and_the_first_stays(
        self, desk: Any
    ) -> None:
        desk.invoice()
        taken = desk.invoice(total="99.00")
        assert (taken.outcome, taken.code) == ("conflict", "version-conflicts")
        assert desk.held_invoice().open_minor == 10000

    def test_a_moved_due_date_is_told_and_posts_nothing(self, desk: Any) -> None:
        desk.invoice()
        desk.invoice(version=2, due_on="2026-04-30")
        assert desk.told[-1] == "InvoiceAmended"
        assert len(desk.books.entries) == 1

    def test_a_zero_total_is_settled(self, desk: Any) -> None:
        desk.invoice(total="0")
        assert desk.held_invoice().status == "settled"
        assert desk.told[-2:] == ["InvoiceOpened", "InvoiceSettled"]

    def test_cancelled_then_posted_higher_lives_again(self, desk: Any) -> None:
        desk.invoice()
        desk.take("erp.invoice.cancelled.v1", invoice_id="I1", version=2, cancelled_on="2026-04-01")
        assert (desk.held_invoice().status, desk.nets()) == ("cancelled", {})
        desk.invoice(version=3)
        assert (desk.told[-1], desk.held_invoice().open_minor) == ("InvoiceReopened", 10000)

    def test_a_cancellation_waits_for_its_invoice(self, desk: Any) -> None:
        assert desk.take(
            "erp.invoice.cancelled.v1", invoice_id="I1", version=2, cancelled_on="2026-04-01"
        ).outcome == ("waiting")
        desk.invoice()
        assert (desk.held_invoice().status, desk.nets()) == ("cancelled", {})
        assert desk.told[-1] == "InvoiceCancelled"
        assert desk.books.released
