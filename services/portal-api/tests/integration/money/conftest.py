"""What stands around a portal that takes money: the fake of Stripe, a ledger, and Erika at the counter."""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import httpx
import pytest
from fastapi import Query

from local_stack.addresses import LOOPBACK, free_port
from local_stack.machine_time import machine_now
from local_stack.pay.signature import signature
from local_stack.servers import Servers, app
from local_stack.sinks import Credentials, Sinks
from portal_api.interfaces.charging import Charging
from shared.base.ids import object_id
from shared.contracts import disputes
from shared.testing.examples import CUSTOMER, INVOICE, SOURCE, our_examples

HOME = "https://shop.example/paid?from=mail"


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
def more_settings(around: Around) -> dict[str, Any]:
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

    portal: Any
    around: Around
    stripe: httpx.AsyncClient
    browser: httpx.AsyncClient
    heard: int = 0

    async def events(self) -> list[Any]:
        return list((await self.stripe.get("/events")).json()["items"])

    async def hears(
        self, event: Any, *, ago: int = 0, secret: str = "", **forged: Any
    ) -> httpx.Response:
        """The portal does, of an event that was signed so many seconds ago; what is forged was not signed."""
        body = json.dumps(event).encode()
        at_s = int(machine_now().timestamp()) - ago
        signed = signature(secret or self.around.known.stripe_webhook_secret, body, at_s=at_s)
        if forged:
            body = json.dumps(event | forged).encode()
        answer: httpx.Response = await self.portal.browser().post(
            "/webhooks/stripe", content=body, headers={"Stripe-Signature": signed}
        )
        return answer

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
        mail = self.portal.message(message_id=UUID(told["announcement_id"]), at=at, items=())
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


@dataclass
class Payer(Counter):
    """Erika, who pays by the provider's page."""

    async def pay(
        self, *items: tuple[UUID, str], key: str | None = None, back: str = HOME, **said: str
    ) -> httpx.Response:
        given = items or ((INVOICE, "900.00"),)
        body = [{"invoice_id": str(one), "amount": amount, **said} for one, amount in given]
        headers = {"Idempotency-Key": key} if key else {}
        return await self.browser.post(
            "/v1/payments", json={"items": body, "return_url": back}, headers=headers
        )

    async def asked(self, *items: tuple[UUID, str], **more: str) -> str:
        answer = await self.pay(*items, **more)
        assert answer.status_code == 201, answer.text
        payment_id: str = answer.json()["payment_id"]
        return payment_id

    async def refused(self, *items: tuple[UUID, str], **more: str) -> tuple[int, str]:
        answer = await self.pay(*items, **more)
        return answer.status_code, answer.json()["code"]

    async def sessions(self) -> list[Any]:
        return list((await self.stripe.get("/sessions")).json()["items"])

    async def hears_all(self) -> None:
        for event in await self.events():
            answer = await self.hears(event)
            assert answer.status_code == 200, answer.text

    async def state(self, payment_id: str) -> Any:
        return (await self.browser.get(f"/v1/payments/{payment_id}/state")).json()

    async def moves(self) -> list[tuple[str, int]]:
        """State and version of each payment told."""
        return [
            (one["state"], one["version"])
            for one in await self.portal.told()
            if "payment_id" in one
        ]


@pytest.fixture
async def counter(portal: Any, around: Around) -> AsyncIterator[Payer]:
    """With Erika signed in."""
    browser = portal.browser()
    await portal.sign_in(browser)
    async with httpx.AsyncClient(base_url=around.url, trust_env=False) as stripe:
        yield Payer(portal, around, stripe, browser)


@pytest.fixture
def payer(counter: Payer) -> Payer:
    """Erika, where she is the one who acts."""
    return counter


@pytest.fixture
async def ready(counter: Counter) -> Counter:
    """A card is saved, and autopay is on; 1,200.00 are eleven days overdue, 100.00 of it disputed."""
    await counter.saves()
    assert (await counter.autopay()).status_code == 200
    return counter


@pytest.fixture
async def undisputed(portal: Any) -> None:
    """Nothing of the 1,200.00 is disputed any more."""
    opened = next(one for one in our_examples() if isinstance(one, disputes.DisputeOpened))
    item = opened.items[0].model_copy(update={"held": "0.00"})
    await portal.hear(opened.model_copy(update={"version": 8, "items": (item,)}))


Dying = Callable[[str, str], AbstractContextManager[None]]


@pytest.fixture
def dying(monkeypatch: pytest.MonkeyPatch) -> Dying:
    """Meanwhile whoever comes to that point of that module goes no further, as by `kill -9`."""

    @contextmanager
    def at(module: str, point: str) -> Iterator[None]:
        def dies(reached: str) -> None:
            if reached == point:
                raise SystemError(f"killed at {point}")

        with monkeypatch.context() as patch:
            patch.setattr(f"portal_api.interfaces.{module}.reached", dies)
            yield

    return at
