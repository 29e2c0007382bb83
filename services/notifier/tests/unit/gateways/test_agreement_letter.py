"""Mails about promises and plans: what was agreed, what it means in money, and what happens next, in both languages."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from typing import Any
from uuid import UUID

import pytest

from notifier.config import HOME
from notifier.domain.agreement import (
    DUE_AGAIN,
    FIGURES,
    PAYS,
    STANDS,
    AgreementBrief,
    AgreementNews,
    PlannedPart,
)
from notifier.domain.contact import Channel, Route
from notifier.domain.invoice import AmountHold, Credit
from notifier.domain.last_look import HELD, SETTLED, Speak, Wait, look_last
from notifier.domain.message import Message, Purpose
from notifier.domain.news import Contested, Line
from notifier.domain.silence import Silence
from notifier.gateways.letter import Worded, Writer
from notifier.gateways.stationery import LANGUAGES, Stationery
from shared.contracts.company import load_company

WRITER = Writer(
    Stationery(HOME / "templates"),
    load_company(HOME.parents[1] / "deploy" / "company" / "example.yaml"),
)
NEXT = {"en": "What happens next", "de": "Wie es weitergeht"}
IBAN = "DE89 3704 0044 0532 0130 00"
NIGHT = datetime(2026, 4, 20, 20, 30, tzinfo=UTC)
"""Half past ten in Berlin."""
N = AgreementNews
PARTS = tuple(
    PlannedPart(number, date(2026, 4 + number, 15), date(2026, 4 + number, 20), minor, 0)
    for number, minor in enumerate((3_334, 3_333, 3_333), 1)
)
ENDED = frozenset({N.PLAN_COMPLETED, N.PROMISE_KEPT})


@pytest.fixture
def brief_of(make: Any) -> Any:
    def made(news: AgreementNews, **changes: Any) -> AgreementBrief:
        is_plan = news.value.startswith("plan")
        paid = 10_000 if news in ENDED else 2_500 if news is N.PROMISE_PARTLY_KEPT else 0
        return replace(
            AgreementBrief(
                version=2,
                news=news,
                currency="EUR",
                items=(Contested(make.id("R1"), "R1", None, 10_000, 0),),
                paid_minor=paid,
                due_on=None if is_plan else date(2026, 4, 30),
                until=None if is_plan else date(2026, 5, 3),
                parts=PARTS if is_plan else (),
                number=1 if news in {N.PLAN_DUE, N.PLAN_LATE, N.PLAN_BROKEN} else None,
                words="1. 2026-05-15: 33.34" if news is N.PLAN_PROPOSED else "",
                answer_by=datetime(2026, 4, 27, 22, 30, tzinfo=UTC),
            ),
            **changes,
        )

    return made


@pytest.fixture
def word(make: Any, brief_of: Any) -> Any:
    def write(
        news: AgreementNews, language: str = "en", rest: int = 90_000, **changes: Any
    ) -> Worded:
        brief = brief_of(news, **changes)
        route = Route(Channel.EMAIL, "anna@blue.example", "Anna", "1", language)
        lines = tuple(Line(one, date(2026, 4, 1), one.invoice_number) for one in brief.items)
        speak = Speak(route, Purpose.PLAN, date(2026, 4, 20), lines=lines, rest_minor=rest)
        message = make.message(brief, purpose=Purpose.PLAN, subject_id=UUID(int=0x7F3A2B10 << 96))
        return WRITER.word(message, speak, make.customer(), now=make.now)

    return write


def body(worded: Worded, kind: str) -> str:
    mail = message_from_bytes(worded.parcel.content, policy=policy.default)
    content: str = mail.get_body((kind,)).get_content()
    return content


class TestMail:
    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("news", AgreementNews)
    def test_names_invoice_and_what_happens_next(
        self, word: Any, news: AgreementNews, language: str
    ) -> None:
        worded = word(news, language)

        assert worded.told.subject
        assert not re.search(r"\w [ .,;:]|\(\)", worded.told.text), "every blank is filled"
        for kind in ("plain", "html"):
            said = body(worded, kind)
            for needed in (NEXT[language], "R1", "7F3A2B10", "Katrin Vogel"):
                assert needed in said, f"{needed} in {kind}"
            assert (IBAN in said) is (news in PAYS), "how to pay stands where something is due"
            assert not re.search(r"\{\{|\[\[|\{%|None", said)

    def test_says_of_every_step_which_sums_are_shown(self) -> None:
        assert set(FIGURES) == set(AgreementNews)

    @pytest.mark.parametrize(
        ("news", "says"),
        [
            (N.PROMISE_MADE, ["Promised: €100.00", "due as before: €900.00", "30 Apr 2026"]),
            (N.PROMISE_PARTLY_KEPT, ["Paid: €25.00", "To be paid: €75.00"]),
            (N.PROMISE_BROKEN, ["until 3 May 2026", "To be paid: €100.00"]),
            (N.PLAN_PROPOSED, ["  1. 2026-05-15: 33.34", "by 28 Apr 2026", "accepted it already"]),
            (N.PLAN_ACTIVE, ["1. 15 May 2026: €33.34", "3. 15 Jul 2026: €33.33"]),
            (N.PLAN_DUE, ["Part 1 of 3, by 15 May 2026: €33.34"]),
            (N.PLAN_LATE, ["reaches us by 20 May 2026"]),
            (N.PLAN_BROKEN, ["in full by 20 May 2026", "To be paid: €100.00"]),
        ],
    )
    def test_says_sums_and_days(self, word: Any, news: AgreementNews, says: list[str]) -> None:
        text = word(news).told.text

        assert [one for one in says if one not in text] == []

    def test_asks_only_for_what_is_not_paid_of_a_part(self, word: Any) -> None:
        parts = (replace(PARTS[0], paid_minor=1_000), *PARTS[1:])

        assert "€23.34" in word(N.PLAN_DUE, parts=parts).told.text

    def test_asks_for_nothing_that_was_taken_off_or_is_disputed(self, word: Any) -> None:
        parts = (replace(PARTS[0], off_minor=1_000), *PARTS[1:])

        assert "€23.34" in word(N.PLAN_DUE, parts=parts).told.text
        assert "To be paid: €60.00" in word(N.PROMISE_BROKEN, off_minor=4_000).told.text

    @pytest.mark.parametrize("news", sorted(DUE_AGAIN))
    def test_asks_for_no_more_than_is_asked_for_when_it_leaves(
        self, word: Any, news: AgreementNews
    ) -> None:
        said = word(news, rest=1_234).told.text

        assert "€12.34" in said
        assert "To be paid: €100.00" not in said

    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("news", [N.PLAN_DUE, N.PLAN_LATE])
    def test_offers_no_second_extension(
        self, word: Any, news: AgreementNews, language: str
    ) -> None:
        offer = {"en": "extended once", "de": "einmal verlängern"}[language]

        assert offer in word(news, language).told.text
        assert offer not in word(news, language, is_extended=True).told.text

    @pytest.mark.parametrize("news", [one for one in N if one.value.startswith("plan")])
    def test_names_the_day_of_an_invoice_only_where_it_counts(
        self, word: Any, news: AgreementNews
    ) -> None:
        assert ("Due 1 Apr 2026" in word(news).told.text) is (news not in STANDS)

    def test_names_the_part_that_came_too_late_though_it_came(self, word: Any) -> None:
        parts = (replace(PARTS[0], paid_minor=3_334), *PARTS[1:])
        text = word(N.PLAN_BROKEN, parts=parts, paid_minor=3_334).told.text

        assert "Part 1 of 3 of your plan has not reached us in full by 20 May 2026" in text
        assert "What is left, €66.66, is due again" in text

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_praises_nobody_for_what_was_taken_off(self, word: Any, language: str) -> None:
        praise = {"en": "as you said", "de": "Wort gehalten"}[language]

        assert praise in word(N.PLAN_COMPLETED, language).told.text
        gone = {"paid_minor": 0, "off_minor": 10_000}
        assert praise not in word(N.PLAN_COMPLETED, language, **gone).told.text

    @pytest.mark.parametrize(
        "evil", ["{{ 7 * 191 }}", "[[ color ]]", "<b>bold</b>", "a\r\nBcc: evil@x.test"]
    )
    @pytest.mark.parametrize("news", [N.PLAN_PROPOSED, N.PLAN_DECLINED])
    def test_words_are_never_markup_a_template_or_a_header(
        self, word: Any, evil: str, news: AgreementNews
    ) -> None:
        worded = word(news, words=evil)

        assert message_from_bytes(worded.parcel.content, policy=policy.default)["Bcc"] is None
        html, text = body(worded, "html"), body(worded, "plain")
        assert "1337" not in html + text
        assert "<b>" not in html


class TestLook:
    @pytest.fixture
    def news(self, make: Any, brief_of: Any) -> Any:
        def write(step: AgreementNews) -> Message:
            made: Message = make.message(
                brief_of(step), purpose=Purpose.PLAN, subject_id=UUID(int=5)
            )
            return made

        return write

    @pytest.mark.parametrize("step", AgreementNews)
    def test_leaves_a_consumer_s_night_alone_but_to_answer_at_once(
        self, make: Any, news: Any, brief_of: Any, step: AgreementNews
    ) -> None:
        facts = make.facts(make.invoice(), customer=make.customer(kind="consumer"))

        verdict = look_last(news(step), facts, now=NIGHT)
        assert isinstance(verdict, Speak if brief_of(step).at_once else Wait)

    def test_does_not_remind_of_a_part_of_what_is_settled(self, make: Any, news: Any) -> None:
        verdict = look_last(news(N.PLAN_DUE), make.facts(make.invoice(minor=0)), now=make.now)

        assert verdict == Silence("settled", "silence.settled")

    @pytest.mark.parametrize(("minor", "is_silent"), [(3_333, False), (3_334, True)])
    def test_does_not_remind_of_a_part_that_money_on_account_would_pay(
        self, make: Any, news: Any, minor: int, is_silent: bool
    ) -> None:
        credit = Credit(make.id("P"), make.customer().customer_id, 1, "DE01", "EUR", minor)
        facts = make.facts(make.invoice(), credits=[credit])

        verdict = look_last(news(N.PLAN_DUE), facts, now=make.now)
        assert isinstance(verdict, Silence) is is_silent

    def test_does_not_remind_of_a_part_under_a_hold_and_still_answers(
        self, make: Any, news: Any
    ) -> None:
        facts = make.facts(make.invoice(), customer=make.customer(status="blocked"))

        assert isinstance(look_last(news(N.PLAN_LATE), facts, now=make.now), Silence)
        assert isinstance(look_last(news(N.PLAN_EXTENDED), facts, now=make.now), Speak)

    def test_speaks_of_what_is_asked_for_besides(self, make: Any, news: Any) -> None:
        held = AmountHold(
            UUID(int=1), make.customer().customer_id, 1, "plan", make.id("R1"), None, 4_000
        )
        spoken = look_last(
            news(N.PLAN_ACTIVE), make.facts(make.invoice(amount_holds=(held,))), now=make.now
        )

        assert isinstance(spoken, Speak)
        assert (spoken.purpose, spoken.rest_minor) == (Purpose.PLAN, 6_000)

    @pytest.mark.parametrize("step", [N.PROMISE_PARTLY_KEPT, N.PROMISE_BROKEN, N.PLAN_BROKEN])
    def test_asks_for_nothing_that_came_or_is_held_before_it_leaves(
        self, make: Any, news: Any, step: AgreementNews
    ) -> None:
        held = AmountHold(
            UUID(int=1), make.customer().customer_id, 1, "dispute", make.id("R1"), None, 10_000
        )
        paid, disputed = make.invoice(minor=0), make.invoice(amount_holds=(held,))

        assert look_last(news(step), make.facts(paid), now=make.now) == SETTLED
        assert look_last(news(step), make.facts(disputed), now=make.now) == HELD
        assert isinstance(look_last(news(step), make.facts(make.invoice()), now=make.now), Speak)

    @pytest.mark.parametrize("step", [N.PROMISE_WITHDRAWN, N.PLAN_DECLINED, N.PLAN_LAPSED])
    def test_answers_though_nothing_is_open_any_more(
        self, make: Any, news: Any, step: AgreementNews
    ) -> None:
        facts = make.facts(make.invoice(minor=0))

        assert isinstance(look_last(news(step), facts, now=make.now), Speak)
