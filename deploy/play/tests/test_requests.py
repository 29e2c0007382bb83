"""What our people ask of the ERPs: answered where it is heard, and come to an end where it is not."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from play.asked import every_request_is_ended
from play.checks import nobody_is_chased_for_nothing
from play.erp.documents import Invoice
from play.errands import Asking, Closing, Deciding, Paying
from play.figures import PAYMENT_CLEARING
from play.letterbox import Sent
from play.record import DayOfEvents
from play.run import Plan
from play.story import Story
from shared.base.ids import derived_id
from shared.contracts.inbox import AllocationRequested, PaymentPostingRequested, Requested

CUSTOMERS, DAYS = 24, 35


def asked(today: DayOfEvents, *, by: str | None = None) -> list[Requested]:
    """What the ERPs read of it the next day."""
    askings = [errand for errand in today.errands if isinstance(errand, Asking)]
    told = [one.as_told(derived_id(one.key)) for one in askings]
    return [one.model_copy(update={"approved_by": by}) for one in told]


def played(seed: int = 7, *, heard: bool = True) -> tuple[Story, list[DayOfEvents]]:
    story, days, requests = Story(seed, CUSTOMERS, DAYS), [], list[Requested]()
    for _ in range(DAYS):
        days.append(story.next_day((), requests if heard else ()))
        requests = asked(days[-1], by="kim")
    return story, days


def asked_about(days: Sequence[DayOfEvents]) -> list[Asking]:
    return [one for day in days for one in day.errands if isinstance(one, Asking)]


def spared(story: Story) -> list[Invoice]:
    return [one for one in story.book.invoices.values() if one.spared]


class TestRequests:
    def test_the_same_requests_make_the_same_story(self) -> None:
        assert played()[1] == played()[1]

    def test_the_order_in_which_they_are_read_does_not_show(self) -> None:
        one, other = Story(7, CUSTOMERS, DAYS), Story(7, CUSTOMERS, DAYS)
        requests: list[Requested] = []
        for _ in range(DAYS):
            today = one.next_day((), requests)
            assert other.next_day((), requests[::-1]) == today
            requests = asked(today)

    def test_every_kind_is_asked_for_in_a_month(self) -> None:
        kinds = Counter(one.asks.TYPE.split(".")[1] for one in asked_about(played()[1]))
        assert kinds.keys() == {
            "payment-posting", "credit-note", "write-off", "refund", "allocation",
        }  # fmt: skip

    def test_the_erp_answers_by_number_by_reference_and_with_a_no(self) -> None:
        _, days = played()
        bodies = [json.loads(r.body) for day in days for r in day.records if not r.code]
        asked_for = {str(derived_id(one.key)) for one in asked_about(days)}
        references = {one.reference for one in asked_about(days) if one.reference}
        named = [body for body in bodies if body.get("request_id") in asked_for]
        refused = {
            one.request_id for day in days for one in day.errands if isinstance(one, Closing)
        }

        assert {"payment_id", "credit_note_id", "adjustment_id"} <= {k for b in named for k in b}
        assert not any(body.get("bank_reference") in references for body in named)
        assert any(body.get("bank_reference") in references for body in bodies)
        assert {str(one) for one in refused} < {body["request_id"] for body in named}
        assert len(refused) >= 3

    def test_each_names_only_what_was_told_on_an_earlier_day(self) -> None:
        told: set[str] = set()
        for day in played()[1]:
            for one in asked_about([day]):
                names = {name for name, _ in one.parts or ()}
                names |= {one.item[1]} if one.item else set()
                assert names <= told
            bodies = [json.loads(r.body) for r in day.records if not r.code]
            told |= {body.get("invoice_id") or body.get("payment_id") or "" for body in bodies}

    def test_scenes_end_whether_or_not_anybody_hears(self) -> None:
        for heard in (True, False):
            story, days = played(heard=heard)
            about = {name for one in asked_about(days) for name, _ in one.parts or ()}
            assert about
            assert not any(story.book.invoices[name].scripted for name in about)
            assert all(sum(m.minor for m in one.spared) == 0 for one in spared(story))

    def test_nobody_asks_for_what_cannot_be_answered_in_time(self) -> None:
        short = Story(7, CUSTOMERS, 12)
        assert not asked_about([short.next_day() for _ in range(12)])

    def test_one_is_not_taken_for_another(self) -> None:
        askings = asked_about(played()[1])
        requests = [one.as_told(derived_id(one.key)) for one in askings]
        for asking in askings:
            assert sum(asking.is_told_by(request) for request in requests) == 1


class TestSparing:
    def test_finds_out_who_was_chased_for_what_we_entered(self) -> None:
        story, days = played()
        entered = next(
            one
            for one in asked_about(days)
            if one.asks is PaymentPostingRequested
            and one.parts
            and (invoice := story.book.invoices[one.parts[0][0]]).spared
            and invoice.claimed_after(one.on) == 0
        )
        assert entered.parts
        invoice = story.book.invoices[entered.parts[0][0]]
        number = invoice.customer.number
        before, between = (
            Sent(on=day, channel="email", to="", sink_id="1", customer_number=number, listed=(invoice.number,))
            for day in (entered.on - timedelta(days=1), entered.on)
        )  # fmt: skip

        assert nobody_is_chased_for_nothing(story.book, [before]).holds
        assert not nobody_is_chased_for_nothing(story.book, [between]).holds

    def test_money_to_be_moved_spares_nobody_before_it_moves(self) -> None:
        story, days = played()
        for one in asked_about(days):
            if one.asks is AllocationRequested:
                assert one.parts
                assert not story.book.invoices[one.parts[0][0]].spared


class TestTheRun:
    async def test_shows_what_was_asked_and_what_became_of_it(
        self, plan: Plan, play: Callable[[Plan], Any]
    ) -> None:
        found, summary = await play(plan)
        counts = summary.totals.requests
        assert counts["asked"] == len(found.requests) == counts["answered"] + counts["refused"] > 9
        assert counts["refused"] == 2
        weekly = sum((Counter(week.requests) for week in summary.weeks), Counter[str]())
        assert weekly == Counter(counts)

    async def test_asks_for_each_once_when_everything_is_done_twice(
        self, plan: Plan, play: Callable[[Plan], Any]
    ) -> None:
        found, summary = await play(replace(plan, twice=True))
        keys = {one.key for one in found.errands if isinstance(one, Asking)}
        upheld = {one.said for one in found.errands if isinstance(one, Deciding) and one.upheld}
        paid = {one.said for one in found.errands if isinstance(one, Paying)}
        assert len(found.requests) == len(keys) + len(upheld) + len(paid)
        assert upheld
        assert paid
        assert [check for check in summary.checks if not check.holds] == []


class TestTheLaw:
    async def test_finds_what_is_left_or_lost_or_there_twice(
        self, plan: Plan, play: Callable[[Plan], Any]
    ) -> None:
        found, _ = await play(plan)
        book, errands, held = found.story.book, found.errands, found.requests
        clearing = {("DE01", "EUR", PAYMENT_CLEARING): Decimal("5.00")}
        assert every_request_is_ended(book, errands, held, found.balances).holds
        assert not every_request_is_ended(book, errands, held, clearing).holds
        assert not every_request_is_ended(book, errands, held[1:], {}).holds

        entered = next(one for one in book.credits.values() if one.request_id)
        other = next(one for one in book.credits.values() if one.bank_reference)
        other.request_id = entered.request_id
        assert not every_request_is_ended(book, errands, held, {}).holds
