"""The SMTP side of the mail box.

`bounce@…` is refused for good and `tempfail@…` for now, whatever the domain; `/faults` does it to all.
"""

import asyncio
import logging
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from local_stack.addresses import LOOPBACK
from local_stack.faults import Faults
from local_stack.mail.box import MailBox

SIZE_BYTES_MAX = 10 * 1024 * 1024

_UNKNOWN = "550 5.1.1 no such mailbox"
_LATER = "451 4.3.0 try again later"
_REFUSED = "554 5.7.1 refused"
_GONE = "421 4.3.0 going away"


class Reception:
    """Answers the SMTP commands that matter to us."""

    def __init__(self, box: MailBox, faults: Faults) -> None:
        self._box = box
        self._faults = faults

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        local_part = address.partition("@")[0].casefold()
        if local_part == "bounce":
            return _UNKNOWN
        if local_part == "tempfail":
            return _LATER

        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        match self._faults.mode:
            case "tempfail":
                return _LATER
            case "reject":
                return _REFUSED
            case "hang":
                await self._faults.hang()
                return _GONE
            case "none":
                return self._take(envelope)

    def _take(self, envelope: Envelope) -> str:
        raw = envelope.content
        assert isinstance(raw, bytes)
        mail = self._box.put(envelope.mail_from or "", list(envelope.rcpt_tos), raw)
        return f"250 OK kept as {mail.number}"


async def listen(box: MailBox, faults: Faults, port: int) -> asyncio.Server:
    """Take mail at the port until the server is closed."""
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    options: dict[str, Any] = {"data_size_limit": SIZE_BYTES_MAX, "enable_SMTPUTF8": True}

    def connection() -> SMTP:
        return SMTP(Reception(box, faults), hostname="mail-box.localhost", **options)

    return await asyncio.get_running_loop().create_server(connection, LOOPBACK, port)
