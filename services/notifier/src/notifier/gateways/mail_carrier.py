"""Mail to an SMTP server, over connections that are kept."""

import asyncio
import logging
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field

import aiosmtplib
from aiosmtplib import SMTP, SMTPException, SMTPResponseException

from notifier.domain.handover import Answer, Brought, InDoubt, NotNow, Parcel, RefusedForGood
from shared.base.points import reached

MAILS_PER_CONNECTION_MAX = 100
PERMANENT_FROM = 500

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


@dataclass(slots=True)
class _Line:
    """A kept connection and how many mails have gone over it."""

    smtp: SMTP
    mails: int = 0


@dataclass(slots=True)
class MailCarrier:
    """Hands mails over, at most `lines_max` at a time.

    What fails before DATA certainly was not taken; what breaks off after it is in doubt for ever, because SMTP cannot
    be asked.
    """

    server: MailServer
    lines_max: int
    _idle: list[_Line] = field(default_factory=list, init=False)
    _free: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self._free = asyncio.Semaphore(self.lines_max)

    async def bring(self, parcel: Parcel, *, may_start: Callable[[], bool]) -> Answer:
        """Hand one mail over. `may_start` is asked once more right before DATA: a lease may have run out meanwhile."""
        async with self._free:
            try:
                line = await self._envelope(parcel)
            except SMTPResponseException as refused:
                return _answer_to(refused)
            except (SMTPException, OSError) as error:
                return NotNow(f"{type(error).__name__}: {error}")
            if not may_start():
                line.smtp.close()
                return NotNow("the lease ran out before DATA")
            return await self._content(line, parcel)

    async def close(self) -> None:
        """Let all kept connections go."""
        while self._idle:
            self._idle.pop().smtp.close()

    async def _envelope(self, parcel: Parcel) -> _Line:
        """A connection that has accepted sender and recipient. One that was closed while idle is replaced once."""
        while self._idle:
            line = self._idle.pop()
            try:
                return await _addressed(line, parcel)
            except SMTPResponseException:
                raise
            except (SMTPException, OSError):
                line.smtp.close()
        return await _addressed(await self._connected(), parcel)

    async def _content(self, line: _Line, parcel: Parcel) -> Answer:
        reached("notifier.before-data")
        try:
            _, said = await line.smtp.data(parcel.content)
        except SMTPResponseException as refused:
            self._keep(line)
            return _answer_to(refused)
        except (SMTPException, OSError) as error:
            line.smtp.close()
            return InDoubt(f"{type(error).__name__} after DATA")
        reached("notifier.after-data")
        self._keep(line)
        return Brought(provider_id=said[:200])

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
        return _Line(smtp)

    def _keep(self, line: _Line) -> None:
        line.mails += 1
        if line.smtp.is_connected and line.mails < MAILS_PER_CONNECTION_MAX:
            self._idle.append(line)
        else:
            line.smtp.close()


async def _addressed(line: _Line, parcel: Parcel) -> _Line:
    try:
        await line.smtp.mail(parcel.sender)
        await line.smtp.rcpt(parcel.route.address)
    except SMTPResponseException:
        line.smtp.close()
        raise
    return line


def _answer_to(refused: aiosmtplib.SMTPResponseException) -> Answer:
    detail = f"{refused.code} {refused.message}"
    return RefusedForGood(detail) if refused.code >= PERMANENT_FROM else NotNow(detail)
