"""Mails as they came in, in memory and as .eml files on disk."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path

_PARSER = BytesParser(policy=policy.default)
_STAMPED = ("Return-Path", "Delivered-To", "Received")


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail of one SMTP transaction. `to` and `sender` are the envelope's, not the headers'."""

    number: int
    sender: str
    to: tuple[str, ...]
    received_at: datetime
    message: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.message.get("Subject", ""))

    @property
    def text(self) -> str:
        """The plain part, or nothing."""
        return _content(self.message, "plain")

    @property
    def html(self) -> str:
        """The HTML part, or nothing."""
        return _content(self.message, "html")

    @property
    def headers(self) -> dict[str, str]:
        """The mail's headers as it came, repeated ones joined by a comma."""
        names = {name for name in self.message if name not in _STAMPED}
        return {name: ", ".join(map(str, self.message.get_all(name, ()))) for name in sorted(names)}


class MailBox:
    """All mails, oldest first; those of an earlier run are read from the folder."""

    def __init__(self, folder: Path, now: Callable[[], datetime]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._now = now
        self._mails = {mail.number: mail for mail in _read(folder)}

    def put(self, sender: str, to: list[str], raw: bytes) -> Mail:
        """Keep a mail; the envelope goes in front, as a mail server would write it."""
        number = max(self._mails, default=0) + 1
        received_at = self._now()
        stamp = "".join(
            [
                f"Return-Path: <{sender}>\r\n",
                *(f"Delivered-To: {address}\r\n" for address in to),
                f"Received: by dunwell-mail-box; {format_datetime(received_at)}\r\n",
            ]
        )

        stored = stamp.encode("utf-8", "surrogateescape") + raw
        (self._folder / f"{number:06}.eml").write_bytes(stored)
        mail = Mail(number, sender, tuple(to), received_at, _PARSER.parsebytes(raw))
        self._mails[number] = mail
        return mail

    def all(self, to: str = "") -> list[Mail]:
        """The mails, oldest first; those to one address when it is given."""
        wanted = to.casefold()
        return [m for m in self._mails.values() if not to or wanted in map(str.casefold, m.to)]

    def one(self, number: int) -> Mail | None:
        """The mail of that number, or None."""
        return self._mails.get(number)

    def raw(self, number: int) -> bytes:
        """The mail as it is on disk."""
        return (self._folder / f"{number:06}.eml").read_bytes()

    def clear(self) -> None:
        """Forget all mails, those on disk included."""
        self._mails.clear()
        for file in self._folder.glob("*.eml"):
            file.unlink()


def _read(folder: Path) -> Iterator[Mail]:
    for file in sorted(folder.glob("*.eml")):
        message = _PARSER.parsebytes(file.read_bytes())
        received = str(message["Received"]).rpartition(";")[2]
        yield Mail(
            number=int(file.stem),
            sender=str(message["Return-Path"]).strip("<>"),
            to=tuple(map(str, message.get_all("Delivered-To", ()))),
            received_at=parsedate_to_datetime(received.strip()),
            message=message,
        )


def _content(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part else ""
