"""What the projection makes of an invoice in instalments. No database, no clock."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.domain.facts import Facts
from scheduler.domain.item import Discount, Item
from scheduler.handlers.apply_invoice import apply_invoice
from scheduler.handlers.apply_payment import apply_payment
from scheduler.handlers.note_outcome import note_outcome
from shared.contracts import ledger, notifier

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
CUSTOMER, INVOICE, PAYMENT, REMINDER = (UUID(int=number) for number in range(1, 5))
JANUARY, FEBRUARY, MARCH = date(2026, 1, 10), date(2026, 2, 10), date(2026, 3, 10)

Parts = dict[int, tuple[date | None, str]]


def invoice(version: int, parts: Parts, **changes: Any) -> ledger.Invoice:
    """Each part is 100.00 by number: its due date, and what is open of it."""
    left = sum(float(open_) for _, open_ in parts.values())
    return ledger.Invoice(**{
        "invoice_id": INVOICE, "customer_id": CUSTOMER, "version": version, "source": "s", "source_id": "1",
        "invoice_number": "R1", "kind": "invoice", "legal_entity": "DE01", "issued_on": date(2026, 1, 1),
        "due_on": MARCH, "currency": "EUR", "total": f"{len(parts)}00.00", "open": f"{left:.2f}",
        "status": "open" if left else "settled",
        "instalments": tuple(
            ledger.Instalment(number=number, due_on=due_on, amount="100.00", open=open_)
            for number, (due_on, open_) in parts.items()),
        **changes,
    })  # fmt: skip


def payment(version: int, on: date, *invoices: ledger.Invoice) -> ledger.PaymentReceived:
    return ledger.PaymentReceived(
        customer_id=CUSTOMER, payment_id=UUID(int=100 + version), version=version, source="s", source_id="2",
        legal_entity="DE01", value_date=on, currency="EUR", amount="100.00", returned="0.00", unapplied="0.00",
        method="transfer", status="received", invoices=invoices,
        allocations=(ledger.Allocation(invoice_id=INVOICE, amount="100.00"),),
    )  # fmt: skip


def sent(*lines: tuple[int | None, int]) -> notifier.MessageSent:
    """A message left that listed these instalments, each at its own step."""
    return notifier.MessageSent(
        customer_id=CUSTOMER, version=3, message_id=UUID(int=9), purpose=notifier.Purpose.REMINDER,
        reminder_id=REMINDER, legal_entity="DE01", step=max(step for _, step in lines), at=NOW,
        contact_day=NOW.date(), items=tuple(
            notifier.MessageItem(
                invoice_id=INVOICE, invoice_number="R1", instalment=number, step=step, currency="EUR",
                open="100.00", due_on=FEBRUARY)
            for number, step in lines),
    )  # fmt: skip


def seen(facts: Facts) -> dict[int, tuple[date | None, int]]:
    """What can be chased, by number."""
    items = facts.items[INVOICE].values()
    return {one.number: (one.due_on, one.open_minor) for one in items if one.open_minor}


ALL: Parts = {1: (JANUARY, "100.00"), 2: (FEBRUARY, "100.00"), 3: (None, "100.00")}


class TestInstalments:
    def test_have_their_own_due_dates_and_open_amounts(self) -> None:
        facts = Facts()

        apply_invoice(facts, invoice(1, ALL | {1: (JANUARY, "40.00")}), moment=NOW)

        assert seen(facts) == {1: (JANUARY, 40_00), 2: (FEBRUARY, 100_00), 3: (None, 100_00)}
        assert {item.of for item in facts.items[INVOICE].values()} == {3}
        assert set(facts.origins) == {(INVOICE, 1), (INVOICE, 2), (INVOICE, 3)}

    def test_keep_what_was_told_by_number_whatever_the_erp_changes(self) -> None:
        facts = Facts()
        apply_invoice(facts, invoice(1, ALL), moment=NOW)
        note_outcome(facts, sent((1, 2), (2, 1)), moment=NOW)

        later: Parts = {2: (MARCH, "100.00"), 4: (MARCH, "100.00")}
        apply_invoice(facts, invoice(2, later), moment=NOW)
        apply_invoice(facts, invoice(3, later | {1: (JANUARY, "100.00")}), moment=NOW)

        told = {number: item.told_step for number, item in facts.items[INVOICE].items()}
        assert (told[1], told[2], told[4] < 0) == (2, 1, True)
        assert set(seen(facts)) == {1, 2, 4}

    def test_that_the_erp_took_away_are_neither_open_nor_due(self) -> None:
        facts = Facts()
        apply_invoice(facts, invoice(1, ALL), moment=NOW)

        apply_invoice(facts, invoice(2, {1: (JANUARY, "100.00")}), moment=NOW)

        assert seen(facts) == {1: (JANUARY, 100_00)}
        assert facts.items[INVOICE][2].due_on is None
        assert (INVOICE, 2) in facts.restated

    def test_of_a_cancelled_invoice_are_not_open(self) -> None:
        facts = Facts()

        apply_invoice(facts, invoice(1, ALL, status="cancelled"), moment=NOW)

        assert seen(facts) == {}

    def test_a_message_about_an_invoice_s_only_one_is_about_number_1(self) -> None:
        facts = Facts()
        note_outcome(facts, sent((None, 2)), moment=NOW)

        apply_invoice(facts, invoice(1, {1: (JANUARY, "100.00")}), moment=NOW)

        item = facts.items[INVOICE][1]
        assert (item.instalment, item.told_step, item.open_minor) == (None, 2, 100_00)

    def test_that_only_a_message_knows_open_no_door_to_an_older_version(self) -> None:
        facts = Facts()
        apply_invoice(facts, invoice(3, {1: (JANUARY, "0.00")}), moment=NOW)
        note_outcome(facts, sent((9, 1)), moment=NOW)

        apply_invoice(facts, invoice(2, ALL), moment=NOW)

        assert seen(facts) == {}

    def test_carry_the_invoice_s_discounts(self) -> None:
        facts = Facts()
        tier = ledger.Discount(until=JANUARY, amount="2.00", pays="298.00")

        apply_invoice(facts, invoice(1, ALL, discounts=(tier,)), moment=NOW)

        assert {one.discounts for one in facts.items[INVOICE].values()} == {
            (Discount(JANUARY, 298_00),)
        }


class TestHabits:
    """An invoice in instalments counts once, when all of it is paid, by its last due date."""

    def test_are_learned_when_the_last_instalment_is_paid(self) -> None:
        facts = Facts()
        parts: Parts = {1: (JANUARY, "0.00"), 2: (FEBRUARY, "100.00")}

        apply_payment(facts, payment(1, JANUARY, invoice(1, parts)), moment=NOW)
        assert facts.habits[CUSTOMER].paid_invoices == 0

        whole: Parts = {1: (JANUARY, "0.00"), 2: (FEBRUARY, "0.00")}
        apply_payment(facts, payment(2, MARCH, invoice(2, whole)), moment=NOW)

        habits = facts.habits[CUSTOMER]
        assert (habits.paid_invoices, habits.days_late) == (1, (MARCH - FEBRUARY).days)

    def test_are_unlearned_when_one_instalment_is_open_again(self) -> None:
        facts = Facts()
        whole: Parts = {1: (JANUARY, "0.00"), 2: (FEBRUARY, "0.00")}
        apply_payment(facts, payment(1, MARCH, invoice(1, whole)), moment=NOW)

        moved: Parts = {1: (JANUARY, "0.00"), 2: (MARCH, "100.00")}
        apply_invoice(facts, invoice(2, moved), moment=NOW)

        habits = facts.habits[CUSTOMER]
        assert (habits.paid_invoices, habits.days_late) == (0, 0)

    def test_learn_nothing_of_time_from_what_is_never_due(self) -> None:
        facts = Facts()

        apply_payment(facts, payment(1, MARCH, invoice(1, {1: (None, "0.00")})), moment=NOW)

        assert (facts.habits[CUSTOMER].paid_invoices, facts.habits[CUSTOMER].days_late) == (1, 0)


VERSIONS = [
    invoice(1, ALL),
    invoice(2, {1: (JANUARY, "0.00"), 2: (FEBRUARY, "100.00"), 3: (None, "100.00")}),
    invoice(3, {2: (MARCH, "50.00"), 4: (MARCH, "100.00")}),
    invoice(4, {2: (MARCH, "50.00"), 3: (MARCH, "100.00"), 5: (None, "100.00")}),
]


@given(order=st.permutations(VERSIONS), again=st.lists(st.sampled_from(VERSIONS)))
def test_versions_told_late_twice_or_out_of_order_leave_the_same_picture(
    order: list[ledger.Invoice], again: list[ledger.Invoice]
) -> None:
    facts = Facts()
    for told in order + again:
        apply_invoice(facts, told, moment=NOW)

    assert seen(facts) == {2: (MARCH, 50_00), 3: (MARCH, 100_00), 5: (None, 100_00)}


@pytest.mark.parametrize(
    ("number", "of", "named", "title"),
    [(1, 1, None, "R1"), (1, 3, 1, "R1, instalment 1"), (7, 1, 7, "R1, instalment 7")],
)
def test_an_item_is_named_by_its_number_unless_that_says_nothing(
    number: int, of: int, named: int | None, title: str
) -> None:
    item = Item(
        INVOICE, CUSTOMER, 1, "DE01", "R1", "EUR", JANUARY, 100_00, number=number, of=of
    )  # fmt: skip

    assert (item.instalment, item.title) == (named, title)
