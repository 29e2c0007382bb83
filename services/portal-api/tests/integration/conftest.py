"""The portal on a real database: facts of the ledger in, browsers at the door, facts out."""

import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from portal_api.config import Settings
from portal_api.interfaces.consumers import HEARING
from portal_api.interfaces.watch import Watch
from portal_api.main import build
from shared.base.clock import FileClock
from shared.base.ids import object_id
from shared.contracts import disputes, erp, ledger, notifier
from shared.contracts.event import Event
from shared.messaging.cloudevents import Record
from shared.messaging.seal import Seal
from shared.testing.examples import CUSTOMER, SOURCE, our_examples
from shared.testing.plugin import DatabaseOf
from shared.web.app import create_app
from shared.worker.description import Service

COMPANY = Path(__file__).parents[4] / "deploy/company/example.yaml"
KEYS = base64.urlsafe_b64encode(bytes(range(32))).decode()
MONDAY = datetime(2026, 4, 20, 7, tzinfo=UTC)
URL = "https://portal.example"
ERIKA = "erika@muster.example"
OTHER_CUSTOMER = object_id(SOURCE, "customer", "K-20000")
OTHER_INVOICE = object_id(SOURCE, "invoice", "RE-9")
OTHER_DISPUTE = object_id(SOURCE, "dispute", "9")
PAYMENT = UUID(int=77)
OTHER_PAYMENT = object_id(SOURCE, "payment", "ZE-9")


def record_of(fact: Event, offset: int) -> Record:
    return Record(
        topic=fact.TOPIC,
        partition=0,
        offset=offset,
        key=str(fact.customer_id),
        attributes={"type": fact.TYPE, "id": str(fact.event_id)},
        data=fact.model_dump_json().encode(),
    )


def customer(
    customer_id: UUID = CUSTOMER,
    *contacts: tuple[str, erp.Role],
    version: int = 1,
    name: str = "Muster",
) -> ledger.CustomerChanged:
    """A customer with these contacts, by address and position."""
    return ledger.CustomerChanged(
        customer_id=customer_id,
        version=version,
        source=SOURCE,
        customer_number=f"K-{name}",
        known=True,
        name=name,
        language="de",
        contacts=tuple(
            ledger.Contact(contact_id=str(n), name=address.split("@")[0], role=role, email=address)
            for n, (address, role) in enumerate(contacts, 1)
        ),
    )


def invoice(**changed: Any) -> ledger.InvoiceOpened:
    """1,200.00 due on the ninth of April, or as changed."""
    opened = next(one for one in our_examples() if isinstance(one, ledger.InvoiceOpened))
    return opened.model_copy(update=changed)


def payment(**changed: Any) -> ledger.PaymentReceived:
    """500.00 of the seventeenth of April, of which nothing is applied; or as changed."""
    paid = next(one for one in our_examples() if isinstance(one, ledger.PaymentReceived))
    return paid.model_copy(update=changed)


def credit_note(**changed: Any) -> ledger.CreditPosted:
    """240.00 of the fifteenth of April, of which nothing is applied; or as changed."""
    posted = next(one for one in our_examples() if isinstance(one, ledger.CreditPosted))
    return posted.model_copy(update=changed)


def message(**changed: Any) -> notifier.MessageSent:
    """A reminder of this morning by mail, or as changed."""
    sent = next(one for one in our_examples() if isinstance(one, notifier.MessageSent))
    return sent.model_copy(update=changed)


def dispute(**changed: Any) -> disputes.DisputeOpened:
    """Opened, or as changed."""
    opened = next(one for one in our_examples() if isinstance(one, disputes.DisputeOpened))
    return opened.model_copy(update=changed)


def dispute_withdrawn() -> disputes.DisputeWithdrawn:
    """What the first customer disputed holds nothing any more."""
    return next(one for one in our_examples() if isinstance(one, disputes.DisputeWithdrawn))


@dataclass
class Portal:
    """The running service, and what goes in and out of it."""

    service: Service
    app: FastAPI
    clock: Path
    browsers: list[httpx.AsyncClient] = field(default_factory=list)
    heard: int = 0

    customer = staticmethod(customer)
    invoice = staticmethod(invoice)
    payment = staticmethod(payment)
    credit_note = staticmethod(credit_note)
    message = staticmethod(message)
    dispute_withdrawn = staticmethod(dispute_withdrawn)

    def pays(
        self,
        amount: str,
        *,
        left: str,
        on: date = date(2026, 4, 29),
        version: int = 1,
        payment_id: UUID = PAYMENT,
    ) -> ledger.PaymentReceived:
        """So much of the first invoice, which leaves so much open."""
        whole = invoice(open=left, version=version + 1)
        return payment(
            version=version,
            payment_id=payment_id,
            source_id=str(payment_id),
            value_date=on,
            amount=amount,
            unapplied="0.00",
            allocations=(ledger.Allocation(invoice_id=whole.invoice_id, amount=amount),),
            invoices=(ledger.Invoice.model_validate(whole.model_dump()),),
        )

    async def watch(self, name: str, *behind: str) -> None:
        """One run of that job; `behind` is what is still to be heard, where nobody listens to a broker."""
        (job,) = [one for one in self.service.jobs if one.name == name]
        found: Watch = job.run.__self__

        async def missing() -> list[str]:
            return [*behind]

        await replace(found, behind=missing).run()

    async def watch_all(self, name: str) -> None:
        """One run of that job, which waits for nobody."""
        (job,) = [one for one in self.service.jobs if one.name == name]
        await job.run()

    async def hear(self, *facts: Event) -> None:
        """As one slice."""
        async with self.service.database.work(self.service.clock.now()) as work:
            await HEARING.take(
                work, [record_of(one, self.heard + n) for n, one in enumerate(facts)]
            )
        self.heard += len(facts)

    def browser(self, **headers: str) -> httpx.AsyncClient:
        """One with cookies of its own, which says that our pages send what it sends."""
        made = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app),
            base_url=URL,
            headers={"Sec-Fetch-Site": "same-origin", **headers},
        )
        self.browsers.append(made)
        return made

    def move(self, by: timedelta) -> None:
        FileClock.move(self.clock, self.service.clock.now() + by)

    async def told(self) -> list[dict[str, Any]]:
        """What was told, oldest first."""
        rows = await self.rows(
            "SELECT convert_from(payload, 'utf8')::json AS body FROM outbox ORDER BY seq"
        )
        return [row["body"] for row in rows]

    async def mailed(self) -> str:
        """The token of the last link."""
        return (await self.mailed_link()).rpartition("/sign-in/")[2].partition("?")[0]

    async def mailed_link(self) -> str:
        """As whoever holds the key reads it."""
        (*_, asked) = await self.told()
        seal = Seal.of(KEYS)
        assert seal is not None
        link = seal.open(asked["link_sealed"], about=asked["sign_in_id"])
        assert link.startswith(f"{URL}/sign-in/")
        return link

    async def rows(self, sql: str, *arguments: object) -> list[Any]:
        async with self.service.database.look() as connection:
            return list(await connection.fetch(sql, *arguments))

    async def ask(self, browser: httpx.AsyncClient, email: str = ERIKA) -> dict[str, Any]:
        answer = await browser.post("/v1/sign-ins", json={"email": email})
        assert answer.status_code == 202, answer.text
        body: dict[str, Any] = answer.json()
        return body

    async def sign_in(
        self, browser: httpx.AsyncClient, email: str = ERIKA, customer_id: UUID | None = None
    ) -> str:
        """Returns the session's token; the browser has its cookie."""
        await self.ask(browser, email)
        named = {} if customer_id is None else {"customer_id": str(customer_id)}
        answer = await browser.post("/v1/sessions", json={"token": await self.mailed()} | named)
        assert answer.status_code == 201, answer.text
        token: str = answer.json()["session_token"]
        return token


def settings_of(url: str, clock: Path, **more: Any) -> Settings:
    return Settings(
        database_url=url,
        kafka_bootstrap_servers="unused:1",
        clock_file=str(clock),
        company_file=COMPANY,
        portal_api_public_url=URL,
        portal_api_link_keys=KEYS,
        **more,
    )


@pytest.fixture
def more_settings() -> dict[str, Any]:
    """What else the portal is told; tests that need something around it say so."""
    return {}


@pytest.fixture
async def portal(
    database_of: DatabaseOf, tmp_path: Path, more_settings: dict[str, Any]
) -> AsyncIterator[Portal]:
    """Two customers, Erika's and Otto's, each with one contact, one invoice, one payment, message and dispute."""
    clock = tmp_path / "clock"
    FileClock.move(clock, MONDAY)
    service = build(settings_of(await database_of("portal-api"), clock, **more_settings))
    made = Portal(service, create_app(service), clock)
    await made.hear(
        customer(CUSTOMER, (ERIKA, erp.Role.ACCOUNTS_PAYABLE)),
        customer(OTHER_CUSTOMER, ("otto@other.example", erp.Role.BILLING), name="Other"),
        invoice(),
        invoice(customer_id=OTHER_CUSTOMER, invoice_id=OTHER_INVOICE, invoice_number="9"),
        payment(),
        payment(customer_id=OTHER_CUSTOMER, payment_id=OTHER_PAYMENT),
        message(),
        dispute(),
        dispute(customer_id=OTHER_CUSTOMER, dispute_id=OTHER_DISPUTE),
        message(customer_id=OTHER_CUSTOMER, message_id=object_id(SOURCE, "message", "9")),
    )
    yield made
    for browser in made.browsers:
        await browser.aclose()
    await service.database.close()
