"""Mails as bytes: nobody's name, reference or subject adds a header."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.gateways.mime import Mail, Mailbox, MailHeaderUnsafe, mail_bytes

MAIL = Mail(
    message_id=UUID("6f1c1f2e-9a4b-5d0e-8f57-0b1d5a0c7e11"),
    sender=Mailbox("Acme, Accounts", "ar@acme.example"),
    to=Mailbox("Anna Schröder", "anna@blue.example"),
    reply_to="office@acme.example",
    subject="Rechnung RE-1 ist fällig",
    text="Guten Tag,\n.\nein Punkt allein\n",
    html=("<p>Grü", "ße</p>"),
    language="de",
    sent_at=datetime(2026, 4, 20, 8, tzinfo=UTC),
)
HEADERS = {
    "Date", "From", "To", "Reply-To", "Subject", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress",
    "X-Dunwell-Message", "Content-Language", "List-Unsubscribe", "MIME-Version", "Content-Type",
}  # fmt: skip
EVIL = [
    "Hi=?UTF-8?Q?=0A?=Bcc: evil@x.test",
    "=?UTF-8?Q?=0D=0ABcc:_evil@x.test?=",
    "=?utf-8?B?CkJjYzogZXZpbEB4LnRlc3Q=?=",
    "Hi\r\nBcc: evil@x.test",
    "Hi\nBcc: evil@x.test",
    "Hi\rBcc: evil@x.test",
    "Hi\u2028Bcc: evil@x.test",
    "Hi\x00",
    "=?UTF-8?B?not base64!?=\n",
    "x" * 301,
]


def header_names(raw: bytes) -> set[str]:
    head = raw.partition(b"\r\n\r\n")[0].decode("ascii")
    lines = [line for line in head.split("\r\n") if not line.startswith((" ", "\t"))]
    return {line.partition(":")[0] for line in lines}


class TestMailBytes:
    def test_say_what_was_meant(self) -> None:
        read = message_from_bytes(mail_bytes(MAIL), policy=policy.default)

        assert read["Subject"] == MAIL.subject
        assert read["To"].addresses[0].display_name == "Anna Schröder"
        assert read["From"].addresses[0].display_name == "Acme, Accounts"
        assert read["Message-ID"] == f"<{MAIL.message_id}@acme.example>"
        assert read["Date"].datetime == MAIL.sent_at
        assert read["Auto-Submitted"] == "auto-generated"
        assert read["X-Dunwell-Message"] == str(MAIL.message_id)

    def test_hold_a_text_and_an_html_part(self) -> None:
        read = message_from_bytes(mail_bytes(MAIL), policy=policy.default)

        assert read.get_body(("plain",)).get_content().splitlines() == MAIL.text.splitlines()
        assert read.get_body(("html",)).get_content().strip() == "".join(MAIL.html)

    def test_are_plain_ascii_in_short_lines(self) -> None:
        raw = mail_bytes(replace(MAIL, html=["ä" * 5_000], text="x" * 5_000))

        assert raw.isascii()
        assert max(map(len, raw.split(b"\r\n"))) <= 78
        assert b"\n" not in raw.replace(b"\r\n", b"")

    @given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"))))
    def test_hold_the_html_however_it_is_cut(self, pieces: list[str]) -> None:
        raw = mail_bytes(replace(MAIL, html=pieces))

        (html,) = (
            one for one in message_from_bytes(raw).walk() if one.get_content_subtype() == "html"
        )
        read = html.get_payload(decode=True).replace(b"\r\n", b"\n").decode()
        assert read.rstrip("\n") == "".join(pieces).rstrip("\n")
        assert max(map(len, raw.split(b"\r\n"))) <= 78


class TestHeaders:
    @pytest.mark.parametrize("evil", EVIL)
    def test_an_evil_subject_is_refused(self, evil: str) -> None:
        with pytest.raises(MailHeaderUnsafe):
            mail_bytes(replace(MAIL, subject=evil))

    @pytest.mark.parametrize("evil", EVIL)
    def test_an_evil_name_is_refused(self, evil: str) -> None:
        with pytest.raises(MailHeaderUnsafe):
            mail_bytes(replace(MAIL, to=Mailbox(evil, "anna@blue.example")))

    @pytest.mark.parametrize(
        "address",
        [
            "a@b.example\r\nBcc: x@y.test",
            "a b@c.example",
            "a@b.example, x@y.test",
            "<a@b.example>",
            "ä@b.example",
            "",
        ],
    )
    def test_an_evil_address_is_refused(self, address: str) -> None:
        with pytest.raises(MailHeaderUnsafe):
            mail_bytes(replace(MAIL, to=Mailbox("Anna", address)))

    def test_a_quote_in_a_name_stays_inside_it(self) -> None:
        raw = mail_bytes(replace(MAIL, to=Mailbox('A" <x@y.test>, "B', "anna@blue.example")))

        read = message_from_bytes(raw, policy=policy.default)
        assert [one.addr_spec for one in read["To"].addresses] == ["anna@blue.example"]

    @given(subject=st.text(max_size=250), name=st.text(max_size=250))
    def test_whatever_is_said_no_header_is_added(self, subject: str, name: str) -> None:
        try:
            raw = mail_bytes(replace(MAIL, subject=subject, to=Mailbox(name, "anna@blue.example")))
        except MailHeaderUnsafe:
            return

        assert header_names(raw) == HEADERS
