"""Words: what is owed, how to pay and whom to call, in the reader's language and the step's tone."""

from datetime import date
from email import message_from_bytes, policy
from typing import Any

import pytest

from notifier.config import HOME
from notifier.domain.brief import AnswerBrief, Step
from notifier.domain.contact import Channel, Route
from notifier.domain.customer import Owner
from notifier.domain.message import Purpose
from notifier.domain.silence import Asked
from notifier.domain.verdict import Speak
from notifier.gateways.letter import TEXT_CHARACTERS_MAX, Worded, Writer
from notifier.gateways.stationery import LANGUAGES, Stationery
from shared.contracts.company import load_company

TONES = ("courtesy", "friendly", "firm", "urgent")
COMPANY = load_company(HOME.parents[1] / "deploy" / "company" / "example.yaml")
WRITER = Writer(Stationery(HOME / "templates"), COMPANY)


@pytest.fixture
def word(make: Any) -> Any:
    """A message of that tone about these invoices."""

    def write(
        *invoices: Any,
        tone: str = "friendly",
        language: str = "en",
        channel: Channel = Channel.EMAIL,
        **changes: Any,
    ) -> Worded:
        step = Step(TONES.index(tone), tone, tone)
        address = "anna@blue.example" if channel is Channel.EMAIL else "+491701234567"
        asked = tuple(
            Asked(one, part, step, part.open_minor)
            for one in invoices or (make.invoice(),)
            for part in one.instalments
            if part.due_on
        )
        speak = Speak(
            Route(channel, address, "Anna", "1", language),
            Purpose.REMINDER,
            date(2026, 4, 20),
            asked,
            step,
        )
        return WRITER.word(make.message(), speak, make.customer(**changes), now=make.now)

    return write


def body(worded: Worded, kind: str) -> str:
    content: str = (
        message_from_bytes(worded.parcel.content, policy=policy.default)
        .get_body((kind,))
        .get_content()
    )
    return content


class TestMail:
    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("tone", TONES)
    def test_says_what_is_owed_how_to_pay_and_whom_to_call(
        self, word: Any, tone: str, language: str
    ) -> None:
        worded = word(tone=tone, language=language)

        for kind in ("plain", "html"):
            said = body(worded, kind)
            for needed in (
                "R1",
                "100",
                "DE89 3704 0044 0532 0130 00",
                "Katrin Vogel",
                "+49 40 555011",
            ):
                assert needed in said, f"{needed} in {kind}"
        assert "R1" in worded.told.subject

    def test_speaks_english_to_who_speaks_what_we_do_not(self, word: Any) -> None:
        assert word(language="fi").told.subject.startswith("Friendly reminder")

    def test_writes_amounts_and_days_in_the_language(self, word: Any, make: Any) -> None:
        invoice = make.invoice(minor=123_450)

        assert "€1,234.50" in word(invoice).told.text
        assert "1.234,50\N{NO-BREAK SPACE}€" in word(invoice, language="de").told.text

    def test_adds_up_per_currency_and_never_across(self, word: Any, make: Any) -> None:
        text = word(
            make.invoice(), make.invoice("R2", 5_000), make.invoice("R3", 700, currency="JPY")
        ).told.text

        assert "€150.00" in text
        assert "¥700" in text

    def test_leaves_the_total_right_when_not_every_invoice_is_shown(
        self, word: Any, make: Any
    ) -> None:
        many = [make.invoice(f"R{number}", 100) for number in range(60)]

        text = word(*many).told.text

        assert "€60.00" in text
        assert "and 20 more invoices" in text

    @pytest.mark.parametrize("tone", TONES[1:])
    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.SMS])
    def test_says_of_none_that_is_not_overdue_that_it_is(
        self, word: Any, make: Any, tone: str, language: str, channel: Channel
    ) -> None:
        late = make.invoice(invoice_number="LATE", due_on=date(2026, 4, 1))
        early = [
            make.invoice(invoice_number=f"EARLY{day}", due_on=date(2026, 4, day))
            for day in (20, 25)
        ]
        wanted = {
            "en": {
                "friendly": "1 of the 3 invoices below has",
                "firm": "1 of the 3 invoices below is",
            },
            "de": {
                "friendly": "1 der 3 Rechnungen unten ist",
                "firm": "1 der 3 Rechnungen unten ist",
            },
        }

        told = word(late, *early, tone=tone, language=language, channel=channel).told

        if channel is Channel.SMS:
            assert {"en": "2 not overdue", "de": "2 nicht überfällig"}[language] in told.text
        else:
            assert wanted[language].get(tone, "") in told.text
            assert {"en": "overdue", "de": "überfällig"}[language] in told.text
            assert ("the open amount within" in told.text) is False

    def test_names_who_knows_the_customer_until_it_is_urgent(self, word: Any) -> None:
        owner = Owner("Jonas Weber", "jonas@acme.example")

        assert "Jonas Weber" in word(tone="firm", account_owner=owner).told.text
        assert "Jonas Weber" not in word(tone="urgent", account_owner=owner).told.text

    def test_links_only_to_hosts_the_company_named(self, word: Any, make: Any) -> None:
        source = COMPANY.sources[0]
        host = source.document_hosts[0]
        links = {
            f"https://{host}/r1.pdf": True,
            f"http://{host}/r1.pdf": False,
            f"https://{host}@evil.test/": False,
            "https://evil.test/": False,
            "javascript:alert(1)": False,
        }

        for url, allowed in links.items():
            html = body(word(make.invoice(source=source.source, document_url=url)), "html")
            assert (f'href="{url}"' in html) is allowed

    def test_what_customers_are_called_is_never_markup(self, word: Any, make: Any) -> None:
        html = body(
            word(make.invoice(invoice_number="<script>{{ 7 * 7 }}"), name="<b>{{ 7 * 7 }}"), "html"
        )

        assert "<script>" not in html
        assert "<b>" not in html
        assert "49" not in body(word(make.invoice(invoice_number="{{ 7 * 7 }}")), "plain").replace(
            "+49", ""
        )

    def test_a_line_break_in_an_invoice_number_stays_out_of_the_subject(
        self, word: Any, make: Any
    ) -> None:
        worded = word(make.invoice(invoice_number="R1\r\nBcc: evil@x.test"))

        assert message_from_bytes(worded.parcel.content)["Bcc"] is None


class TestText:
    def test_names_the_brand_first_and_the_way_out_last(self, word: Any) -> None:
        text = word(channel=Channel.SMS).told.text

        assert text.startswith("Acme: ")
        assert "EUR 100.00" in text
        assert "Reply STOP" in text

    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("tone", TONES)
    def test_is_short(self, word: Any, make: Any, tone: str, language: str) -> None:
        many = [make.invoice(f"R{number}" * 20, 10**9) for number in range(50)]

        text = word(*many, tone=tone, language=language, channel=Channel.SMS).told.text

        assert len(text) <= TEXT_CHARACTERS_MAX
        assert "STOP" in text, "what is too long is cut at the front"

    def test_can_be_found_again_by_its_mark(self, word: Any, make: Any) -> None:
        assert word(channel=Channel.SMS).told.text.endswith(
            f"[{make.message().message_id.hex[:8].upper()}]"
        )

    @pytest.mark.parametrize("kind", ["stopped", "help", "started"])
    def test_answers_begin_with_the_brand(self, make: Any, kind: str) -> None:
        message = make.message(AnswerBrief(kind, "+491701234567", make.now), purpose=Purpose.ANSWER)
        speak = Speak(
            Route(Channel.SMS, "+491701234567", "Anna"), Purpose.ANSWER, date(2026, 4, 20)
        )

        assert WRITER.word(message, speak, make.customer(), now=make.now).told.text.startswith(
            "Acme: "
        )
