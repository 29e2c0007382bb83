"""The floor of the notifier: prebuilt bytes over kept SMTP connections. Nothing is decided, worded or written down."""

import asyncio
import os
from itertools import count
from pathlib import Path

from aiosmtplib import SMTP

CONNECTIONS = 16


async def mail() -> None:
    """As many as are wanted, then rest."""
    content = Path(os.environ["MAIL_FILE"]).read_bytes()
    numbers, wanted = count(), int(os.environ["MAILS"])
    port = int(os.environ["NOTIFIER_SMTP_PORT"])

    async def send() -> None:
        async with SMTP(hostname="127.0.0.1", port=port, start_tls=False) as smtp:
            while (number := next(numbers)) < wanted:
                await smtp.mail("dunning@acme.example")
                await smtp.rcpt(f"ap@c{number}.example")
                await smtp.data(content)

    await asyncio.gather(*(send() for _ in range(CONNECTIONS)))
    await asyncio.Event().wait()
