"""Facts of the ledger may come twice, late and in any order: the newest is held."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_api.domain.contact import Role
from portal_api.domain.credit import Allocation, CreditState, Kind
from portal_api.domain.items import Items
from portal_api.interfaces.consumers import HEARING
from shared.base.money import minor_of
from shared.contracts import disputes, ledger, notifier
from shared.testing.examples import CREDIT_NOTE, CUSTOMER, INVOICE, PAYMENT, our_examples

NOON = datetime(2026, 4, 20, 12, tzinfo=UTC)
ALL = [fact for fact in our_examples() if fact.TOPIC == ledger.TOPIC]
FACTS = [fact for fact in ALL if not isinstance(fact, ledger.DeductionClaimed)]
"""A deduction is the business of disputes: it moves nothing that is open."""

SENT = next(fact for fact in our_examples() if isinstance(fact, notifier.MessageSent))


def hear(*facts: object) -> Items:
    items = Items()
    for fact in facts:
        HEARING.hears[type(fact)](items, fact, moment=NOON)
    return items


class TestWords:
    def test_are_the_ledger_s(self) -> None:
        states = {*ledger.PaymentStatus, *ledger.CreditStatus}

        assert set(CreditState) == {str(one) for one in states}


class TestHolding:
    def test_hears_every_fact_that_moves_what_is_open(self) -> None:
        heard = {one for one in HEARING.hears if one.TOPIC == ledger.TOPIC}

        assert {type(fact) for fact in FACTS} == heard

    def test_hears_every_move_of_a_dispute(self) -> None:
        told = {type(one) for one in our_examples() if isinstance(one, disputes.DisputeEvent)}
        among_us = {disputes.OutcomeProposed, disputes.OutcomeDeclined}

        assert told - among_us == {one for one in HEARING.hears if one.TOPIC == disputes.TOPIC}

    def test_keeps_the_customer_s_name(self) -> None:
        items = hear(*FACTS)

        assert items.customers[CUSTOMER].name == "Muster Maschinenbau GmbH"

    def test_keeps_who_may_sign_in(self) -> None:
        (contact,) = hear(*FACTS).customers[CUSTOMER].contacts

        assert (contact.address, contact.language) == ("erika@muster.example", "de")
        assert contact.roles == (Role.VIEW, Role.PAY, Role.DISPUTE, Role.ADMINISTER)

    def test_nobody_signs_in_without_an_address(self) -> None:
        changed = next(fact for fact in FACTS if isinstance(fact, ledger.CustomerChanged))
        (erika,) = changed.contacts
        silent = erika.model_copy(update={"email": None})

        items = hear(changed.model_copy(update={"contacts": (silent,)}))

        assert items.customers[CUSTOMER].contacts == ()

    def test_knows_when_the_first_open_part_falls_late(self) -> None:
        opened = next(fact for fact in FACTS if isinstance(fact, ledger.InvoiceOpened))
        paid, left = (
            ledger.Instalment(number=n, due_on=date(2026, 4, n), amount="600.00", open=open_)
            for n, open_ in ((1, "0.00"), (2, "600.00"))
        )

        items = hear(opened.model_copy(update={"instalments": (paid, left), "open": "600.00"}))

        assert items.invoices[INVOICE].late_after == date(2026, 4, 2)
        assert hear(FACTS[-1], *FACTS).invoices[INVOICE].late_after is None

    def test_takes_open_amounts_from_payments_too(self) -> None:
        applied = next(fact for fact in FACTS if isinstance(fact, ledger.PaymentApplied))

        items = hear(applied)

        assert items.invoices[INVOICE].open_minor == 70_000

    def test_keeps_where_a_payment_stands(self) -> None:
        applied = next(fact for fact in FACTS if isinstance(fact, ledger.PaymentApplied))

        held = hear(applied).credits[PAYMENT]

        assert (held.total_minor, held.unapplied_minor, held.kind) == (50_000, 0, Kind.PAYMENT)
        assert held.allocations == (Allocation(INVOICE, "500.00", 50_000, provisional=False),)

    def test_keeps_what_an_allocation_takes_of_a_credit_in_its_own_currency(self) -> None:
        applied = next(fact for fact in FACTS if isinstance(fact, ledger.CreditApplied))
        abroad = ledger.Allocation(invoice_id=INVOICE, amount="39000", credit_amount="240.00")

        held = hear(applied.model_copy(update={"allocations": (abroad,)})).credits[CREDIT_NOTE]

        assert held.allocations == (Allocation(INVOICE, "39000", 24_000, provisional=False),)
        assert (held.kind, held.number) == (Kind.CREDIT_NOTE, "GS-42")

    def test_keeps_when_a_payment_went_back(self) -> None:
        returned = next(fact for fact in FACTS if isinstance(fact, ledger.PaymentReturned))

        held = hear(returned).credits[PAYMENT]

        assert (held.returned_minor, held.returned_on) == (50_000, date(2026, 4, 24))

    def test_more_may_be_open_than_was_invoiced(self) -> None:
        opened = next(fact for fact in FACTS if isinstance(fact, ledger.InvoiceOpened))
        charged = opened.model_copy(update={"open": "1250.00"})

        assert minor_of(opened.total, "EUR") < 125_000
        assert hear(charged).invoices[INVOICE].open_minor == 125_000

    @pytest.mark.parametrize("purpose", list(notifier.Purpose))
    def test_keeps_of_messages_those_to_customers(self, purpose: notifier.Purpose) -> None:
        for_ours = {notifier.Purpose.WARNING, notifier.Purpose.ESCALATION}

        held = hear(SENT.model_copy(update={"purpose": purpose})).messages

        assert set(held) == (set() if purpose in for_ours else {SENT.message_id})

    @given(st.permutations(FACTS + FACTS))
    def test_ends_the_same_whatever_the_order(self, facts: list[object]) -> None:
        assert hear(*facts) == hear(*FACTS)

    def test_keeps_the_newest_of_a_message(self) -> None:
        newer = SENT.model_copy(update={"version": 2, "items": ()})

        assert hear(SENT, newer, SENT) == hear(newer)
