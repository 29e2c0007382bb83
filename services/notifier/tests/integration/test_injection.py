"""What others call their customers and invoices never becomes a header, a word of ours or markup: on the raw bytes."""

import re
from collections.abc import Callable
from email import message_from_bytes, policy
from typing import Any

import pytest

from notifier.domain.sending import Mode, Sending
from shared.contracts import erp, ledger

EVIL = {
    "line break": "R1\r\nBcc: evil@x.test\r\n\r\n<h1>Pay here</h1>",
    "bare return": "R1\rBcc: evil@x.test",
    "encoded word": "Hi=?UTF-8?Q?=0A?=Bcc: evil@x.test",
    "encoded in base64": "=?utf-8?b?Cg==?=Bcc: evil@x.test",
    "template": "{{ 7 * 191 }}{% for x in range(10**9) %}x{% endfor %}{{ ''.__class__.__mro__ }}",
    "layout": "[[ color ]][% include 'x' %]",
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)>\"'><b>",
    "direction": "R1\u202e\u2066txt.exe\u2069\u061c",
    "unseen": "R\u200b1\u00ad\ufeff\u2060",
    "separators": "R1\u2028Bcc: evil@x.test\u2029\x85\x0b\x0c",
    "a dot alone": "R1\r\n.\r\nMAIL FROM:<evil@x.test>",
    "very long": "R" * 500,
    "escapes": "\x1b]0;owned\x07\x1b[2J",
    "many bytes": "𐍈" * 500,
}
HEADERS = {
    *("Date", "From", "To", "Reply-To", "Subject", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress"),
    *("X-Dunwell-Message", "Content-Language", "List-Unsubscribe", "MIME-Version", "Content-Type"),
}  # fmt: skip
STAMPS = {"Return-Path", "Delivered-To", "Received"}
UNSEEN = re.compile(
    "[\x00-\x09\x0b\x0c\x0e-\x1f\x7f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]"
)


def person(name: str, **changes: Any) -> ledger.Contact:
    given: dict[str, Any] = {
        "email": "anna@blue-boat.example",
        "phone": "030 901820",
        "language": "de",
    }
    return ledger.Contact(
        contact_id="1", name=name, role=erp.Role.ACCOUNTS_PAYABLE, **given | changes
    )


async def plan(office: Any, tell: Any, evil: str, **changes: Any) -> None:
    """A reminder to somebody who is called that, about an invoice that is called that."""
    await office.hear(
        tell.customer(name=evil, customer_number=evil[:100], contacts=(person(evil, **changes),)),
        tell.invoice(invoice_number=evil, payment_reference=evil, document_url=f"https://{evil}/"),
    )
    await office.hear(tell.reminder())


class TestMail:
    @pytest.mark.parametrize("kind", EVIL)
    async def test_has_our_headers_and_no_others(self, office: Any, tell: Any, kind: str) -> None:
        await plan(office, tell, EVIL[kind])

        await office.dispatch.run()

        (status,) = await office.statuses()
        if "encoded" in kind:
            assert status == ("suppressed", "mail-header-unsafe")
            assert office.mails() == []
            return
        assert status == ("sent", "")
        raw = office.mail_box.raw(1)
        head, _, body = raw.partition(b"\r\n\r\n")
        names = re.findall(rb"(?m)^([!-9;-~]+):", head)
        assert sorted(name.decode() for name in names) == sorted(HEADERS | STAMPS)
        assert head.isascii()
        assert body.isascii()
        assert not re.search(rb"(?<!\r)\n|\r(?!\n)", raw)
        assert max(map(len, raw.split(b"\r\n"))) <= 998
        mail = message_from_bytes(raw, policy=policy.default)
        assert mail["To"].addresses[0].addr_spec == "anna@blue-boat.example"
        assert len(mail["To"].addresses) == 1
        assert len(mail["Subject"]) <= 200
        assert_words(mail.get_body(("plain",)).get_content(), markup=False)
        assert_words(mail.get_body(("html",)).get_content(), markup=True)

    @pytest.mark.parametrize(
        "address",
        [
            "anna@blue-boat.example\r\nBcc: evil@x.test",
            "anna@blue-boat.example, evil@x.test",
            "anna@blue-boat.example> RCPT TO:<evil@x.test",
            "=?utf-8?q?evil=40x.test?=@blue-boat.example\x00",
            '"a\r\nb"@blue-boat.example',
            "x" * 5_000 + "@blue-boat.example",
        ],
    )
    async def test_goes_to_no_address_that_is_none(
        self, office: Any, tell: Any, address: str
    ) -> None:
        await plan(office, tell, "R1", email=address, phone=None)

        await office.dispatch.run()

        assert office.mails() == []
        assert (await office.statuses())[0][0] in {"suppressed", "failed"}


class TestText:
    @pytest.mark.parametrize("kind", EVIL)
    async def test_is_one_line_of_ours(self, office: Any, tell: Any, kind: str) -> None:
        await plan(office, tell, EVIL[kind], email=None)

        await office.dispatch.run()

        assert await office.statuses() == [("sent", "")]
        (text,) = office.text_box.all()
        assert len(text.body) <= 459
        assert "\n" not in text.body
        assert "\r" not in text.body
        assert_words(text.body, markup=False)
        assert text.body.rstrip().endswith("]")


def assert_words(words: str, *, markup: bool) -> None:
    """No template was run, nothing unseen is in it, and in HTML nothing of theirs is a tag."""
    assert "1337" not in words
    assert "xxxxxxxxxx" not in words
    assert not UNSEEN.search(words)
    if markup:
        assert not re.search(r"<(script|b>|h1>|img[^>]+onerror)", words)


class TestLogs:
    async def test_no_address_is_ever_written_down(
        self, office: Any, tell: Any, logged: Callable[[str], str]
    ) -> None:
        office.dispatch.sending = Sending(Mode.LIVE)
        await plan(office, tell, "R1", email="bounce@secret-domain.example", phone="0170 1234567")
        office.text_faults.mode = "reject"
        await office.dispatch.run()
        await office.dispatch.run()
        office.mail_faults.mode = "hang"
        await office.hear(
            tell.customer(2, contacts=(person("A", email="erika@secret-domain.example"),))
        )
        await office.hear(tell.reminder(cause="look 2"))
        await office.dispatch.run()

        written = logged("notifier")
        assert (await office.statuses())[0][0] == "failed"
        for secret in (
            "bounce@secret",
            "erika@secret",
            "1701234567",
            "170 1234567",
            "a-token-for-tests",
        ):
            assert secret not in written
