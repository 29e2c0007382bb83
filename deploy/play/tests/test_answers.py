"""What customers answer at the portal: meant, said, and found again as it was meant."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from play.answered import (
    Answers,
    answers_end_as_meant,
    customers_see_what_is_owed,
    held_amounts_are_not_asked_for,
)
from play.checks import CustomerFound
from play.errands import Answer, AtPage, End, Paying, Saying, sayings_of
from play.record import ErpRecord, Reading
from play.run import Found, Plan
from play.scenes.planning import a_month_after
from play.story import START, Story
from play.summary import Check, Summary
from shared.base.days import DAY
from shared.base.money import decimal_text

TwoMonths = tuple[Found, Summary]


def said(found: Found, answer: Answer, meant: End) -> Saying:
    return next(
        one for one in sayings_of(found.errands) if (one.answer, one.meant) == (answer, meant)
    )


def judged(found: Found, **spoilt: Any) -> Check:
    held = {"answers": found.shown.answers, "requests": found.requests, "found": found.customers}
    return answers_end_as_meant(found.story.book, found.errands, **held | spoilt)


def with_states(found: Found, said: Saying, *states: str) -> Answers:
    return {**found.shown.answers, (said.answer, said.our_invoice): states}


def reminded(found: Found, said: Saying, on: date, minor: int) -> CustomerFound:
    """A customer who was reminded of so much of the invoice on that day."""
    invoice = found.story.book.invoices[said.invoice_id]
    item = {"invoice_number": invoice.number, "open": decimal_text(minor, said.currency)}
    message = {"status": "sent", "purpose": "reminder", "contact_day": on.isoformat()}
    number, source = invoice.customer.number, said.source
    return CustomerFound(number, source, (), (), (), [message | {"items": [item]}])


class TestAnswers:
    def test_of_every_kind_and_end_come_in_two_months(self, two_months: TwoMonths) -> None:
        _, summary = two_months
        came = summary.totals.came_of
        assert came["dispute"].keys() == {"upheld", "rejected"}
        assert came["promise"].keys() == {"kept", "broken"}
        assert came["plan"].keys() == {"kept", "broken", "asked for again"}
        assert came["payment"].keys() == {"paid", "declined first", "short with a reason"}
        for answer, counts in came.items():
            ends = sum(counts.get(end, 0) for end in End)
            assert ends == summary.totals.answers[answer]

    def test_are_counted_in_their_weeks(self, two_months: TwoMonths) -> None:
        _, summary = two_months
        weekly = sum((Counter(week.answers) for week in summary.weeks), Counter[str]())
        assert weekly == Counter(summary.totals.answers)

    async def test_are_given_once_when_said_twice(
        self, plan: Plan, play: Callable[[Plan], Any]
    ) -> None:
        found, twice = await play(replace(plan, twice=True))
        came = twice.totals.came_of
        assert judged(found).holds
        assert came["payment"]["declined first"] == 1
        assert sum(came["payment"].get(end, 0) for end in End) == len(found.pages)

    def test_are_not_given_where_they_could_not_end(self, plan: Plan) -> None:
        told = plan.story()
        days = [told.next_day() for _ in range(plan.days)]
        answers = {one.answer for day in days for one in sayings_of(day.errands)}
        assert answers == {Answer.PROMISE, Answer.DISPUTE, Answer.PAYMENT}


class TestPayingByLink:
    def test_the_erp_s_own_word_comes_after_ours_and_before_it(self, two_months: TwoMonths) -> None:
        found, _ = two_months
        slow = {one.said.key for one in paid(found) if AtPage.SLOW in one.at_page}
        before = set()
        for key, page in found.pages.items():
            request = next(one for one in found.requests if one["bank_reference"] == page.number)
            names = {request["request_id"], page.number}
            posted = next(one for one in found.records if names & _names(one))
            if posted.time[:10] < request["asked_at"][:10]:
                before.add(key)
        assert before == slow < found.pages.keys()

    def test_declined_once_is_seen_and_paid(self, two_months: TwoMonths) -> None:
        found, summary = two_months
        tried = {one.said.key for one in paid(found) if AtPage.DECLINED in one.at_page}
        assert {key for key, page in found.pages.items() if page.was_declined} == tried
        assert summary.totals.came_of["payment"]["declined first"] == len(tried)

    def test_who_waits_for_a_reminder_pays_the_day_after_it(self, plan: Plan) -> None:
        told = plan.story()
        days = [told.next_day() for _ in range(plan.days)]
        unasked = [one for day in days for one in day.errands if isinstance(one, Paying)]
        invoice = told.book.invoices[unasked[0].said.invoice_id]
        assert unasked[0].said.on == invoice.due_on + timedelta(days=8)


class TestPlans:
    @pytest.mark.parametrize(
        ("day", "later"),
        [
            (date(2026, 1, 14), date(2026, 2, 14)),
            (date(2026, 1, 31), date(2026, 2, 28)),
            (date(2026, 12, 5), date(2027, 1, 5)),
        ],
    )
    def test_parts_are_a_month_apart(self, day: date, later: date) -> None:
        assert a_month_after(day) == later

    def test_broken_is_asked_for_again_and_paid_then(self, two_months: TwoMonths) -> None:
        found, _ = two_months
        broken = said(found, Answer.PLAN, End.BROKEN)
        invoice = found.story.book.invoices[broken.invoice_id]
        assert broken.pay_on is not None
        ended_on = a_month_after(broken.pay_on) + timedelta(days=6)
        assert invoice.claimed_after(ended_on - DAY) == 0
        assert invoice.claimed_after(ended_on) == invoice.total // 2

    def test_that_it_has_ended_is_no_reminder(self) -> None:
        told = Story(7, 24, 62)
        broken: list[Saying] = []
        for number in range(62):
            listed = [told.book.invoices[one.invoice_id] for one in broken if one.pay_on]
            today = START + timedelta(days=number)
            readings = [
                Reading(one.customer.number, today - DAY, "email", (one.number,))
                for one, said in zip(listed, broken, strict=True)
                if said.pay_on and today <= a_month_after(said.pay_on) + timedelta(days=6)
            ]
            day = told.next_day(readings)
            broken += [
                one
                for one in sayings_of(day.errands)
                if one.answer is Answer.PLAN and one.meant is End.BROKEN
            ]
        assert broken
        for one in broken:
            assert told.book.invoices[one.invoice_id].open == one.minor // 2


class TestTheLaws:
    def test_hold_on_what_was_found(self, two_months: TwoMonths) -> None:
        found, _ = two_months
        assert judged(found).holds
        assert judged(found).looked_at == len(found.shown.answers)

    @pytest.mark.parametrize(
        ("answer", "meant", "states"),
        [
            (Answer.PLAN, End.KEPT, ("active",)),
            (Answer.PLAN, End.BROKEN, ("completed",)),
            (Answer.PROMISE, End.KEPT, ("partly-kept",)),
            (Answer.PROMISE, End.BROKEN, ()),
            (Answer.DISPUTE, End.UPHELD, ("upheld", "upheld")),
            (Answer.DISPUTE, End.REJECTED, ("in-review",)),
            (Answer.PAYMENT, End.PAID, ("declined",)),
        ],
    )
    def test_find_out_what_ended_otherwise(
        self, two_months: TwoMonths, answer: Answer, meant: End, states: tuple[str, ...]
    ) -> None:
        found, _ = two_months
        one = said(found, answer, meant)
        check = judged(found, answers=with_states(found, one, *states))
        assert [wrong.partition(":")[0] for wrong in check.wrong] == [
            f"{answer} of {one.invoice_id}"
        ]

    def test_find_out_who_is_shown_something_else(self, two_months: TwoMonths) -> None:
        found, _ = two_months
        book, shown = found.story.book, found.shown.open
        chosen = next(iter(shown))
        one_more = {**shown, chosen: str(Decimal(shown[chosen]) + 1)}
        assert customers_see_what_is_owed(book, found.errands, shown).holds
        assert len(customers_see_what_is_owed(book, found.errands, one_more).wrong) == 1
        assert not customers_see_what_is_owed(book, found.errands, {}).holds

    def test_find_out_what_nobody_meant(self, two_months: TwoMonths) -> None:
        found, _ = two_months
        check = judged(
            found, answers={**found.shown.answers, (Answer.DISPUTE, "another"): ["upheld"]}
        )
        assert check.wrong == ("dispute of another: meant by nobody",)

    @pytest.mark.parametrize("times", [0, 2])
    @pytest.mark.parametrize("kind", ["payment-posting", "credit-note"])
    def test_find_out_what_is_not_in_the_books_once(
        self, two_months: TwoMonths, kind: str, times: int
    ) -> None:
        found, _ = two_months
        of = {one.invoice_id for one in sayings_of(found.errands)}
        chosen = next(one for one in found.requests if one["kind"] == kind and _about(one) & of)
        rest = [one for one in found.requests if one is not chosen]
        check = judged(found, requests=[*rest, *[chosen] * times])
        assert [wrong.partition(": ")[2] for wrong in check.wrong] == [
            f"{times} times in the books"
        ]

    @pytest.mark.parametrize(
        "answer", [Answer.DISPUTE, Answer.PROMISE, Answer.PLAN, Answer.PAYMENT]
    )
    def test_find_out_who_was_asked_for_what_is_held(
        self, two_months: TwoMonths, answer: Answer
    ) -> None:
        found, _ = two_months
        book = found.story.book
        one = next(
            one
            for one in sayings_of(found.errands)
            if one.answer is answer
            and any(m.on == one.on for m in book.invoices[one.invoice_id].spared)
        )
        invoice = book.invoices[one.invoice_id]
        whole, rest = invoice.open_after(one.on), invoice.claimed_after(one.on)

        def asked(on: date, minor: int) -> Check:
            return held_amounts_are_not_asked_for(book, [reminded(found, one, on, minor)])

        assert asked(one.on - DAY, whole).holds
        assert asked(one.on, rest).holds
        assert not asked(one.on, rest + 1).holds
        assert not asked(one.on, whole).holds


def paid(found: Found) -> list[Paying]:
    return [one for one in found.errands if isinstance(one, Paying)]


def _names(record: ErpRecord) -> set[str]:
    body = {} if record.code else json.loads(record.body)
    return {body.get("request_id", ""), body.get("bank_reference", "")}


def _about(request: Mapping[str, Any]) -> set[str]:
    named = {part["source_id"] for part in request["allocations"]}
    return named | ({request["item"]["id"]} if request["item"] else set())
