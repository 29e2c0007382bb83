"""What the projection makes of the ledger's and the notifier's facts. No database, no clock."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.domain.facts import Facts, Sent
from scheduler.domain.item import Item
from scheduler.handlers.apply_credit import apply_credit
from scheduler.handlers.apply_customer import apply_customer
from scheduler.handlers.apply_invoice import apply_invoice
from scheduler.handlers.apply_payment import apply_payment
from scheduler.handlers.note_outcome import note_outcome
from shared.base.ids import derived_id
from shared.contracts import ledger, notifier

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
CUSTOMER, INVOICE, PAYMENT, REMINDER, OTHER = (UUID(int=number) for number in range(1, 6))


def invoice(version: int = 1, open_: str = "100.00", **given: Any) -> ledger.Invoice:
    known: dict[str, Any] = {
        "invoice_id": INVOICE, "customer_id": CUSTOMER, "version": version, "source": "s", "source_id": "1",
        "invoice_number": "R1", "kind": "invoice", "legal_entity": "DE01", "issued_on": date(2026, 1, 1),
        "due_on": date(2026, 2, 1), "currency": "EUR", "total": "100.00", "open": open_,
        "status": "settled" if open_ == "0.00" else "open",
    }  # fmt: skip
    state = {**known, **given}
    whole = ledger.Instalment(
        number=1, due_on=state["due_on"], amount=state["total"], open=state["open"]
    )
    return ledger.Invoice(**{"instalments": (whole,), **state})


def item_of(facts: Facts, number: int = 1) -> Item:
    return facts.items[INVOICE][number]


def payment(
    version: int = 1,
    kind: type[ledger.PaymentEvent] = ledger.PaymentReceived,
    invoices: tuple[ledger.Invoice, ...] = (),
    **given: Any,
) -> ledger.PaymentEvent:
    known: dict[str, Any] = {
        "customer_id": CUSTOMER, "payment_id": PAYMENT, "version": version, "source": "s", "source_id": "2",
        "legal_entity": "DE01", "value_date": date(2026, 2, 11), "currency": "EUR", "amount": "100.00",
        "returned": "0.00", "unapplied": "0.00", "method": "transfer", "status": "received", "invoices": invoices,
        "allocations": tuple(ledger.Allocation(invoice_id=one.invoice_id, amount="100.00") for one in invoices),
    }  # fmt: skip
    return kind(**{**known, **given})


def outcome(kind: type[notifier.MessageEvent], reason: str = "") -> notifier.MessageEvent:
    line = notifier.MessageItem(
        invoice_id=INVOICE,
        invoice_number="R1",
        step=3,
        currency="EUR",
        open="100.00",
        due_on=date(2026, 2, 1),
    )
    return kind(
        customer_id=CUSTOMER, version=3, message_id=derived_id("message"), purpose=notifier.Purpose.REMINDER,
        reminder_id=REMINDER, legal_entity="DE01", step=1, items=(line,), at=NOW, contact_day=NOW.date(), reason=reason,
    )  # fmt: skip


class TestInvoices:
    def test_an_older_version_changes_nothing_and_wakes_nobody(self) -> None:
        facts = Facts()
        apply_invoice(facts, invoice(3, "40.00"), moment=NOW)
        facts.touched.clear()

        apply_invoice(facts, invoice(2, "100.00"), moment=NOW)

        assert item_of(facts).open_minor == 40_00
        assert facts.touched == {}

    def test_what_we_told_of_it_outlives_what_the_ledger_tells(self) -> None:
        facts = Facts()
        apply_invoice(facts, invoice(1), moment=NOW)
        item_of(facts).tell(own_step=2, message_step=1, on=NOW.date())

        apply_invoice(facts, invoice(2, "40.00"), moment=NOW)

        assert (item_of(facts).listed_step, item_of(facts).told_step) == (2, 1)

    def test_cancelled_it_is_no_longer_open(self) -> None:
        facts = Facts()

        apply_invoice(facts, invoice(2, "100.00", status="cancelled"), moment=NOW)

        assert item_of(facts).open_minor == 0

    def test_a_due_date_moved_after_posting_counts(self) -> None:
        facts = Facts()
        apply_invoice(facts, invoice(1), moment=NOW)

        apply_invoice(facts, invoice(2, due_on=date(2026, 3, 1)), moment=NOW)

        assert item_of(facts).due_on == date(2026, 3, 1)


class TestPayments:
    def test_move_what_is_open_and_teach_how_late_the_customer_pays(self) -> None:
        facts = Facts()
        apply_invoice(facts, invoice(1), moment=NOW)

        apply_payment(facts, payment(invoices=(invoice(2, "0.00"),)), moment=NOW)

        habits = facts.habits[CUSTOMER]
        assert item_of(facts).open_minor == 0
        assert (habits.paid_invoices, habits.days_late) == (1, 10)

    def test_teach_nothing_twice(self) -> None:
        facts = Facts()
        paid = payment(invoices=(invoice(2, "0.00"),))

        apply_payment(facts, paid, moment=NOW)
        apply_payment(facts, paid, moment=NOW)

        assert facts.habits[CUSTOMER].paid_invoices == 1

    def test_that_come_back_unteach_and_are_remembered(self) -> None:
        facts = Facts()
        apply_payment(facts, payment(invoices=(invoice(2, "0.00"),)), moment=NOW)

        back = payment(
            2, ledger.PaymentReturned, (invoice(3),), allocations=(), return_reason="bank-return"
        )
        apply_payment(facts, back, moment=NOW)

        habits = facts.habits[CUSTOMER]
        assert (habits.paid_invoices, habits.days_late, habits.returned_payments) == (0, 0, 1)

    def test_that_come_back_in_steps_or_are_told_of_by_two_have_come_back_once(self) -> None:
        facts = Facts()
        for version, returned in ((1, "40.00"), (2, "100.00"), (3, "100.00")):
            back = payment(
                version, ledger.PaymentReturned, returned=returned, return_reason="chargeback"
            )
            apply_payment(facts, back, moment=NOW)

        gone = payment(4, ledger.PaymentCancelled, answered_by=OTHER)
        theirs = payment(1, ledger.PaymentReturned, payment_id=OTHER, return_reason="chargeback")
        for one in (gone, theirs):
            apply_payment(facts, one, moment=NOW)

        assert facts.habits[CUSTOMER].returned_payments == 1
        assert facts.credits[OTHER].version == 1

    def test_on_account_are_kept_per_legal_entity_and_currency(self) -> None:
        facts = Facts()

        apply_payment(facts, payment(unapplied="70.00"), moment=NOW)

        credit = facts.credits[PAYMENT]
        assert (credit.legal_entity, credit.currency, credit.unapplied_minor) == (
            "DE01",
            "EUR",
            70_00,
        )


class TestCreditNotes:
    def test_unapplied_stand_against_what_is_owed(self) -> None:
        facts = Facts()
        posted = ledger.CreditPosted(
            customer_id=CUSTOMER, credit_note_id=PAYMENT, version=1, source="s", source_id="3", credit_note_number="G1",
            kind="credit-note", legal_entity="DE01", issued_on=date(2026, 2, 1), currency="EUR", total="70.00",
            unapplied="70.00", status="posted",
        )  # fmt: skip

        apply_credit(facts, posted, moment=NOW)

        assert facts.credits[PAYMENT].unapplied_minor == 70_00
        assert CUSTOMER in facts.touched


class TestCustomers:
    def test_carry_no_contact_data_into_the_projection(self) -> None:
        facts = Facts()
        contact = ledger.Contact(
            contact_id="1", name="Erika", role="billing", email="erika@secret.example"
        )
        told = ledger.CustomerChanged(
            customer_id=CUSTOMER,
            version=1,
            source="s",
            customer_number="C",
            known=True,
            contacts=(contact,),
        )

        apply_customer(facts, told, moment=NOW)

        assert "secret" not in repr(facts)


class TestOutcomes:
    @pytest.mark.parametrize("kind", [notifier.MessageSent, notifier.MessageUnknown])
    def test_what_left_or_may_have_left_counts_as_told(
        self, kind: type[notifier.MessageEvent]
    ) -> None:
        facts = Facts(sent={REMINDER: Sent(CUSTOMER)})
        apply_invoice(facts, invoice(1), moment=NOW)

        note_outcome(facts, outcome(kind), moment=NOW)

        item, day = item_of(facts), facts.contact_days[CUSTOMER, NOW.date()]
        assert (item.listed_step, item.told_step) == (3, 1)
        assert (day.sent, day.overdue) == (True, True)

    @pytest.mark.parametrize("kind", [notifier.MessageSuppressed, notifier.MessageFailed])
    def test_what_did_not_leave_counts_as_untold(self, kind: type[notifier.MessageEvent]) -> None:
        facts = Facts(sent={REMINDER: Sent(CUSTOMER)})
        apply_invoice(facts, invoice(1), moment=NOW)

        note_outcome(facts, outcome(kind, "no-contact"), moment=NOW)

        assert facts.told_of == {}
        assert facts.contact_days[CUSTOMER, NOW.date()].sent is False
        assert CUSTOMER in facts.touched

    def test_a_message_that_was_withdrawn_leaves_no_pause_behind(self) -> None:
        facts = Facts(sent={REMINDER: Sent(CUSTOMER)})

        note_outcome(facts, outcome(notifier.MessageSuppressed, "withdrawn"), moment=NOW)

        assert facts.contact_days == {}

    def test_told_twice_they_count_once(self) -> None:
        facts = Facts(sent={REMINDER: Sent(CUSTOMER, outcome="sent")})

        note_outcome(facts, outcome(notifier.MessageSent), moment=NOW)

        assert (facts.outcomes, facts.decisions, facts.touched) == ({}, [], {})


FACTS: list[Any] = [
    (apply_customer, ledger.CustomerChanged(
        customer_id=CUSTOMER, version=1, source="s", customer_number="C", known=True, kind="business")),
    (apply_customer, ledger.CustomerChanged(
        customer_id=CUSTOMER, version=2, source="s", customer_number="C", known=True, status="inactive")),
    (apply_invoice, invoice(1)),
    (apply_invoice, invoice(2, "100.00", due_on=date(2026, 2, 9))),
    (apply_payment, payment(1, unapplied="40.00")),
    (apply_payment, payment(2, ledger.PaymentApplied, (invoice(3, "60.00"),))),
    (apply_payment, payment(3, ledger.PaymentApplied, (invoice(4, "100.00"),), unapplied="40.00", allocations=())),
]  # fmt: skip


@given(order=st.permutations(FACTS), again=st.lists(st.sampled_from(FACTS)))
def test_facts_told_late_twice_or_out_of_order_leave_the_same_picture(
    order: list[Any], again: list[Any]
) -> None:
    calm, wild = Facts(), Facts()
    for apply, fact in FACTS:
        apply(calm, fact, moment=NOW)
    for apply, fact in order + again:
        apply(wild, fact, moment=NOW)

    assert (wild.items, wild.customers, wild.credits) == (calm.items, calm.customers, calm.credits)
