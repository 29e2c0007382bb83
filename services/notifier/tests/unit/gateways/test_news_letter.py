"""Mails about a dispute: what was said, what it means in money, and what happens next, in the reader's language."""

import re
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from typing import Any
from uuid import UUID

import pytest

from notifier.config import HOME
from notifier.domain.brief import DisputeBrief
from notifier.domain.contact import Channel, Route
from notifier.domain.message import Purpose
from notifier.domain.news import DUE_AGAIN, UNTOLD, Contested, Line, News
from notifier.domain.verdict import Speak
from notifier.gateways.letter import Worded, Writer
from notifier.gateways.news_letter import WORDS_CHARACTERS_MAX, WORDS_LINES_MAX
from notifier.gateways.portal import Portal
from notifier.gateways.stationery import LANGUAGES, Stationery
from shared.contracts.company import load_company
from shared.contracts.disputes import Reason

WRITER = Writer(
    Stationery(HOME / "templates"),
    load_company(HOME.parents[1] / "deploy" / "company" / "example.yaml"),
    portal=Portal("https://pay.blue.example"),
)
TOLD = sorted(set(News) - UNTOLD)
NEXT = {"en": "What happens next", "de": "Wie es weitergeht"}
IBAN = "DE89 3704 0044 0532 0130 00"
UPHELD = {News.UPHELD: 10_000, News.SETTLED: 10_000, News.PARTLY_UPHELD: 6_000, News.REJECTED: 0}


@pytest.fixture
def word(make: Any) -> Any:
    """A mail of that news: 100.00 of R1 are disputed, and 900.00 of it are not."""

    def write(
        news: News = News.ACKNOWLEDGED,
        *,
        language: str = "en",
        items: int = 1,
        rest: int | None = 90_000,
        **changes: Any,
    ) -> Worded:
        given: dict[str, Any] = {
            "version": 2,
            "news": news,
            "is_open": news in {News.ACKNOWLEDGED, News.ASKED, News.ANSWERED, News.REOPENED},
            "reason": "damaged",
            "currency": "EUR",
            "items": tuple(
                Contested(UUID(int=one), f"R{one}", None, 10_000, 10_000, UPHELD.get(news))
                for one in range(1, items + 1)
            ),
        }
        brief = DisputeBrief(**given | changes)
        speak = Speak(
            Route(Channel.EMAIL, "anna@blue.example", "Anna", "1", language),
            Purpose.DISPUTE,
            date(2026, 4, 20),
            lines=tuple(Line(one, date(2026, 4, 1), one.invoice_number) for one in brief.items),
            rest_minor=rest,
        )
        message = make.message(
            brief, purpose=Purpose.DISPUTE, subject_id=UUID(int=0x7F3A2B10 << 96)
        )
        return WRITER.word(message, speak, make.customer(), now=make.now)

    return write


def body(worded: Worded, kind: str) -> str:
    mail = message_from_bytes(worded.parcel.content, policy=policy.default)
    content: str = mail.get_body((kind,)).get_content()
    return content


class TestMail:
    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("news", TOLD)
    def test_names_the_invoice_the_reason_and_what_happens_next(
        self, word: Any, news: News, language: str
    ) -> None:
        worded = word(news, language=language)

        assert "R1" in worded.told.subject
        for kind in ("plain", "html"):
            said = body(worded, kind)
            reason = {"en": "damaged goods", "de": "beschädigte Ware"}[language]
            for needed in (NEXT[language], reason, "7F3A2B10", "Katrin Vogel", "100"):
                assert needed in said, f"{needed} in {kind}"
            assert (IBAN in said) is (news in DUE_AGAIN), "how to pay stands where something is due"
            assert not re.search(r"\{\{|\[\[|\{%|None", said)

    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("reason", Reason)
    def test_has_words_for_every_reason(self, word: Any, reason: Reason, language: str) -> None:
        assert word(language=language, reason=reason.value).told.text

    def test_of_an_outcome_says_both_figures(self, word: Any) -> None:
        text = word(News.PARTLY_UPHELD).told.text

        assert "We credit you: €60.00" in text
        assert "To be paid: €40.00" in text

    def test_of_a_rejection_names_the_day_on_which_it_was_due(self, word: Any) -> None:
        assert "1 Apr 2026" in word(News.REJECTED, words="Signed for.").told.text

    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("news", sorted({News.REJECTED, News.WITHDRAWN}))
    def test_asks_for_nothing_that_is_paid_by_now(
        self, word: Any, news: News, language: str
    ) -> None:
        worded = word(news, language=language, rest=0)

        for kind in ("plain", "html"):
            said = body(worded, kind)
            assert IBAN not in said
            assert {"en": "please pay", "de": "bitte zahlen"}[language] not in said
            nothing = {"en": "nothing of it that you need to pay", "de": "davon nichts zu zahlen"}
            assert nothing[language] in said

    def test_asks_for_no_more_than_is_open(self, word: Any) -> None:
        text = word(News.REJECTED, rest=2_500).told.text

        assert "To be paid: €25.00" in text

    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("news", sorted({News.REJECTED, News.PARTLY_UPHELD}))
    def test_of_a_rejection_says_where_new_papers_go_and_until_when(
        self, word: Any, news: News, language: str
    ) -> None:
        day = {"en": "20 May 2026", "de": "20.05.2026"}[language]
        portal = "https://pay.blue.example/disputes/7f3a2b10-0000-0000-0000-000000000000"
        for kind in ("plain", "html"):
            said = body(word(news, language=language, reopen_until=date(2026, 5, 20)), kind)
            assert day in said
            assert portal in said
            over = body(word(news, language=language, reopen_until=date(2026, 4, 19)), kind)
            assert "19" not in re.findall(r"\b19\b(?=[ .](?:Apr|04))", over)

    def test_of_a_rejection_without_a_portal_asks_for_a_reply(self, make: Any, word: Any) -> None:
        text = word(News.REJECTED, reopen_until=None).told.text
        assert "Reply to this message, and we look into it again" in text

    def test_speaks_of_the_rest_only_where_it_is_known(self, word: Any) -> None:
        assert "€900.00" in word().told.text
        for unknown in (None, 0):
            text = word(rest=unknown).told.text
            assert "rest" not in text
            assert "€100.00" in text

    def test_promises_no_day_that_has_passed(self, word: Any) -> None:
        coming, past = datetime(2026, 5, 6, 9, tzinfo=UTC), datetime(2026, 4, 17, tzinfo=UTC)

        text = word(answer_due_at=past, decision_due_at=coming).told.text

        assert "6 May 2026" in text
        assert "17 Apr" not in text

    def test_promises_a_day_of_the_legal_entity(self, word: Any) -> None:
        late = datetime(2026, 5, 5, 22, 30, tzinfo=UTC)
        assert "6 May 2026" in word(decision_due_at=late).told.text

    def test_shows_many_items_and_counts_the_rest(self, word: Any) -> None:
        text = word(items=50).told.text

        assert "and 10 more" in text
        assert "€5,000.00" in text


class TestWords:
    """What our people write to the customer is text, whatever it looks like."""

    EVIL = (
        "{{ 7 * 191 }}{% for x in range(10**9) %}x{% endfor %}",
        "[[ color ]][% include 'x' %]",
        "<script>alert(1)</script><b>bold</b>",
        "first\r\nBcc: evil@x.test\r\n\r\n.\r\nlast",
        "\u202etxt.exe\u2066 un\u200bseen\x1b[2J\x00",
    )

    @pytest.mark.parametrize("evil", EVIL)
    @pytest.mark.parametrize("news", sorted({News.ASKED, News.ANSWERED, News.REJECTED}))
    def test_are_never_markup_a_template_or_a_header(
        self, word: Any, evil: str, news: News
    ) -> None:
        worded = word(news, words=evil)

        mail = message_from_bytes(worded.parcel.content, policy=policy.default)
        assert mail["Bcc"] is None
        html, text = body(worded, "html"), body(worded, "plain")
        for said in (html, text):
            assert "1337" not in said
            assert not re.search("[\x00\x1b\u200b-\u200f\u2028-\u202e\u2060-\u2069]", said)
        assert not re.search(r"<(script|b)>", html)

    def test_keep_their_lines(self, word: Any) -> None:
        worded = word(News.ASKED, words="One.\r\nTwo.\n\nThree.")

        assert "  One.\n  Two.\n  \n  Three." in body(worded, "plain").replace("\r\n", "\n")
        assert "One.<br />Two.<br /><br />Three." in body(worded, "html")

    def test_end_where_their_room_ends(self, word: Any) -> None:
        long = body(word(News.ANSWERED, words="ab " * WORDS_CHARACTERS_MAX), "plain")
        many = body(word(News.ANSWERED, words="wxyz\n" * 500), "plain")

        assert long.count("ab ") <= WORDS_CHARACTERS_MAX / 3
        assert many.count("wxyz") == WORDS_LINES_MAX - 1
        assert "…" in long
        assert "…" in many
