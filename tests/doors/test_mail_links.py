"""Every link that a mail can print leads to a page that there is, where the operator has no pages of their own."""

import re
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import pytest

from notifier.domain.brief import Brief
from notifier.domain.desk import REMINDERS
from notifier.domain.message import Message, Purpose
from notifier.domain.payment import OF_AUTOPAY, Paid, PaymentBrief, PaymentNews
from notifier.domain.reply import ReplyBrief
from notifier.gateways.portal import PAGES, SATISFACTION, Portal
from shared.base.clock import Moment
from shared.messaging.seal import Seal
from shared.web.app import create_app
from shared.worker.description import Service

URL: Final = "https://portal.example"
NOON: Final = Moment(2026, 4, 20, 12)
ABOUT: Final = UUID(int=7)
TEMPLATES: Final = Path(__file__).parents[2] / "services/notifier/templates"
BLANKS: Final = {
    "portal": "the page of what the mail is about, or where one looks and pays",
    "link": "sealed by the portal, which has its own tests; or the question of a closed case",
    "item.url": "the ERP's own copy of an invoice, at a host that the company names",
}
"""What a mail prints that is a link, besides a mail address and a telephone number."""


def message(purpose: Purpose, brief: Brief | None = None) -> Message:
    return Message(
        message_id=ABOUT,
        customer_id=ABOUT,
        purpose=purpose,
        legal_entity="DE01",
        due_at=NOON,
        planned_at=NOON,
        contact_day=NOON.date(),
        brief=brief,
        subject_id=ABOUT if purpose in PAGES else None,
    )


def paid(news: PaymentNews) -> PaymentBrief:
    return PaymentBrief(ABOUT, news, "EUR", (Paid(ABOUT, "1", 100, 0),))


def links(portal: Portal) -> Iterator[str]:
    """One for each kind of mail, and for both links that the portal seals."""
    for news in PaymentNews:
        yield portal.page(message(Purpose.PAYMENT, paid(news)))
    for purpose in set(Purpose) - {Purpose.PAYMENT}:
        yield portal.page(message(purpose))
    yield portal.link(ReplyBrief(SATISFACTION, str(ABOUT), NOON))
    seal = Seal.of("a" * 43)
    assert seal is not None
    yield f"{URL}/unsubscribe/{seal.close(f'{ABOUT} 1', about='unsubscribe')}"
    yield f"{URL}/sign-in/{'x' * 43}?to=%2Fplans%2F{ABOUT}"
    yield f"{URL}/address-change/{'x' * 43}"


def test_every_blank_of_the_templates_that_is_a_link_is_known() -> None:
    said = "\n".join(one.read_text(encoding="utf-8") for one in sorted(TEMPLATES.iterdir()))

    found = set(re.findall(r'href="\{\{ ([\w.]+) \}\}', said))
    other = set(re.findall(r'(?:href="|\s)(?!mailto:|tel:)(\w+://[^"\s]*)', said))
    assert found == BLANKS.keys()
    assert not {one for one in other if "mjml" not in one and "w3.org" not in one}


class TestLinks:
    async def test_lead_to_pages_that_there_are(
        self, opened: Callable[..., Awaitable[Service]]
    ) -> None:
        app = create_app(await opened("portal-api"))

        answers: dict[str, int] = {}
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=URL) as browser:
            for link in links(Portal(URL)):
                answer = await browser.get(link)
                answers[link] = answer.status_code
                if answer.status_code == 303:
                    to = urlsplit(answer.headers["location"])
                    assert to.path == "/sign-in"
                    back = link.removeprefix(URL)
                    assert httpx.QueryParams(to.query)["to"] == back, "and then to where it led"

        assert set(answers.values()) == {200, 303}, answers

    def test_lead_to_the_operator_s_pages_where_there_are(self) -> None:
        portal = Portal(URL, "https://pages.example/")
        autopay = message(Purpose.PAYMENT, paid(PaymentNews.CHARGE_ANNOUNCED))

        found = {portal.page(one) for one in (*map(message, Purpose), autopay)}
        assert found == {"https://pages.example"}

    def test_of_reminders_lead_home(self) -> None:
        assert {Portal(URL).page(message(one)) for one in REMINDERS} == {f"{URL}/"}

    def test_of_autopay_lead_to_its_page(self) -> None:
        pages = {Portal(URL).page(message(Purpose.PAYMENT, paid(one))) for one in OF_AUTOPAY}

        assert pages == {f"{URL}/autopay"}

    @pytest.mark.parametrize("home", ["", "https://pages.example"])
    def test_without_a_portal_are_none(self, home: Any) -> None:
        assert Portal("", home).page(message(Purpose.PLAN)) == home
