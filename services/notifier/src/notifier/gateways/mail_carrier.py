"""Mail to an SMTP server, over connections that are kept."""

import asyncio
import logging
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field

from aiosmtplib import SMTP, SMTPException, SMTPSenderRefused, SMTPStatus

from notifier.domain.handover import Answer, Brought, InDoubt, NotNow, Parcel, RefusedForGood
from shared.base.points import reached

MAILS_PER_CONNECTION_MAX = 100
TEMPORARY_FROM, PERMANENT_FROM = 400, 500
_TAKEN = (SMTPStatus.completed, SMTPStatus.will_forward)
_GO_ON = (SMTPStatus.start_input,)
_END = b".\r\n"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed over. `timeout_s` holds for each command."""

    host: str
    port: int
    username: str = ""
    password: str = ""
    start_tls: bool = False
    timeout_s: float = 10


class _Declined(Exception):
    """The server does not take this mail. What it refuses before it has heard of the recipient concerns ourselves."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer)
        self.answer = answer


@dataclass(slots=True)
class _Line:
    """A kept connection and how many mails have gone over it."""

    smtp: SMTP
    mails: int = 0


@dataclass(slots=True)
class MailCarrier:
    """Hands mails over, at most `lines_max` at a time.

    What fails before the server has said "go on" to DATA certainly was not taken; what breaks off after it is in doubt
    for ever, because SMTP cannot be asked.
    """

    server: MailServer
    lines_max: int
    _idle: list[_Line] = field(default_factory=list, init=False)
    _free: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self._free = asyncio.Semaphore(self.lines_max)

    async def bring(self, parcel: Parcel, *, may_start: Callable[[], bool]) -> Answer:
        """Hand one mail over, its bytes as they travel (CRLF). `may_start` is asked once more right before they are
        sent: a lease may have run out meanwhile.
        """
        async with self._free:
            try:
                line = await self._envelope(parcel)
            except _Declined as declined:
                return declined.answer
            except (SMTPException, OSError) as error:
                return NotNow(f"{type(error).__name__}: {error}")
            if not may_start():
                line.smtp.close()
                return NotNow("the lease ran out before the content")
            return await self._content(line, parcel)

    async def close(self) -> None:
        """Let all kept connections go."""
        while self._idle:
            self._idle.pop().smtp.close()

    async def _envelope(self, parcel: Parcel) -> _Line:
        """A connection that waits for the content. Idle ones that are closed by now are let go."""
        while self._idle:
            line = self._idle.pop()
            try:
                return await _addressed(line, parcel)
            except (SMTPException, OSError):
                line.smtp.close()
        return await _addressed(await self._connected(), parcel)

    async def _content(self, line: _Line, parcel: Parcel) -> Answer:
        """By the library's own `data` the content would be searched for line ends again: a fifth of a mail's CPU."""
        reached("notifier.before-data")
        protocol = line.smtp.protocol
        assert protocol is not None, "the server has just answered over it"
        try:
            protocol.write(_dots_stuffed(parcel.content) + _END)
            said = await protocol.read_response(self.server.timeout_s)
        except (SMTPException, OSError) as error:
            line.smtp.close()
            return InDoubt(f"{type(error).__name__} after DATA")
        reached("notifier.after-data")
        self._keep(line)
        if said.code >= TEMPORARY_FROM:
            return _answer_to(said.code, said.message)
        return Brought(provider_id=said.message[:200])

    async def _connected(self) -> _Line:
        server = self.server
        smtp = SMTP(
            hostname=server.host,
            port=server.port,
            timeout=server.timeout_s,
            start_tls=server.start_tls,
            tls_context=ssl.create_default_context() if server.start_tls else None,
            username=server.username or None,
            password=server.password or None,
        )
        await smtp.connect()
        if smtp.is_ehlo_or_helo_needed:  # TLS and sign-in have said it
            try:
                await smtp.ehlo()
            except SMTPException:
                smtp.close()
                raise
        return _Line(smtp)

    def _keep(self, line: _Line) -> None:
        line.mails += 1
        if line.smtp.is_connected and line.mails < MAILS_PER_CONNECTION_MAX:
            self._idle.append(line)
        else:
            line.smtp.close()


async def _addressed(line: _Line, parcel: Parcel) -> _Line:
    """The addresses were checked when the mail was written."""
    said = await line.smtp.execute_command(f"MAIL FROM:<{parcel.sender}>".encode("ascii"))
    if said.code not in _TAKEN:
        line.smtp.close()
        raise SMTPSenderRefused(said.code, said.message, parcel.sender)

    recipient = f"RCPT TO:<{parcel.route.address}>".encode("ascii")
    for command, wanted in ((recipient, _TAKEN), (b"DATA", _GO_ON)):
        said = await line.smtp.execute_command(command)
        if said.code not in wanted:
            line.smtp.close()
            raise _Declined(_answer_to(said.code, said.message))
    return line


def _dots_stuffed(content: bytes) -> bytes:
    """RFC 5321, 4.5.2: a dot at the beginning of a line is doubled."""
    stuffed = content.replace(b"\r\n.", b"\r\n..")
    return b"." + stuffed if stuffed.startswith(b".") else stuffed


def _answer_to(code: int, message: str) -> Answer:
    detail = f"{code} {message}"
    return RefusedForGood(detail) if code >= PERMANENT_FROM else NotNow(detail)
