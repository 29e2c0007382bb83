"""A promise holds exactly its amount, and the timeline says when that begins and ends."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from scheduler.domain.facts import Facts
from scheduler.domain.hold import AmountHold
from scheduler.handlers.apply_dispute import apply_dispute
from scheduler.handlers.apply_promise import apply_promise
from shared.base.clock import Moment
from shared.contracts.portal_api import PromiseEvent
from shared.testing.dispute_examples import dispute_examples
from shared.testing.portal_examples import promise_examples

CUSTOMER, INVOICE = UUID(int=1), UUID(int=2)
NOON = Moment(2026, 4, 20, 12)
MADE_AT = datetime(2026, 4, 20, 7, tzinfo=UTC)
MADE, PART_PAID, KEPT, PARTLY, BROKEN, WITHDRAWN = [
    one for one in promise_examples(CUSTOMER, INVOICE, MADE_AT) if isinstance(one, PromiseEvent)
]


def heard(*told: Any) -> Facts:
    facts = Facts()
    for one in told:
        apply_promise(facts, one, moment=NOON)
    return facts


def hold(minor: int, kind: str) -> AmountHold:
    return AmountHold(UUID(int=minor), CUSTOMER, 1, kind, "", INVOICE, None, minor)


class TestApplyPromise:
    def test_holds_what_is_promised_until_it_has_ended(self) -> None:
        (held,) = heard(MADE).amount_holds.values()
        assert (held.kind, held.reason, held.minor) == ("promise", "until 2026-05-04", 500_00)

        for ended in (KEPT, PARTLY, BROKEN, WITHDRAWN):
            for order in ((MADE, ended), (ended, MADE), (MADE, MADE, ended, ended)):
                (held,) = heard(*order).amount_holds.values()
                assert held.minor == 0

    def test_the_timeline_says_so(self) -> None:
        lines = [
            (one.rule, one.reason, one.facts["kind"], one.facts["amount"])
            for _, one in heard(MADE, MADE, BROKEN).lines
        ]
        assert lines == [
            ("hold.placed", "promised by 2026-04-30: open", "promise", "500.00"),
            ("hold.ended", "promised by 2026-04-30: broken", "promise", "0.00"),
        ]

    def test_what_is_paid_is_not_held_any_more(self) -> None:
        for order in ((MADE, PART_PAID), (PART_PAID, MADE)):
            (held,) = heard(*order).amount_holds.values()
            assert held.minor == 300_00

    def test_both_ends_ring_the_customer_s_alarm(self) -> None:
        facts = heard(MADE)
        assert CUSTOMER in facts.touched
        facts.touched.clear()
        apply_promise(facts, BROKEN, moment=NOON)
        assert CUSTOMER in facts.touched

    def test_stands_beside_a_dispute_of_the_same_invoice(self) -> None:
        facts = heard(MADE)
        disputed: Any = next(iter(dispute_examples(CUSTOMER, INVOICE)))
        apply_dispute(facts, disputed, moment=NOON)
        assert sorted(one.minor for one in facts.held.values()) == [100_00, 500_00]


class TestHeld:
    def test_of_a_consumer_is_what_was_promised_where_a_dispute_stops_all(self, make: Any) -> None:
        item = make.item("R", NOON.date(), open_minor=300_00)

        def held(*amounts: AmountHold) -> int:
            minor: int = item.held_minor(NOON.date(), amounts, older_minor=0, whole_debt=True)
            return minor

        assert held(hold(100_00, "promise")) == 100_00
        assert held(hold(100_00, "promise"), hold(1, "dispute")) == 300_00
