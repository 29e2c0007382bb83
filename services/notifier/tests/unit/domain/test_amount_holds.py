"""What another service holds of an invoice is not asked for, of the instalment it names or of the oldest."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from notifier.domain.desk import Desk
from notifier.domain.invoice import AmountHold, InvoiceHold
from notifier.handlers.hear_dispute import hear_dispute
from shared.base.clock import Moment
from shared.contracts import disputes
from shared.testing.dispute_examples import dispute_examples

TODAY = date(2026, 4, 20)
PARTS = ((date(2026, 3, 1), 300_00), (date(2026, 4, 1), 300_00), (None, 300_00))
CUSTOMER, INVOICE = UUID(int=1), UUID(int=2)
TOLD = [
    one for one in dispute_examples(CUSTOMER, INVOICE) if isinstance(one, disputes.DisputeEvent)
]


def hold(minor: int, instalment: int | None = None) -> AmountHold:
    return AmountHold(UUID(int=minor), CUSTOMER, 1, "dispute", INVOICE, instalment, minor)


class TestHeld:
    @pytest.mark.parametrize(
        ("holds", "held"),
        [
            ((hold(100_00),), {1: 100_00, 2: 0, 3: 0}),
            ((hold(400_00),), {1: 300_00, 2: 100_00, 3: 0}),
            ((hold(50_00, 2),), {1: 0, 2: 50_00, 3: 0}),
            ((hold(100_00), hold(250_00, 1)), {1: 300_00, 2: 0, 3: 0}),
            ((hold(5_000_00),), {1: 300_00, 2: 300_00, 3: 300_00}),
            ((hold(5_000_00, 3),), {1: 0, 2: 0, 3: 300_00}),
            ((hold(10_00, 7),), {1: 0, 2: 0, 3: 0}),
        ],
    )
    def test_of_what_it_names_or_the_oldest_first(
        self, make: Any, holds: tuple[AmountHold, ...], held: dict[int, int]
    ) -> None:
        invoice = make.in_parts("R", *PARTS, amount_holds=holds)
        assert invoice.held_minor(TODAY, whole_debt=False) == held

    def test_beside_a_hold_of_the_erp(self, make: Any) -> None:
        erp = (InvoiceHold("quantity", 50_00),)
        invoice = make.in_parts("R", *PARTS, holds=erp, amount_holds=(hold(100_00),))
        assert invoice.held_minor(TODAY, whole_debt=False)[1] == 150_00

    def test_of_a_consumer_s_invoice_is_all_of_it(self, make: Any) -> None:
        invoice = make.in_parts("R", *PARTS, amount_holds=(hold(1),))
        assert sum(invoice.held_minor(TODAY, whole_debt=True).values()) == 900_00


class TestHearing:
    def test_the_newest_word_counts_whatever_comes_when(self) -> None:
        for order in (TOLD, TOLD[::-1], TOLD + TOLD):
            desk = Desk()
            for told in order:
                hear_dispute(desk, told, moment=Moment(2026, 4, 20))
            (held,) = desk.amount_holds.values()
            assert (held.version, held.minor) == (len(TOLD), 0)
