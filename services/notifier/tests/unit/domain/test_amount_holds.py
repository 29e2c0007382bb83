"""What another service holds of an invoice is not asked for, of the instalment it names or of the oldest."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from notifier.domain.desk import Desk
from notifier.domain.invoice import AmountHold, Discount, InvoiceHold
from notifier.handlers.hear_amounts import hear_amounts
from notifier.interfaces.consumers import HEARS
from shared.base.clock import Moment
from shared.contracts import disputes
from shared.contracts.portal_api import ChargeEvent, PlanEvent, PromiseEvent
from shared.testing.charge_examples import charge_examples
from shared.testing.dispute_examples import dispute_examples
from shared.testing.portal_examples import plan_examples, promise_examples

TODAY = date(2026, 4, 20)
PARTS = ((date(2026, 3, 1), 300_00), (date(2026, 4, 1), 300_00), (None, 300_00))
CUSTOMER, INVOICE = UUID(int=1), UUID(int=2)
TOLD = [
    one for one in dispute_examples(CUSTOMER, INVOICE) if isinstance(one, disputes.DisputeEvent)
]
MADE_AT = datetime(2026, 4, 20, 7, tzinfo=UTC)
PROMISED = [
    one for one in promise_examples(CUSTOMER, INVOICE, MADE_AT) if isinstance(one, PromiseEvent)
]

CHARGED = [
    one for one in charge_examples(CUSTOMER, INVOICE, MADE_AT) if isinstance(one, ChargeEvent)
]
PLANNED = [one for one in plan_examples(CUSTOMER, INVOICE, MADE_AT) if isinstance(one, PlanEvent)]


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

    def test_of_a_consumer_s_promise_is_what_was_promised(self, make: Any) -> None:
        promised = replace(hold(100_00), kind="promise")
        invoice = make.in_parts("R", *PARTS, amount_holds=(promised,))
        assert sum(invoice.held_minor(TODAY, whole_debt=True).values()) == 100_00

        invoice = make.in_parts("R", *PARTS, amount_holds=(promised, hold(1)))
        assert sum(invoice.held_minor(TODAY, whole_debt=True).values()) == 900_00

    def test_of_a_consumer_s_charge_is_what_will_be_charged_until_its_last_day(
        self, make: Any
    ) -> None:
        charged = replace(hold(300_00, 2), kind="autopay", until=TODAY)
        invoice = make.in_parts("R", *PARTS, amount_holds=(charged,))

        assert invoice.held_minor(TODAY, whole_debt=True) == {1: 0, 2: 300_00, 3: 0}
        tomorrow = TODAY + timedelta(days=1)
        assert invoice.held_minor(tomorrow, whole_debt=True) == {1: 0, 2: 0, 3: 0}

    def test_has_no_discount_while_it_stands(self, make: Any) -> None:
        until = TODAY + timedelta(days=9)
        charged = replace(hold(300_00, 1), kind="autopay", until=TODAY)
        invoice = make.in_parts(
            "R", (until, 300_00), amount_holds=(charged,), discounts=(Discount(until, 290_00),)
        )

        assert invoice.offer(TODAY) is None
        assert invoice.offer(TODAY + timedelta(days=1)) == Discount(until, 290_00)

    def test_of_a_consumer_s_invoice_is_all_of_it(self, make: Any) -> None:
        invoice = make.in_parts("R", *PARTS, amount_holds=(hold(1),))
        assert sum(invoice.held_minor(TODAY, whole_debt=True).values()) == 900_00


class TestHearing:
    def test_the_newest_word_counts_whatever_comes_when(self) -> None:
        for order in (TOLD, TOLD[::-1], TOLD + TOLD):
            desk = Desk()
            for told in order:
                hear_amounts(desk, told, moment=Moment(2026, 4, 20))
            (held,) = desk.amount_holds.values()
            assert (held.version, held.minor) == (len(TOLD), 0)

    def test_a_promise_holds_its_amount_until_it_has_ended(self) -> None:
        made, paid, kept, *_ = PROMISED
        told_in_order = (
            ((made,), 500_00),
            ((made, paid), 300_00),
            ((made, kept), 0),
            ((kept, made), 0),
        )
        for order, minor in told_in_order:
            desk = Desk()
            for told in order:
                hear_amounts(desk, told, moment=Moment(2026, 4, 20))
            (held,) = desk.amount_holds.values()
            assert (held.kind, held.minor) == ("promise", minor)

    def test_a_plan_holds_what_is_not_paid_while_it_stands(self) -> None:
        *_, paid, extended, completed, _broken, _declined, _lapsed, _refused = PLANNED
        for order, minor in (((paid,), 66_66), ((extended, paid), 66_66), ((completed, paid), 0)):
            desk = Desk()
            for told in order:
                hear_amounts(desk, told, moment=Moment(2026, 4, 20))
            (held,) = desk.amount_holds.values()
            assert (held.kind, held.minor) == ("plan", minor)

    def test_a_charge_holds_its_amount_once_it_is_awaited(self) -> None:
        announced, awaited, postponed, dropped, paid, failed = CHARGED
        told_in_order = (
            ((announced,), 0, None),
            ((announced, awaited), 900_00, awaited.until),
            ((awaited, postponed), 900_00, postponed.until),
            ((awaited, paid), 900_00, paid.until),
            ((awaited, failed), 0, None),
            ((dropped, awaited), 0, None),
        )
        for order, minor, until in told_in_order:
            desk = Desk()
            for told in order:
                hear_amounts(desk, told, moment=Moment(2026, 4, 20))
            (held,) = desk.amount_holds.values()
            assert (held.kind, held.minor, held.until) == ("autopay", minor, until)

    def test_every_word_on_a_charge_is_heard(self) -> None:
        for told in CHARGED:
            desk = Desk()
            HEARS[type(told)](desk, told, moment=Moment(2026, 4, 20))
            assert len(desk.amount_holds) == 1

    def test_a_promise_and_a_dispute_of_one_invoice_stand_beside_one_another(self) -> None:
        desk = Desk()
        for told in (TOLD[0], PROMISED[0]):
            hear_amounts(desk, told, moment=Moment(2026, 4, 20))
        assert sorted(one.minor for one in desk.amount_holds.values()) == [100_00, 500_00]
