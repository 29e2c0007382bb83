"""A whole run: the laws hold on an honest stack, and a stack that lies is found out."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from play.checks import nobody_is_chased_for_nothing
from play.letterbox import Sent
from play.main import start_after
from play.run import Plan
from play.story import START
from play.unheard import unheard

Json = dict[str, Any]


class TestRun:
    async def test_every_law_holds_on_an_honest_stack(
        self, plan: Plan, play: Callable[..., Any]
    ) -> None:
        _, summary = await play(plan)
        assert [check for check in summary.checks if not check.holds] == []
        assert all(check.looked_at for check in summary.checks)

    async def test_customers_pay_because_they_were_reminded(
        self, plan: Plan, play: Callable[..., Any]
    ) -> None:
        found, _ = await play(plan)
        unheard = plan.story()
        for _ in range(plan.days):
            unheard.next_day()
        assert sum(found.story.book.open_by_entity().values()) < sum(
            unheard.book.open_by_entity().values()
        )

    async def test_delivers_everything_twice_when_asked(
        self, stack: Any, plan: Plan, play: Callable[..., Any]
    ) -> None:
        await play(replace(plan, days=5, twice=True))
        counts = Counter(record.event_id for record in stack.published)
        assert min(counts.values()) == 2

    async def test_shuffles_within_the_day_when_asked(
        self, plan: Plan, play: Callable[..., Any]
    ) -> None:
        _, summary = await play(replace(plan, days=5, shuffled=True, directed=True))
        assert summary.holds
        assert summary.played.shuffled

    @pytest.mark.parametrize(
        ("spoilt", "law"),
        [
            (("open-items", {"open": "1.23"}), "every-invoice-adds-up"),
            (("open-items", {"instalments": []}), "every-instalment-adds-up"),
            (("unapplied", {"unapplied": "1.23"}), "every-credit-adds-up"),
            (("trial-balance", {"balance": "7.00"}), "trial-balance-is-zero"),
            (("trial-balance", {"balance": "7.00"}), "control-accounts-add-up"),
            (("proof", {"imbalance": "3"}), "proof-holds"),
            (("balance-runs", {"differences": 1}), "every-run-agrees"),
            (("balance-runs", {"ending": None}), "every-run-agrees"),
            (("requests", {"state": "open"}), "every-request-is-ended"),
            (("requests", {"refused_because": None}), "every-request-is-ended"),
            (("requests", {"answered_by": "another"}), "every-request-is-ended"),
            (("requests", {"allocations": [], "item": None}), "answers-end-as-meant"),
            (("promises", {"state": "kept"}), "answers-end-as-meant"),
            (("promises", {"state": "open"}), "answers-end-as-meant"),
            (("disputes", {"outcome": "rejected"}), "answers-end-as-meant"),
            (("disputes", {"outcome": None}), "answers-end-as-meant"),
            (("state", {"state": "processing"}), "answers-end-as-meant"),
            (("intake", {"outcome": "crashed"}), "every-record-is-understood"),
            (("timeline", {"reason": ""}), "every-message-has-a-reason"),
            (("timeline", {"kind": "silence"}), "every-message-has-a-reason"),
            (("messages", {"status": "failed"}), "sinks-hold-what-was-sent"),
        ],
    )
    async def test_finds_out_a_stack_that_lies(
        self,
        stack: Any,
        plan: Plan,
        play: Callable[..., Any],
        spoilt: tuple[str, Json],
        law: str,
    ) -> None:
        door, change = spoilt

        def lie(path: str, answer: Json) -> Json:
            if not path.startswith("/v1/") or not path.endswith(door):
                return answer
            if "items" not in answer:
                return {**answer, **change}
            return {**answer, "items": [{**item, **change} for item in answer["items"]]}

        stack.lie = lie
        _, summary = await play(plan)
        assert law in {check.name for check in summary.checks if not check.holds}

    async def test_finds_out_who_was_chased_for_nothing(
        self, stack: Any, plan: Plan, play: Callable[..., Any]
    ) -> None:
        def lie(path: str, answer: Json) -> Json:
            for mail in answer.get("items", []) if path == "/messages" else ():
                mail["text"] += " INV-2026-99999"
            return answer

        stack.lie = lie
        _, summary = await play(plan)
        broken = {check.name for check in summary.checks if not check.holds}
        assert broken == {"nobody-is-chased-for-nothing"}

    def test_finds_out_who_was_chased_for_a_discount_rightly_taken(self, plan: Plan) -> None:
        told = plan.story()
        for _ in range(plan.days):
            told.next_day()
        invoice = next(one for one in told.book.invoices.values() if one.spared)
        paid_on, number = invoice.spared[0].on, invoice.customer.number
        before, after = (
            Sent(on=day, channel="email", to="", sink_id="1", customer_number=number, listed=(invoice.number,))
            for day in (paid_on - timedelta(days=1), paid_on)
        )  # fmt: skip

        assert invoice.open_after(paid_on) > 0
        assert nobody_is_chased_for_nothing(told.book, [before]).holds
        assert not nobody_is_chased_for_nothing(told.book, [after]).holds


class TestUnheard:
    def test_is_what_would_be_overdue_without_messages(self, plan: Plan) -> None:
        silent = plan.story()
        for _ in range(plan.days):
            silent.next_day()
        last = START + timedelta(days=plan.days - 1)
        overdue: Counter[str] = Counter()
        for invoice in silent.book.invoices.values():
            overdue[invoice.customer.entity.code] += invoice.overdue_after(last)

        told = list(unheard(plan))
        assert len(told) == plan.days
        assert {code: round(float(text) * 100) for code, text in told[-1].overdue.items()} == dict(
            overdue
        )


class TestStart:
    def test_is_the_story_s_own_day_on_a_clock_before_it(self) -> None:
        assert start_after(datetime(2025, 12, 1, tzinfo=UTC)) == START

    def test_is_the_next_monday_on_a_clock_after_it(self) -> None:
        assert start_after(datetime(2026, 11, 22, tzinfo=UTC)) == date(2026, 11, 23)
        assert start_after(datetime(2026, 11, 23, tzinfo=UTC)) == date(2026, 11, 30)
