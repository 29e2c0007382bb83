"""Instalments at the last look: each is read again by itself, and what is settled, held or undated leaves alone."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.domain.brief import EscalationBrief, PlannedItem
from notifier.domain.customer import Hold
from notifier.domain.invoice import Credit, Discount, InvoiceHold
from notifier.domain.last_look import look_last
from notifier.domain.message import Purpose
from notifier.domain.silence import Facts
from notifier.domain.verdict import Speak, Verdict

TODAY = date(2026, 4, 20)
DAY = timedelta(days=1)
LATE, LATER, SOON = date(2026, 3, 1), date(2026, 4, 1), date(2026, 4, 25)


@pytest.fixture(scope="module")
def look(make: Any) -> Any:
    """Look at a reminder of these numbers of invoice R1."""

    def at(*numbers: int, facts: Facts, now: datetime | None = None) -> Verdict:
        brief = make.brief(*(("R1", make.friendly, number) for number in numbers))
        return look_last(make.message(brief), facts, now=now or make.now)

    return at


def asked(verdict: Verdict) -> list[tuple[int, int]]:
    assert isinstance(verdict, Speak), verdict
    return [(one.part.number, one.minor) for one in verdict.asked]


class TestWhatIsLeft:
    def test_what_was_settled_meanwhile_leaves_the_message(self, make: Any, look: Any) -> None:
        facts = make.facts(make.in_parts("R1", (LATE, 0), (LATER, 300_00)))

        assert asked(look(1, 2, facts=facts)) == [(2, 300_00)]

    def test_no_instalment_is_added(self, make: Any, look: Any) -> None:
        facts = make.facts(make.in_parts("R1", (LATE, 400_00), (LATER, 300_00)))

        assert asked(look(2, facts=facts)) == [(2, 300_00)]

    def test_one_that_the_erp_took_away_leaves(self, make: Any, look: Any) -> None:
        facts = make.facts(make.in_parts("R1", (LATE, 400_00)))

        assert asked(look(1, 2, facts=facts)) == [(1, 400_00)]
        assert look(2, facts=facts).reason == "settled"

    def test_one_that_lost_its_due_date_leaves(self, make: Any, look: Any) -> None:
        facts = make.facts(make.in_parts("R1", (None, 400_00), (LATER, 300_00)))

        assert asked(look(1, 2, facts=facts)) == [(2, 300_00)]
        assert look(1, facts=facts).reason == "not-due"

    def test_what_is_not_yet_due_alone_is_a_courtesy(self, make: Any, look: Any) -> None:
        facts = make.facts(make.in_parts("R1", (LATE, 0), (SOON, 300_00)))

        spoken = look(1, 2, facts=facts)

        assert spoken.purpose is Purpose.COURTESY

    def test_a_hold_on_an_amount_keeps_back_the_oldest(self, make: Any, look: Any) -> None:
        parts = (SOON, 100_00), (LATE, 400_00), (LATER, 300_00), (None, 50_00)
        holds = (InvoiceHold("damaged", 450_00),)
        facts = make.facts(make.in_parts("R1", *parts, holds=holds))

        assert asked(look(1, 2, 3, facts=facts)) == [(1, 100_00), (3, 250_00)]
        assert look(2, facts=facts).reason == "invoice-held"

    def test_a_hold_of_ours_on_the_invoice_reaches_them_all(self, make: Any, look: Any) -> None:
        invoice = make.in_parts("R1", (LATE, 400_00), (LATER, 300_00))
        hold = Hold(
            make.id("H"), invoice.customer_id, 1, "legal", make.now, invoice_id=invoice.invoice_id
        )

        assert look(1, 2, facts=make.facts(invoice, holds=[hold])).reason == "legal-hold"

    def test_money_on_account_counts_against_what_is_overdue_not_against_the_rest(
        self, make: Any, look: Any
    ) -> None:
        invoice = make.in_parts("R1", (LATE, 100_00), (SOON, 300_00), (None, 500_00))
        credit = Credit(make.id("P"), invoice.customer_id, 1, "DE01", "EUR", 100_00)
        facts = make.facts(invoice, credits=[credit])

        assert look(1, facts=facts).reason == "covered-by-unapplied"
        assert asked(look(1, 2, facts=facts)) == [(2, 300_00)]

    def test_people_of_ours_are_told_of_what_is_left_too(self, make: Any) -> None:
        items = tuple(PlannedItem(make.id("R1"), make.firm, number) for number in (1, 2, 3))
        brief = EscalationBrief("account-owner", "Jonas", "jonas@ours.example", "late", items)
        facts = make.facts(make.in_parts("R1", (LATE, 0), (LATER, 300_00), (None, 50_00)))

        spoken = look_last(make.message(brief), facts, now=make.now)

        assert asked(spoken) == [(2, 300_00)]


class TestADiscountTaken:
    def test_is_not_asked_for(self, make: Any, look: Any) -> None:
        taken = (InvoiceHold("discount-taken", 20_00),)

        rest = make.facts(make.invoice(minor=20_00, holds=taken))
        part = make.facts(make.invoice(minor=510_00, holds=taken))

        assert look(1, facts=rest).reason == "invoice-held"
        assert asked(look(1, facts=part)) == [(1, 490_00)]


class TestADiscountStillOpen:
    TIERS = Discount(TODAY - DAY, 970_00), Discount(TODAY, 980_00), Discount(TODAY + DAY, 990_00)

    def invoice(self, make: Any, due_on: date = SOON, **changes: Any) -> Any:
        return make.invoice(minor=1_000_00, due_on=due_on, discounts=self.TIERS, **changes)

    @pytest.mark.parametrize(("days", "tier"), [(-1, 0), (0, 1), (1, 2), (2, None)])
    def test_is_the_best_that_can_be_had_that_day(
        self, make: Any, days: int, tier: int | None
    ) -> None:
        best = self.invoice(make).offer(TODAY + days * DAY)

        assert best == (None if tier is None else self.TIERS[tier])

    def test_ends_with_the_first_overdue_instalment(self, make: Any) -> None:
        parts = (TODAY - DAY, 500_00), (SOON, 500_00)

        invoice = make.in_parts("R1", *parts, discounts=self.TIERS)

        assert invoice.offer(TODAY) is None
        assert invoice.offer(TODAY - DAY) is not None

    def test_is_not_offered_while_part_is_held(self, make: Any) -> None:
        held = InvoiceHold("damaged", 1_00)
        over = replace(held, until=TODAY - DAY)

        assert self.invoice(make, holds=(held,)).offer(TODAY) is None
        assert self.invoice(make, holds=(over,)).offer(TODAY) is not None


PARTS = st.lists(
    st.tuples(
        st.none() | st.dates(date(2026, 1, 1), date(2026, 5, 30)),
        st.sampled_from([0, 1, 50_00, 400_00]),
    ),
    min_size=1,
    max_size=5,
)


@given(parts=PARTS, on_account=st.sampled_from([0, 60_00, 500_00]), days=st.integers(-30, 30))
def test_an_invoice_in_instalments_is_judged_like_as_many_invoices(
    make: Any, parts: list[tuple[date | None, int]], on_account: int, days: int
) -> None:
    now = datetime(2026, 4, 20, 8, tzinfo=UTC) + timedelta(days=days)
    numbered = list(enumerate(parts, 1))
    apart = [make.invoice(f"R{n}", minor, due_on) for n, (due_on, minor) in numbered]
    together = make.in_parts("R", *parts)
    credit = Credit(make.id("P"), together.customer_id, 1, "DE01", "EUR", on_account)
    day = now.date()
    when = {"contact_day": day, "not_before": now, "not_after": now + timedelta(hours=1)}

    verdicts = [
        look_last(make.message(make.brief(*items, **when)), make.facts(*owed, credits=[credit]), now=now)
        for owed, items in (
            (apart, [(f"R{n}", make.friendly) for n, _ in numbered]),
            ([together], [("R", make.friendly, n) for n, _ in numbered]),
        )
    ]  # fmt: skip

    said = [
        sorted((one.due_on, one.minor) for one in verdict.asked)
        if isinstance(verdict, Speak)
        else verdict
        for verdict in verdicts
    ]
    assert said[0] == said[1]


@given(
    parts=PARTS,
    held=st.integers(0, 2_000_00),
    until=st.sampled_from([None, TODAY, TODAY - DAY]),
    whole_debt=st.booleans(),
)
def test_what_a_hold_keeps_back_is_all_that_it_can_of_the_oldest(
    make: Any,
    parts: list[tuple[date | None, int]],
    held: int,
    until: date | None,
    whole_debt: bool,
) -> None:
    invoice = make.in_parts("R", *parts, holds=(InvoiceHold("damaged", held, until),))

    kept = invoice.held_minor(TODAY, whole_debt=whole_debt)

    stands = until is None or until >= TODAY
    wanted = invoice.open_minor if whole_debt else min(held, invoice.open_minor)
    assert sum(kept.values()) == (wanted if stands else 0)
    oldest_first = sorted(invoice.instalments, key=lambda one: (one.due_on or date.max, one.number))
    rest = [(one.open_minor - kept[one.number], kept[one.number]) for one in oldest_first]
    left = next((place for place, (open_, _) in enumerate(rest) if open_), len(rest))
    assert all(one == 0 for _, one in rest[left + 1 :])
