"""Words about instalments and discounts: which part of which invoice, and what paying early would save."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest

from notifier.config import HOME
from notifier.domain.brief import Step
from notifier.domain.contact import Channel, Route
from notifier.domain.invoice import Discount, Invoice
from notifier.domain.message import Purpose
from notifier.domain.silence import Asked
from notifier.domain.verdict import Speak
from notifier.gateways.letter import Worded, Writer
from notifier.gateways.stationery import LANGUAGES, Stationery
from shared.contracts.company import load_company

TONES = ("courtesy", "friendly", "firm", "urgent")
COMPANY = load_company(HOME.parents[1] / "deploy" / "company" / "example.yaml")
WRITER = Writer(Stationery(HOME / "templates"), COMPANY)
LATE, NINTH, MAY = date(2026, 3, 9), date(2026, 4, 9), date(2026, 5, 9)
TIER = Discount(date(2026, 4, 11), 980_00)
NOON = datetime(2026, 4, 6, 10, tzinfo=UTC)

Word = Callable[..., Worded]


@pytest.fixture
def word(make: Any) -> Word:
    """A message of that tone about these instalments (number, or all that are due) of these invoices."""

    def write(
        *invoices: Invoice,
        numbers: tuple[int, ...] = (),
        tone: str = "courtesy",
        language: str = "en",
        channel: Channel = Channel.EMAIL,
        now: datetime = NOON,
    ) -> Worded:
        step = Step(TONES.index(tone), tone, tone)
        asked = tuple(
            Asked(one, part, step, part.open_minor)
            for one in invoices
            for part in one.instalments
            if part.due_on and part.open_minor and part.number in (numbers or (part.number,))
        )
        address = "anna@blue.example" if channel is Channel.EMAIL else "+491701234567"
        route = Route(channel, address, "Anna", "1", language)
        speak = Speak(route, Purpose.REMINDER, now.date(), asked, step)
        return WRITER.word(make.message(), speak, make.customer(), now=now)

    return write


@pytest.fixture
def plan(make: Any) -> Invoice:
    """Three instalments, the first of them paid."""
    plan: Invoice = make.in_parts("2026-0815", (LATE, 0), (NINTH, 400_00), (MAY, 400_00))
    return plan


def html(worded: Worded) -> str:
    message = message_from_bytes(worded.parcel.content, policy=policy.default)
    content: str = message.get_body(("html",)).get_content()
    return content


class TestAnInstalment:
    def test_is_listed_by_its_number_its_due_date_and_its_amount(
        self, word: Word, plan: Invoice
    ) -> None:
        english, german = word(plan, numbers=(2,)), word(plan, numbers=(2,), language="de")

        assert (
            "- 2026-0815, instalment 2 of 3: €400.00 (Due 9 Apr 2026, due in 3 days)"
            in english.told.text
        )
        assert "- 2026-0815, Rate 2 von 3: 400,00\N{NO-BREAK SPACE}€" in german.told.text
        assert "instalment 2 of 3" in html(english)
        assert "Rate 2 von 3" in html(german)

    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("tone", TONES)
    def test_is_named_in_the_subject_and_in_the_text_message(
        self, word: Word, plan: Invoice, tone: str, language: str
    ) -> None:
        named = {"en": "2026-0815 (instalment 2 of 3)", "de": "2026-0815 (Rate 2 von 3)"}[language]

        mail = word(plan, numbers=(2,), tone=tone, language=language).told
        text = word(plan, numbers=(2,), tone=tone, language=language, channel=Channel.SMS).told

        assert named in mail.subject
        assert named in text.text

    @pytest.mark.parametrize(
        ("language", "all_parts", "mixed", "invoices"),
        [("en", "2 open instalments", "3 open payments", "2 open invoices"),
         ("de", "2 offene Raten", "3 offene Zahlungen", "2 offene Rechnungen")],
    )  # fmt: skip
    def test_several_are_called_what_they_are(
        self,
        *,
        word: Word,
        make: Any,
        plan: Invoice,
        language: str,
        all_parts: str,
        mixed: str,
        invoices: str,
    ) -> None:
        others = make.invoice("R1"), make.invoice("R2")

        def subject(*listed: Invoice) -> str:
            return word(*listed, tone="friendly", language=language).told.subject

        assert all_parts in subject(plan)
        assert mixed in subject(plan, others[0])
        assert invoices in subject(*others)

    def test_of_numbers_with_gaps_is_not_counted(self, word: Word, plan: Invoice) -> None:
        gone = replace(plan, instalments=plan.instalments[1:])

        assert "2026-0815, instalment 2: €400.00" in word(gone, numbers=(2,)).told.text

    def test_alone_goes_by_the_invoice_s_number(self, word: Word, make: Any) -> None:
        assert "instalment" not in word(make.invoice("R1", due_on=NINTH)).told.text

    def test_is_kept_with_what_was_told(self, word: Word, make: Any, plan: Invoice) -> None:
        told = word(plan, make.invoice("R1")).told

        assert {(one.invoice_number, one.instalment) for one in told.items} == {
            ("2026-0815", 2),
            ("2026-0815", 3),
            ("R1", None),
        }


class TestADiscount:
    def invoice(self, make: Any, due_on: date = date(2026, 4, 20), **changes: Any) -> Any:
        return make.invoice("R1", 1_000_00, due_on, discounts=(TIER,), **changes)

    def test_is_told_in_the_language_s_own_amount_and_date(self, word: Word, make: Any) -> None:
        invoice = self.invoice(make)
        english, german = word(invoice), word(invoice, language="de")

        assert "With discount: €980.00 until 11 Apr 2026" in english.told.text
        assert "Mit Skonto: 980,00\N{NO-BREAK SPACE}€ bis 11.04.2026" in german.told.text
        assert "€980.00 until 11 Apr 2026" in html(english)

    def test_is_told_in_a_text_message(self, word: Word, make: Any) -> None:
        english, german = (
            word(self.invoice(make), channel=Channel.SMS, language=language).told.text
            for language in LANGUAGES
        )

        assert "EUR 980.00 until 11 Apr 2026" in english
        assert "EUR 980,00 bis 11.04.2026" in german

    @pytest.mark.parametrize(
        ("now", "told"),
        [
            (datetime(2026, 4, 11, 21, 59, tzinfo=UTC), True),
            (datetime(2026, 4, 11, 22, 0, tzinfo=UTC), False),
        ],
    )
    def test_is_told_until_its_last_day_ends_where_the_money_is_owed(
        self, word: Word, make: Any, now: datetime, told: bool
    ) -> None:
        assert ("980" in word(self.invoice(make), now=now).told.text) is told

    @pytest.mark.parametrize("tone", TONES[1:])
    @pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.SMS])
    def test_is_not_told_of_what_is_overdue(
        self, word: Word, make: Any, tone: str, channel: Channel
    ) -> None:
        late = self.invoice(make, due_on=NOON.date() - timedelta(days=1))

        worded = word(late, tone=tone, channel=channel)

        assert "980" not in worded.told.text + worded.parcel.content.decode()

    def test_is_told_once_of_an_invoice_in_instalments_and_of_all_of_it(
        self, word: Word, plan: Invoice
    ) -> None:
        text = word(replace(plan, discounts=(Discount(NINTH, 784_00),))).told.text

        assert text.count("784") == 1
        assert text.index("instalment 2") < text.index("784") < text.index("instalment 3")
        assert "Whole invoice with discount: €784.00 until 9 Apr 2026" in text
