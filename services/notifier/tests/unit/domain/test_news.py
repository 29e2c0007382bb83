"""News of a dispute: what is still worth telling, when it may leave, and what it says of the books."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from notifier.domain import message
from notifier.domain.brief import DisputeBrief
from notifier.domain.budget import ContactDay
from notifier.domain.contact import Channel
from notifier.domain.invoice import AmountHold
from notifier.domain.last_look import look_last
from notifier.domain.message import Message, Purpose
from notifier.domain.news import (
    ANSWERS_AT_ONCE,
    DECISIONS,
    ONLY_WITH_WORDS,
    STILL_NEWS,
    UNTOLD,
    Contested,
    News,
)
from notifier.domain.silence import Silence
from notifier.domain.verdict import Speak, Wait
from notifier.gateways.news_letter import FIGURES
from shared.contracts import notifier as told

NIGHT = datetime(2026, 4, 20, 20, 30, tzinfo=UTC)
"""Half past ten in Berlin."""


@pytest.fixture
def news(make: Any) -> Any:
    """A message of 40.00 of R1 that is disputed."""

    def write(step: News = News.UPHELD, **changes: Any) -> Message:
        item = Contested(make.id("R1"), "R1", None, 4_000, 4_000)
        brief = DisputeBrief(3, step, True, "damaged", "EUR", (item,))
        made: Message = make.message(
            replace(brief, **changes), purpose=Purpose.DISPUTE, subject_id=UUID(int=5)
        )
        return made

    return write


class TestWords:
    def test_of_messages_are_the_contract_s(self) -> None:
        assert {one.value for one in message.Purpose} == {one.value for one in told.Purpose}


class TestTables:
    def test_say_of_every_step_what_is_still_news_and_which_sums_are_shown(self) -> None:
        assert set(STILL_NEWS) == set(News)
        assert set(FIGURES) == set(News) - UNTOLD

    def test_no_decision_outlives_another(self) -> None:
        for decided in DECISIONS:
            assert not STILL_NEWS[decided]

    def test_what_is_never_told_on_its_own_waits_for_nothing(self) -> None:
        assert not (UNTOLD | ONLY_WITH_WORDS) & ANSWERS_AT_ONCE


class TestLook:
    def test_names_the_due_day_and_what_is_asked_for_besides(self, make: Any, news: Any) -> None:
        held = AmountHold(
            UUID(int=1), make.customer().customer_id, 1, "dispute", make.id("R1"), None, 4_000
        )
        invoice = make.invoice(amount_holds=(held,))

        spoken = look_last(news(), make.facts(invoice), now=make.now)

        assert isinstance(spoken, Speak)
        assert spoken.lines[0].due_on == date(2026, 4, 1)
        assert spoken.rest_minor == 6_000

    def test_asks_a_consumer_for_nothing_besides(self, make: Any, news: Any) -> None:
        held = AmountHold(
            UUID(int=1), make.customer().customer_id, 1, "dispute", make.id("R1"), None, 4_000
        )
        facts = make.facts(
            make.invoice(amount_holds=(held,)), customer=make.customer(kind="consumer")
        )

        spoken = look_last(news(), facts, now=make.now)

        assert isinstance(spoken, Speak)
        assert spoken.rest_minor == 0

    def test_says_nothing_of_books_that_it_does_not_know(self, make: Any, news: Any) -> None:
        spoken = look_last(news(), make.facts(invoices={}), now=make.now)

        assert isinstance(spoken, Speak)
        assert (spoken.lines[0].due_on, spoken.rest_minor) == (None, None)

    @pytest.mark.parametrize("step", sorted(set(News) - UNTOLD))
    def test_leaves_a_consumer_s_night_alone_but_to_answer_at_once(
        self, make: Any, news: Any, step: News
    ) -> None:
        facts = make.facts(customer=make.customer(kind="consumer"))

        verdict = look_last(news(step), facts, now=NIGHT)

        if step in ANSWERS_AT_ONCE:
            assert isinstance(verdict, Speak)
        else:
            assert isinstance(verdict, Wait)
            assert verdict.until == datetime(2026, 4, 21, 6, 0, 1, tzinfo=UTC)

    def test_waits_for_earlier_news(self, make: Any, news: Any) -> None:
        later = make.now + timedelta(minutes=4)

        verdict = look_last(news(), make.facts(earlier_at=later), now=make.now)

        assert verdict == Wait(later, "earlier-news-first", "dispute.in-order")

    def test_comes_by_mail_or_not_at_all(self, make: Any, news: Any) -> None:
        anna = make.contact(email=None, preferred_channel=Channel.SMS)

        verdict = look_last(
            news(), make.facts(customer=make.customer(contacts=(anna,))), now=make.now
        )

        assert verdict == Silence("no-contact", "route.none")

    def test_is_not_in_the_budget(self, make: Any, news: Any) -> None:
        days = [
            ContactDay(make.now.date() - timedelta(days=one), overdue=True) for one in (1, 2, 3)
        ]

        assert isinstance(look_last(news(), make.facts(contact_days=days), now=make.now), Speak)
