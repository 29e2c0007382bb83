"""A dispute holds exactly its amount, and the timeline says when that begins, changes and ends."""

from typing import Any
from uuid import UUID

import pytest

from scheduler.domain.facts import Facts
from scheduler.domain.hold import AmountHold
from scheduler.handlers.apply_dispute import apply_dispute
from shared.base.clock import Moment
from shared.contracts import disputes
from shared.testing.dispute_examples import dispute_examples

CUSTOMER, INVOICE = UUID(int=1), UUID(int=2)
NOON = Moment(2026, 4, 20, 12)
TOLD = [
    one for one in dispute_examples(CUSTOMER, INVOICE) if isinstance(one, disputes.DisputeEvent)
]


def heard(*told: Any) -> Facts:
    facts = Facts()
    for one in told:
        apply_dispute(facts, one, moment=NOON)
    return facts


def hold(minor: int, instalment: int | None = None) -> AmountHold:
    return AmountHold(UUID(int=minor), CUSTOMER, 1, "dispute", "price", INVOICE, instalment, minor)


class TestApplyDispute:
    def test_the_newest_word_counts_whatever_comes_when(self) -> None:
        for order in (TOLD, TOLD[::-1], TOLD + TOLD):
            (held,) = heard(*order).amount_holds.values()
            assert (held.version, held.minor) == (len(TOLD), 0)

    def test_the_timeline_has_a_line_for_each_change_and_none_for_the_rest(self) -> None:
        lines = [(decision.rule, decision.facts["amount"]) for _, decision in heard(*TOLD).lines]
        assert lines == [
            ("hold.placed", "100.00"), ("hold.changed", "60.00"), ("hold.ended", "0.00"),
            ("hold.placed", "60.00"), ("hold.changed", "100.00"), ("hold.ended", "0.00"),
        ]  # fmt: skip

    def test_what_was_told_before_is_no_news(self) -> None:
        facts = heard(TOLD[0])
        facts.lines.clear()
        facts.touched.clear()
        apply_dispute(facts, TOLD[0], moment=NOON)
        assert (facts.lines, facts.touched) == ([], {})


class TestHeld:
    @pytest.mark.parametrize(
        ("holds", "held"),
        [
            ((hold(100_00),), [100_00, 0, 0]),
            ((hold(400_00),), [300_00, 100_00, 0]),
            ((hold(50_00, 2),), [0, 50_00, 0]),
            ((hold(100_00), hold(250_00, 1)), [300_00, 0, 0]),
            ((hold(5_000_00),), [300_00, 300_00, 300_00]),
            ((hold(5_000_00, 3),), [0, 0, 300_00]),
            ((hold(10_00, 7),), [0, 0, 0]),
        ],
    )
    def test_of_what_it_names_or_the_oldest_first(
        self, make: Any, holds: tuple[AmountHold, ...], held: list[int]
    ) -> None:
        """As the notifier's last look counts it."""
        items = [make.item("R", NOON.date(), open_minor=300_00, number=n) for n in (1, 2, 3)]
        found = [
            item.held_minor(NOON.date(), holds, older_minor=300_00 * place, whole_debt=False)
            for place, item in enumerate(items)
        ]
        assert found == held
