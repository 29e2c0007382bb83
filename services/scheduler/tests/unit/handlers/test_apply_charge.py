"""A charge holds exactly its amounts, once it is awaited, and the timeline says when that begins, changes and ends."""

from datetime import UTC, date, datetime
from uuid import UUID

from scheduler.domain.facts import Facts
from scheduler.domain.hold import ENDING_BY_THEMSELVES, AmountHold, Told
from scheduler.handlers.apply_charge import apply_charge
from scheduler.interfaces.consumers import HEARS
from shared.base.clock import Moment
from shared.contracts import portal_api
from shared.contracts.portal_api import ChargeEvent
from shared.testing.charge_examples import charge_examples

CUSTOMER, INVOICE = UUID(int=1), UUID(int=2)
NOON = Moment(2026, 4, 20, 12)
MORNING = datetime(2026, 4, 20, 7, tzinfo=UTC)
ANNOUNCED, AWAITED, POSTPONED, DROPPED, PAID, FAILED = [
    one for one in charge_examples(CUSTOMER, INVOICE, MORNING) if isinstance(one, ChargeEvent)
]


def heard(*told: ChargeEvent) -> Facts:
    facts = Facts()
    for one in told:
        apply_charge(facts, one, moment=NOON)
    return facts


def only(*told: ChargeEvent) -> AmountHold:
    (held,) = heard(*told).amount_holds.values()
    return held


class TestApplyCharge:
    def test_holds_what_will_be_charged_of_the_instalment_it_names(self) -> None:
        held = only(AWAITED)

        assert (held.kind, held.instalment, held.minor) == ("autopay", 1, 900_00)
        assert (held.owner, held.reason) == ("customer", "charge on 2026-04-25: announced")

    def test_is_over_after_its_last_day_whoever_is_silent(self) -> None:
        held = only(AWAITED)

        assert [held.stands(date(2026, 4, day)) for day in (20, 28, 29)] == [True, True, False]

    def test_a_promise_stands_after_its_last_day_until_it_is_judged(self) -> None:
        promised = AmountHold(
            UUID(int=3), CUSTOMER, 1, "promise", "", INVOICE, None, 1, until=date(2026, 4, 20)
        )
        assert promised.stands(date(2026, 4, 21))

    def test_dropped_or_failed_holds_nothing_in_whatever_order_it_is_heard(self) -> None:
        for ended in (DROPPED, FAILED):
            for order in ((AWAITED, ended), (ended, AWAITED), (AWAITED, ended, AWAITED, ended)):
                assert only(*order).minor == 0

    def test_postponed_holds_until_the_bank_has_answered_again(self) -> None:
        held = only(AWAITED, POSTPONED)

        assert (held.minor, held.until) == (900_00, date(2026, 5, 3))

    def test_paid_holds_for_that_day(self) -> None:
        held = only(AWAITED, POSTPONED, PAID)

        assert (held.minor, held.until) == (900_00, date(2026, 4, 30))

    def test_the_timeline_says_so(self) -> None:
        lines = [
            (one.rule, one.reason, one.facts["kind"], one.facts["amount"])
            for _, one in heard(AWAITED, AWAITED, POSTPONED, DROPPED, FAILED).lines
        ]
        assert lines == [
            ("hold.placed", "charge on 2026-04-25: announced", "autopay", "900.00"),
            ("hold.changed", "charge on 2026-04-30: announced", "autopay", "900.00"),
            ("hold.ended", "charge on 2026-04-30: dropped", "autopay", "0.00"),
        ]

    def test_one_that_was_only_announced_silences_nobody(self) -> None:
        """Its announcement may never leave: then it is dropped, and announced anew, for ever."""
        assert portal_api.ChargeAnnounced not in HEARS
        assert only(ANNOUNCED).minor == 0
        assert heard(ANNOUNCED, DROPPED).lines == []

    def test_every_word_rings_the_customer_s_alarm(self) -> None:
        for told in (AWAITED, POSTPONED, PAID, FAILED, DROPPED):
            assert HEARS[type(told)] is apply_charge
            assert CUSTOMER in heard(told).touched

    def test_what_ends_by_itself_is_a_kind_that_is_listed(self) -> None:
        assert {one.value for one in Told} >= ENDING_BY_THEMSELVES
