"""A mail as bytes. Headers are checked before they are written, so that nobody's name can add one.

The standard library's parser decodes `=?UTF-8?Q?=0A?=` into a line break and its generator then writes it; so every
value is looked at as it stands and as it would be decoded, and encoded words are only ever written by us.
"""

import binascii
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import Header, decode_header, make_header
from email.utils import format_datetime
from functools import lru_cache
from uuid import UUID

from shared.base.clock import Moment
from shared.base.errors import Refusal

HEADER_CHARACTERS_MAX = 300
ADDRESS_CHARACTERS_MAX = 254
URL_CHARACTERS_MAX = 900
_URL = re.compile(r"https?://[A-Za-z0-9._:\[\]-]+(?:/[A-Za-z0-9._~=-]*)*")
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+")
_SOFT_BREAK = b"=\r\n"
_PLAIN_NAME = re.compile(r"[A-Za-z0-9 ]*")
_FORBIDDEN = frozenset({"Cc", "Cs", "Zl", "Zp"})


class MailHeaderUnsafe(Refusal):
    code = "mail-header-unsafe"


@dataclass(frozen=True, slots=True)
class Mailbox:
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Mail:
    """What one mail consists of. `sent_at` becomes its Date, by the business clock."""

    message_id: UUID
    sender: Mailbox
    to: Mailbox
    reply_to: str
    subject: str
    text: str
    html: Sequence[str]
    """In pieces. One that stands in many mails is encoded once."""

    language: str
    sent_at: Moment
    unsubscribe_url: str = ""
    """Where one click ends mails like this one (RFC 8058); "" where nobody can."""


def mail_bytes(mail: Mail) -> bytes:
    """The mail as it travels: two alternatives, quoted-printable, CRLF. Refuses unsafe headers."""
    boundary = f"=_{mail.message_id.hex}"
    headers = [
        ("Date", format_datetime(mail.sent_at)),
        ("From", _mailbox(mail.sender)),
        ("To", _mailbox(mail.to)),
        ("Reply-To", _address(mail.reply_to)),
        ("Subject", _encoded(checked(mail.subject), "Subject")),
        ("Message-ID", message_id_header(mail.message_id, mail.sender.address)),
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "OOF, AutoReply"),
        ("X-Dunwell-Message", str(mail.message_id)),
        ("Content-Language", mail.language),
        *_unsubscribe(mail),
        ("MIME-Version", "1.0"),
        ("Content-Type", f'multipart/alternative;\r\n boundary="{boundary}"'),
    ]
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    parts = _part(boundary, "text/plain", _quoted_printable(mail.text)) + _part(
        boundary, "text/html", _SOFT_BREAK.join(map(_piece, mail.html))
    )
    return lines.encode("ascii") + b"\r\n" + parts + f"--{boundary}--\r\n".encode()


def _unsubscribe(mail: Mail) -> list[tuple[str, str]]:
    by_mail = f"<mailto:{_address(mail.reply_to)}?subject=unsubscribe>"
    if not mail.unsubscribe_url:
        return [("List-Unsubscribe", by_mail)]
    if len(mail.unsubscribe_url) > URL_CHARACTERS_MAX or not _URL.fullmatch(mail.unsubscribe_url):
        raise MailHeaderUnsafe("the address to unsubscribe at cannot be written in a header")
    return [
        ("List-Unsubscribe", f"<{mail.unsubscribe_url}>,\r\n {by_mail}"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    ]


def message_id_header(message_id: UUID, sender_address: str) -> str:
    """The same for every attempt, so that a mail that came twice would be recognised."""
    return f"<{message_id}@{_address(sender_address).rpartition('@')[2]}>"


def checked(value: str) -> str:
    """The value, when neither it nor what a reader would decode from it holds a control character or is too long."""
    if value.isprintable() and "=?" not in value and len(value) <= HEADER_CHARACTERS_MAX:
        return value
    try:
        decoded = str(make_header(decode_header(value)))
    except (HeaderParseError, LookupError, UnicodeError, ValueError):
        raise MailHeaderUnsafe("a header holds an encoded word that cannot be read") from None

    for form in (value, decoded):
        if len(form) > HEADER_CHARACTERS_MAX:
            raise MailHeaderUnsafe(f"a header is longer than {HEADER_CHARACTERS_MAX} characters")
        if any(unicodedata.category(sign) in _FORBIDDEN for sign in form):
            raise MailHeaderUnsafe("a header holds a control character")
    return value


def _mailbox(mailbox: Mailbox) -> str:
    name, address = checked(mailbox.name), _address(mailbox.address)
    if not name:
        return address
    if _PLAIN_NAME.fullmatch(name):
        return f"{name} <{address}>"
    if name.isascii() and "=?" not in name:
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{quoted}" <{address}>'
    return f"{_encoded(name, 'To')} <{address}>"


def _encoded(value: str, header: str) -> str:
    if value.isascii() and "=?" not in value:
        return value
    return Header(value, "utf-8", header_name=header).encode(linesep="\r\n")


def _address(address: str) -> str:
    if len(address) > ADDRESS_CHARACTERS_MAX or not _ADDRESS.fullmatch(address):
        raise MailHeaderUnsafe("an address is not one that can be written in a header")
    return address


def _part(boundary: str, kind: str, body: bytes) -> bytes:
    head = f"--{boundary}\r\nContent-Type: {kind}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    return head.encode() + body + b"\r\n"


def _quoted_printable(text: str) -> bytes:
    body = binascii.b2a_qp("\n".join(text.split("\r\n")).encode(), istext=True)
    return body.replace(b"\n", b"\r\n")


_piece = lru_cache(maxsize=1_024)(_quoted_printable)
"""A mail has some hundred pieces that are the form's, and they come again in the next."""
