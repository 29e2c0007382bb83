"""The portal on a real database: facts of the ledger in, browsers at the door, facts out."""

import base64
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI, Query

from local_stack.addresses import LOOPBACK, free_port
from local_stack.machine_time import machine_now
from local_stack.pay.signature import signature
from local_stack.servers import Servers, app
from local_stack.sinks import Credentials, Sinks
from portal_api.config import Settings
from portal_api.interfaces.charging import Charging
from portal_api.interfaces.consumers import HEARING
from portal_api.interfaces.watch import Watch
from portal_api.main import build
from shared.base.clock import FileClock
from shared.base.ids import object_id
from shared.contracts import disputes, erp, ledger, notifier
from shared.contracts.event import Event
from shared.messaging.cloudevents import Record
from shared.messaging.seal import Seal
from shared.testing.examples import CUSTOMER, INVOICE, SOURCE, our_examples
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


@dataclass
class Around:
    """What the portal finds around it: the fake of Stripe, and a ledger that says what is open."""

    known: Credentials = field(default_factory=Credentials)
    port: int = field(default_factory=free_port)
    ledger_port: int = field(default_factory=free_port)
    open: dict[UUID, tuple[str, str]] = field(default_factory=dict)
    asked: int = 0
    down: bool = False

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    async def amounts(
        self, customer_id: UUID, invoice_id: Annotated[list[UUID], Query()]
    ) -> dict[str, Any]:
        self.asked += 1
        assert not self.down, "the ledger crashes"
        plain = {"legal_entity": "DE01", "source_id": "-", "status": "open"}
        return {
            "items": [
                {**plain, "invoice_id": one, "invoice_number": "2026-0815"}
                | dict(zip(("open", "currency"), self.open[one], strict=True))
                for one in invoice_id
                if customer_id == CUSTOMER and one in self.open
            ]
        }

    @staticmethod
    async def token() -> dict[str, Any]:
        return {"access_token": "t", "expires_in": 3_600, "token_type": "Bearer"}


@pytest.fixture
async def around(tmp_path: Path) -> AsyncIterator[Around]:
    made, sinks, servers = Around(), Sinks(tmp_path), Servers()
    made.open = {
        INVOICE: ("1200.00", "EUR"),
        object_id(SOURCE, "invoice", "RE-2"): ("50.00", "EUR"),
        object_id(SOURCE, "invoice", "RE-USD"): ("70.00", "USD"),
    }
    ledger = app("ledger")
    ledger.add_api_route("/v1/customers/{customer_id}/open-amounts", made.amounts)
    ledger.add_api_route("/token", made.token, methods=["POST"])
    await servers.serve(ledger, made.ledger_port)
    await sinks.payments(made.port, made.known, "")
    yield made
    await sinks.stop()
    await servers.stop()


@pytest.fixture
def provider_settings(around: Around) -> dict[str, Any]:
    """What the portal is told of the fake of Stripe, and of the ledger."""
    ledger = f"http://{LOOPBACK}:{around.ledger_port}"
    return {
        "portal_api_allowed_origins": ("https://shop.example",),
        "portal_api_ledger_url": ledger,
        "service_token_url": f"{ledger}/token",
        "portal_api_stripe_url": around.url,
        "portal_api_stripe_secret_key": around.known.stripe_key,
        "portal_api_stripe_webhook_secrets": f"whsec_older,{around.known.stripe_webhook_secret}",
    }


@dataclass
class Counter:
    """Where notices of the fake are taken to the portal, and means are saved."""

    portal: Portal
    around: Around
    stripe: httpx.AsyncClient
    browser: httpx.AsyncClient
    heard: int = 0

    async def events(self) -> list[Any]:
        return list((await self.stripe.get("/events")).json()["items"])

    async def hears(self, event: Any) -> httpx.Response:
        """The portal does, of an event."""
        body = json.dumps(event).encode()
        secret = self.around.known.stripe_webhook_secret
        signed = signature(secret, body, at_s=int(machine_now().timestamp()))
        return await self.portal.browser().post(
            "/webhooks/stripe", content=body, headers={"Stripe-Signature": signed}
        )

    async def hears_new(self) -> list[str]:
        """Of all that is new; returns what came of each."""
        new = (await self.events())[self.heard :]
        self.heard += len(new)
        return [(await self.hears(event)).json()["outcome"] for event in new]

    async def text_hash(self, language: str = "en") -> str:
        answer = await self.browser.get("/v1/mandate-text", params={"language": language})
        hashed: str = answer.json()["hash"]
        return hashed

    async def asks(self, key: str | None = None, **changed: Any) -> httpx.Response:
        """Erika asks to save a means of payment."""
        body = {"text_hash": await self.text_hash(), "return_url": "https://shop.example/means"}
        headers = {"Idempotency-Key": key} if key else {}
        return await self.browser.post("/v1/mandates", json=body | changed, headers=headers)

    async def at_the_page(self, what: str = "means", **said: Any) -> None:
        """Something happens at the last page."""
        session = (await self.stripe.get("/sessions")).json()["items"][-1]
        answer = await self.stripe.post(f"/sessions/{session['id']}/{what}", json=said)
        assert answer.status_code == 200, answer.text

    async def saves(self, last4: str = "4242") -> None:
        """And does, and the portal hears of it."""
        assert (await self.asks()).status_code == 201
        await self.at_the_page(last4=last4)
        await self.hears_new()

    async def mandate(self) -> Any:
        return (await self.browser.get("/v1/mandate")).json()

    async def autopay(self, amount: str | None = "5000.00") -> httpx.Response:
        limit = amount and {"currency": "EUR", "amount": amount}
        return await self.browser.put("/v1/autopay", json={"limit": limit})

    async def announced(self, *, ago: timedelta = timedelta()) -> Any:
        """What falls due is announced, and its mail leaves; the last of what was told."""
        await self.portal.watch("autopay")
        (*_, told) = await self.told("portal-api.charge.announced")
        await self.leaves(told, ago=ago)
        return told

    async def leaves(self, told: Any, *, ago: timedelta = timedelta()) -> None:
        """The mail that announces it."""
        at = self.portal.service.clock.now() - ago
        mail = message(message_id=UUID(told["announcement_id"]), at=at, items=())
        await self.portal.hear(mail)

    async def charges_day(self, days: int = 4) -> None:
        """So many days later the charges are made."""
        self.portal.move(timedelta(days=days))
        await self.charge()

    async def charge(self) -> None:
        """One run of the job that charges, which waits for nobody."""
        (job,) = [one for one in self.portal.service.jobs if one.name == "charges"]
        found: Charging = job.run.__self__

        async def enough() -> bool:
            return True

        await replace(found, heard_enough=enough).run()

    async def intents(self) -> list[Any]:
        return list((await self.stripe.get("/intents")).json()["items"])

    async def bank_says(self, decline: str) -> None:
        """Of the last means that was saved."""
        (*_, method) = (await self.stripe.get("/methods")).json()["items"]
        await self.stripe.post(f"/methods/{method['id']}/answers", json={"decline": decline})

    async def last(self, path: str = "/v1/charges") -> Any:
        """The last charge, as Erika sees it; she signs in anew."""
        await self.portal.sign_in(self.browser)
        return (await self.browser.get(path)).json()["items"][0]

    async def told(self, *kinds: str) -> list[Any]:
        """What was told under types that begin so."""
        rows = await self.portal.rows(
            "SELECT headers::json ->> 'ce_type' AS kind, convert_from(payload, 'utf8')::json AS body "
            "FROM outbox ORDER BY seq"
        )
        return [row["body"] for row in rows if row["kind"].startswith(kinds)]


@pytest.fixture
async def counter(portal: Portal, around: Around) -> AsyncIterator[Counter]:
    """With Erika signed in."""
    browser = portal.browser()
    await portal.sign_in(browser)
    async with httpx.AsyncClient(base_url=around.url, trust_env=False) as stripe:
        yield Counter(portal, around, stripe, browser)
