"""A customer at the portal, which asks disputes on a real database; and our people at their door."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from shared.base.clock import FileClock
from shared.contracts import erp, ledger
from shared.messaging.cloudevents import Record
from shared.testing.examples import CUSTOMER, INVOICE, SOURCE, our_examples
from shared.web.app import create_app
from shared.worker.description import Service

ERIKA = "erika@muster.example"
UNREACHABLE = "http://127.0.0.1:1"

Opened = Callable[..., Awaitable[Service]]
Serving = Callable[..., Awaitable[tuple[Service, str]]]
SignIn = Callable[[Service, str], Awaitable[str]]


def owes() -> list[Any]:
    """A customer whose main contact is Erika, and their invoice."""
    erika = ledger.Contact(
        contact_id="7", name="Erika", role=erp.Role.DECISION_MAKER, email=ERIKA, language="de"
    )
    customer = ledger.CustomerChanged(
        customer_id=CUSTOMER, version=1, source=SOURCE, customer_number="K-1", known=True, name="Muster",
        contacts=(erika,),
    )  # fmt: skip
    return [customer, next(one for one in our_examples() if isinstance(one, ledger.InvoiceOpened))]


async def hear(service: Service, *facts: Any) -> None:
    records = [
        Record(one.TOPIC, 0, offset, str(one.customer_id), {"type": one.TYPE, "id": str(one.event_id)},
               one.model_dump_json().encode())
        for offset, one in enumerate(facts)
    ]  # fmt: skip
    async with service.database.work(service.clock.now()) as work:
        await service.hearings[0].take(work, records)


class Customer:
    """Erika at her frontend, disputes as our people see it, and the service itself."""

    def __init__(
        self, http: httpx.AsyncClient, disputes: httpx.AsyncClient, service: Service
    ) -> None:
        self.http, self.disputes, self.service = http, disputes, service

    async def post(self, path: str, *, status: int = 201, key: str = "", **sent: Any) -> Any:
        headers = {"Idempotency-Key": key} if key else {}
        answer = await self.http.post(path, headers=headers, **sent)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def open(self, amount: str = "100.00", *, status: int = 201, **more: Any) -> Any:
        items = [{"invoice_id": str(INVOICE), "amount": amount}]
        said = {"items": items, "reason": "damaged", "words": "two are broken"} | more
        key = said.pop("key", "")
        return await self.post("/v1/disputes", status=status, key=key, json=said)

    async def bring(self, dispute: Any, name: str, content: bytes, *, status: int = 201) -> Any:
        path = f"/v1/disputes/{dispute['dispute_id']}/papers"
        return await self.post(path, status=status, files={"file": (name, content)})

    async def decide(self, dispute: Any, outcome: str = "rejected") -> None:
        """Somebody of ours does."""
        said = {"outcome": outcome, "why": "signed for", "words": "Your warehouse signed for ten."}
        path = f"/v1/disputes/{dispute['dispute_id']}/resolutions"
        answer = await self.disputes.post(path, json=said)
        assert answer.status_code == 201, answer.text

    def later(self) -> None:
        """A minute goes by at disputes."""
        settings: Any = self.service.settings
        now = self.service.clock.now()
        FileClock.move(Path(settings.clock_file), now + timedelta(minutes=1))

    async def scan(self) -> None:
        """What waits for the scanner has been looked at."""
        (job,) = (one for one in self.service.jobs if one.name == "scan")
        while await job.run():
            pass

    async def download(self, dispute: Any, paper: Any) -> httpx.Response:
        path = f"/v1/disputes/{dispute['dispute_id']}/papers/{paper['paper_id']}"
        return await self.http.get(path)


@pytest.fixture
async def customer(
    serving: Serving, opened: Opened, sign_in: SignIn, key_server: Any
) -> AsyncIterator[Customer]:
    disputes, url = await serving("disputes")
    portal = await opened("portal-api", PORTAL_API_DISPUTES_URL=url)
    await hear(disputes, *owes())
    await hear(portal, *owes())
    session = {"Authorization": f"Bearer {await sign_in(portal, ERIKA)}"}
    staff = {"Authorization": f"Bearer {key_server.token()}"}
    transport = httpx.ASGITransport(create_app(portal), raise_app_exceptions=False)
    async with (
        httpx.AsyncClient(
            transport=transport, base_url="https://p.example", headers=session
        ) as http,
        httpx.AsyncClient(base_url=url, headers=staff) as desk,
    ):
        yield Customer(http, desk, disputes)


@pytest.fixture
async def alone(opened: Opened, sign_in: SignIn) -> AsyncIterator[httpx.AsyncClient]:
    """Erika's frontend where nobody answers for disputes."""
    portal = await opened("portal-api", PORTAL_API_DISPUTES_URL=UNREACHABLE)
    await hear(portal, *owes())
    headers = {"Authorization": f"Bearer {await sign_in(portal, ERIKA)}"}
    transport = httpx.ASGITransport(create_app(portal), raise_app_exceptions=False)
    async with httpx.AsyncClient(
        transport=transport, base_url="https://p.example", headers=headers
    ) as http:
        yield http
