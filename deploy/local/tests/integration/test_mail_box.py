"""The mail box takes what a mail server would take, and shows it."""

import asyncio
import smtplib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import httpx
import pytest

from local_stack.addresses import LOOPBACK, free_port
from local_stack.mail.box import MailBox
from local_stack.sinks import Sinks

NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
SMTP_TIMEOUT_S = 1.0


class Post:
    """A mail box and a way to send to it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.smtp_port = free_port()
        port = free_port()
        self.http = httpx.AsyncClient(base_url=f"http://{LOOPBACK}:{port}", trust_env=False)
        self.port = port

    async def send(
        self, to: str = "anna@customer.test", text: str = "1.200,00 € sind offen"
    ) -> None:
        """Hand a mail over by SMTP; raises what smtplib raises."""
        await asyncio.to_thread(self._send, to, text)

    def _send(self, to: str, text: str) -> None:
        mail = EmailMessage()
        mail["From"] = "Nordwind GmbH <books@nordwind.test>"
        mail["To"] = to
        mail["Subject"] = "Rechnung 4711 – fällig"
        mail["Message-ID"] = "<4711@nordwind.test>"
        mail.set_content(text)
        mail.add_alternative(f"<p>{text}</p>", subtype="html")
        with smtplib.SMTP(LOOPBACK, self.smtp_port, timeout=SMTP_TIMEOUT_S) as smtp:
            smtp.send_message(mail)

    async def fault(self, mode: str) -> None:
        (await self.http.post("/faults", json={"mode": mode})).raise_for_status()


@pytest.fixture
async def post(tmp_path: Path) -> AsyncIterator[Post]:
    made, sinks = Post(tmp_path), Sinks(tmp_path)
    await sinks.mail(lambda: NOW, made.port, made.smtp_port)
    yield made
    await made.http.aclose()
    await sinks.stop()


class TestMailBox:
    async def test_lists_a_mail_with_all_its_parts(self, post: Post) -> None:
        await post.send()

        (mail,) = (await post.http.get("/messages?to=ANNA@customer.test")).json()["items"]
        assert mail["message_id"] == "<4711@nordwind.test>"
        assert mail["to"] == "anna@customer.test"
        assert mail["from"] == "books@nordwind.test"
        assert mail["subject"] == "Rechnung 4711 – fällig"
        assert mail["text"].strip() == "1.200,00 € sind offen"
        assert "<p>1.200,00 € sind offen</p>" in mail["html"]
        assert mail["headers"]["From"] == "Nordwind GmbH <books@nordwind.test>"
        assert mail["received_at"] == "2026-12-01T09:00:00Z"

    async def test_lists_only_mails_to_the_address_that_was_asked_for(self, post: Post) -> None:
        await post.send()

        assert (await post.http.get("/messages?to=ben@customer.test")).json() == {"items": []}

    async def test_remembers_over_a_restart_and_forgets_when_told(self, post: Post) -> None:
        await post.send()
        (known,) = MailBox(post.folder / "mail", lambda: NOW).all()
        assert known.to == ("anna@customer.test",)
        assert known.received_at == NOW
        assert known.headers["Subject"] == "Rechnung 4711 – fällig"

        await post.http.delete("/messages")

        assert not list((post.folder / "mail").iterdir())
        assert (await post.http.get("/messages")).json() == {"items": []}

    async def test_shows_a_mail_as_a_page_in_which_nothing_runs(self, post: Post) -> None:
        await post.send()

        listed, shown = await post.http.get("/"), await post.http.get("/mails/1")
        inside = await post.http.get("/mails/1/html")
        assert "Rechnung 4711 – fällig" in listed.text
        assert "<iframe sandbox " in shown.text
        assert "default-src 'none'" in inside.headers["content-security-policy"]


class TestFaults:
    @pytest.mark.parametrize(("to", "code"), [("bounce@x.test", 550), ("tempfail@x.test", 451)])
    async def test_some_addresses_are_always_refused(self, post: Post, to: str, code: int) -> None:
        with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
            await post.send(to)

        assert refused.value.recipients[to][0] == code

    @pytest.mark.parametrize(("mode", "code"), [("tempfail", 451), ("reject", 554)])
    async def test_every_mail_is_refused_on_demand(self, post: Post, mode: str, code: int) -> None:
        await post.fault(mode)

        with pytest.raises(smtplib.SMTPDataError) as refused:
            await post.send()
        await post.fault("none")
        await post.send()

        assert refused.value.smtp_code == code
        assert len((await post.http.get("/messages")).json()["items"]) == 1

    async def test_a_hanging_server_leaves_the_sender_without_an_answer(self, post: Post) -> None:
        await post.fault("hang")

        with pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"):
            await post.send()
        await post.fault("none")
