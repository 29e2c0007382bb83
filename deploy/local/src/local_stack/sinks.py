"""The stack's own doors, all in its one process: clock, mail, text messages, payments, traces without Java."""

import asyncio
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from fastapi import APIRouter

from local_stack.clock.doors import answer_refusals, clock_doors
from local_stack.clock.ends import LogEnds
from local_stack.clock.movable import MovableClock
from local_stack.clock.pulses import Pulses
from local_stack.clock.settling import Mover
from local_stack.clock.staff import Issuer
from local_stack.faults import Faults, fault_doors
from local_stack.mail import smtp
from local_stack.mail.box import MailBox
from local_stack.mail.doors import mail_doors
from local_stack.pay.back_doors import contest_doors, refund_doors
from local_stack.pay.doors import Cashier, page_doors, session_doors, vault_doors
from local_stack.pay.means import means_doors, reading_doors
from local_stack.pay.provider import Keys, StripeError, stripe_doors
from local_stack.pay.till import Till
from local_stack.pay.vault import Vault
from local_stack.pay.webhook import Events
from local_stack.roster import address
from local_stack.servers import Servers, app
from local_stack.sms.box import TextBox
from local_stack.sms.doors import Webhook, text_doors
from local_stack.sms.provider import ProviderError, provider_doors
from local_stack.traces.doors import trace_doors
from local_stack.traces.shelf import Shelf

Now = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the text message provider and the token issuer know us by; made anew at every start."""

    account_sid: str = field(default_factory=lambda: "AC" + secrets.token_hex(16))
    auth_token: str = field(default_factory=lambda: secrets.token_hex(16))
    stripe_key: str = field(default_factory=lambda: "sk_test_" + secrets.token_hex(16))
    stripe_webhook_secret: str = field(default_factory=lambda: "whsec_" + secrets.token_hex(16))
    service_secret: str = field(default_factory=lambda: secrets.token_urlsafe(32))


class Sinks:
    """Serves the doors until `stop`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._servers = Servers()
        self._smtp: asyncio.Server | None = None
        self._closing: list[Pulses | LogEnds | Events] = []

    async def clock(
        self,
        clock: MovableClock,
        issuer: Issuer,
        ends: LogEnds,
        *,
        services: Mapping[str, str],
        control: APIRouter,
        port: int,
    ) -> None:
        """The clock, the token issuer and the doors to the supervisor. `services`: name → address."""
        pulses = Pulses(services)
        self._closing += [pulses, ends]
        made = app("Clock", clock_doors(clock, Mover(clock, pulses, ends), issuer), control)
        answer_refusals(made)
        await self._servers.serve(made, port)

    async def mail(self, now: Now, port: int, smtp_port: int) -> None:
        """The mail box: SMTP and its page."""
        box, faults = MailBox(self._folder / "mail", now), Faults()
        self._smtp = await smtp.listen(box, faults, smtp_port)
        await self._servers.serve(app("Mail box", mail_doors(box), fault_doors(faults)), port)

    async def sms(self, now: Now, port: int, known: Credentials, webhook_url: str) -> None:
        """The text message provider and its page."""
        box, faults = TextBox(self._folder / "texts.jsonl", now), Faults()
        webhook = Webhook(webhook_url, known.account_sid, known.auth_token)
        provider = provider_doors(box, faults, known.account_sid, known.auth_token)
        made = app("Text messages", provider, text_doors(box, webhook), fault_doors(faults))
        made.add_exception_handler(ProviderError, ProviderError.answer_to)
        await self._servers.serve(made, port)

    async def payments(self, port: int, known: Credentials, webhook_url: str) -> None:
        """The fake of Stripe: its API, its hosted page, its webhook."""
        till, faults = Till(self._folder / "payments.jsonl", f"{address(port)}/pay"), Faults()
        events = Events(webhook_url, known.stripe_webhook_secret)
        self._closing.append(events)
        cashier = Cashier(till, Vault(self._folder / "means.jsonl"), events)
        keys = Keys()
        provider = stripe_doors(cashier, faults, known.stripe_key, keys)
        means = means_doors(cashier, faults, known.stripe_key, keys)
        sold = (session_doors(cashier), vault_doors(cashier))
        back = (refund_doors(cashier), contest_doors(cashier))
        own = (*sold, *back, page_doors(cashier))
        reading = reading_doors(cashier, faults, known.stripe_key)
        doors = (means, reading, *own, fault_doors(faults))
        made = app("Payments (a fake of Stripe)", provider, *doors)
        made.add_exception_handler(StripeError, StripeError.answer_to)
        await self._servers.serve(made, port)

    async def traces(self, port: int) -> None:
        """The stand-in for Zipkin."""
        shelf = Shelf(self._folder / "traces.jsonl")
        await self._servers.serve(app("Traces", trace_doors(shelf)), port)

    async def stop(self) -> None:
        """Close all doors."""
        if self._smtp:
            self._smtp.close()
        await self._servers.stop()
        for connection in self._closing:
            await connection.close()
