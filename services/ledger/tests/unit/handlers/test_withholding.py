"""What the ERP states less than we do is held back in every fact of the invoice, until it is solved."""

from typing import Any

from ledger.handlers.tell_changes import tell_changes


def holds_told(desk: Any) -> list[tuple[str, str | None]]:
    return [(hold.reason, hold.amount) for hold in desk.books.told[-1].fact.holds]


class TestWithholding:
    def test_is_told_as_one_more_hold_and_taken_away_again(self, desk: Any, moment: Any) -> None:
        desk.invoice(holds=[{"reason": "dispute", "amount": "5.00"}])
        for withheld, told in ((2000, [("erp-states-less", "20.00")]), (0, [])):
            desk.books.begin()
            desk.books.touch_invoice(desk.held_invoice()).withheld_minor = withheld
            tell_changes(desk.books, moment=moment)
            assert desk.told[-1] == "InvoiceAmended"
            assert holds_told(desk) == [("dispute", "5.00"), *told]

    def test_goes_with_every_later_fact(self, desk: Any) -> None:
        desk.invoice()
        desk.held_invoice().withheld_minor = 2000
        desk.invoice(version=2, due_on="2026-04-30")
        assert holds_told(desk) == [("erp-states-less", "20.00")]

    def test_the_same_figure_again_is_not_told(self, desk: Any, moment: Any) -> None:
        desk.invoice()
        desk.books.begin()
        desk.books.touch_invoice(desk.held_invoice()).withheld_minor = 0
        tell_changes(desk.books, moment=moment)
        assert desk.told.count("InvoiceAmended") == 0
