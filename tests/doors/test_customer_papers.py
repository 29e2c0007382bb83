"""Papers through the portal's doors, printed by a ledger that runs: a customer's own, and nobody else's."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest

from shared.base.ids import object_id
from shared.contracts import erp, ledger
from shared.messaging.cloudevents import Record
from shared.testing.examples import CUSTOMER, INVOICE, PAYMENT, SOURCE, our_examples
from shared.web.app import create_app
from shared.worker.description import Service

NOBODY_LISTENS = "http://127.0.0.1:1"
OTHER_CUSTOMER = object_id(SOURCE, "customer", "K-20000")
OTHER_INVOICE = object_id(SOURCE, "invoice", "RE-9")
AHEAD = object_id(SOURCE, "invoice", "RE-10")
"""The portal has heard of it, and this ledger has not."""
PAPERS = (
    (f"/v1/invoices/{INVOICE}/document", "application/pdf", "invoice-2026-0815.pdf"),
    (f"/v1/payments/{PAYMENT}/document", "application/pdf", "receipt-2026-04-17.pdf"),
    ("/v1/statement.pdf?as_of=2026-04-20", "application/pdf", "statement-2026-04-20.pdf"),
    ("/v1/statement.csv?as_of=2026-04-20", "text/csv; charset=utf-8", "statement-2026-04-20.csv"),
)


@dataclass
class Desk:
    """A customer's browser at a portal that asks a ledger."""

    http: httpx.AsyncClient
    headers: dict[str, str]

    async def get(self, path: str) -> httpx.Response:
        return await self.http.get(path, headers=self.headers)


def customer(customer_id: UUID, address: str) -> ledger.CustomerChanged:
    return ledger.CustomerChanged(
        customer_id=customer_id, version=1, source=SOURCE, customer_number=str(customer_id), known=True, name="A",
        contacts=(ledger.Contact(contact_id="1", name="E", role=erp.Role.BILLING, email=address),),
    )  # fmt: skip


@pytest.fixture
async def desk_of(
    opened: Callable[..., Awaitable[Service]], sign_in: Any
) -> Callable[[str], Awaitable[Desk]]:
    """`await desk_of(url)` → Erika's, where the ledger is at that address."""

    async def made(url: str) -> Desk:
        portal = await opened("portal-api", PORTAL_API_LEDGER_URL=url)
        invoice = next(one for one in our_examples() if isinstance(one, ledger.InvoiceOpened))
        payment = next(one for one in our_examples() if isinstance(one, ledger.PaymentReceived))
        other = {"customer_id": OTHER_CUSTOMER, "invoice_id": OTHER_INVOICE}
        facts = [
            customer(CUSTOMER, "erika@muster.example"),
            customer(OTHER_CUSTOMER, "otto@other.example"),
            invoice,
            invoice.model_copy(update=other),
            invoice.model_copy(update={"invoice_id": AHEAD}),
            payment,
        ]
        async with portal.database.work(portal.clock.now()) as work:
            records = [record_of(*one) for one in enumerate(facts)]
            await portal.hearings[0].take(work, records)
        token = await sign_in(portal, "erika@muster.example")
        transport = httpx.ASGITransport(create_app(portal))
        http = httpx.AsyncClient(transport=transport, base_url="https://portal.example")
        return Desk(http, {"Authorization": f"Bearer {token}"})

    return made


def record_of(offset: int, fact: Any) -> Record:
    attributes = {"type": fact.TYPE, "id": str(fact.event_id)}
    data = fact.model_dump_json().encode()
    return Record(fact.TOPIC, 0, offset, str(fact.customer_id), attributes, data)


class TestPapers:
    async def test_are_the_ledger_s_to_keep_and_not_to_show(
        self, door_of: Any, desk_of: Callable[[str], Awaitable[Desk]]
    ) -> None:
        ledger_door = await door_of("ledger")
        desk = await desk_of(ledger_door.url)

        for path, media_type, name in PAPERS:
            answer = await desk.get(path)

            assert answer.status_code == 200, answer.text
            assert answer.headers["Content-Type"] == media_type
            assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert "no-store" in answer.headers["Cache-Control"]
            printed = answer.content.startswith(b"%PDF-")
            assert printed or answer.text.startswith("\ufeffline,")

    async def test_of_somebody_else_are_as_unknown_as_none(
        self, door_of: Any, desk_of: Callable[[str], Awaitable[Desk]]
    ) -> None:
        ledger_door = await door_of("ledger")
        desk = await desk_of(ledger_door.url)

        for invoice_id in (OTHER_INVOICE, UUID(int=7)):
            answer = await desk.get(f"/v1/invoices/{invoice_id}/document")
            assert (answer.status_code, answer.json()["code"]) == (404, "invoice-unknown")

    async def test_that_the_books_do_not_have_yet_are_refused_by_name(
        self, door_of: Any, desk_of: Callable[[str], Awaitable[Desk]]
    ) -> None:
        ledger_door = await door_of("ledger")
        desk = await desk_of(ledger_door.url)

        answer = await desk.get(f"/v1/invoices/{AHEAD}/document")

        assert (answer.status_code, answer.json()["code"]) == (409, "not-printed-yet")

    async def test_are_refused_by_name_while_the_ledger_is_away(
        self, desk_of: Callable[[str], Awaitable[Desk]]
    ) -> None:
        desk = await desk_of(NOBODY_LISTENS)

        for path, *_ in PAPERS:
            answer = await desk.get(path)
            assert (answer.status_code, answer.json()["code"]) == (503, "peer-unavailable")
        assert (await desk.get("/v1/invoices.csv")).status_code == 200, "that is our own"
