"""A credit directed at the portal: the ledger books it and asks the ERP, the portal hears what became of it."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx
import pytest

from portal_api.gateways import credit_desk
from shared.base.ids import object_id
from shared.contracts import erp
from shared.messaging.cloudevents import Record
from shared.testing.examples import CREDIT_NOTE, INVOICE, SOURCE, erp_examples
from shared.web.app import create_app
from shared.worker.description import Service

ERIKA = "erika@muster.example"
UP_SECONDS_MAX = 60
UNREACHABLE = "http://127.0.0.1:1"
TOLD = """
SELECT headers::json ->> 'ce_type' AS type, headers::json ->> 'ce_id' AS id, topic, key, payload, seq
FROM outbox WHERE topic LIKE '%ledger.events.v1' AND seq > $1 ORDER BY seq
"""

Opened = Callable[..., Awaitable[Service]]
Serving = Callable[..., Awaitable[tuple[Service, str]]]
SignIn = Callable[[Service, str], Awaitable[str]]


def example(kind: type[Any], **changed: Any) -> Any:
    return next(one for one in erp_examples() if type(one) is kind).model_copy(update=changed)


OTHERS = "K-20000"
STORY = (
    example(erp.ErpCustomerChanged),
    example(erp.ErpCustomerChanged, customer_number=OTHERS, contacts=()),
    example(erp.ErpInvoicePosted, opening=None, discounts=None, holds=None, instalments=None),
    example(
        erp.ErpInvoicePosted, customer_number=OTHERS, invoice_id="RE-9", opening=None, discounts=None,
        holds=None, instalments=None,
    ),
    example(erp.ErpCreditNotePosted, allocations=()),
)  # fmt: skip
"""Erika owes 1,200.00, and has a credit note of 240.00 on account."""


class Books:
    """The ledger, the portal that hears it, and Erika at her frontend."""

    def __init__(self, ledger: Service, portal: Service, http: httpx.AsyncClient) -> None:
        self.ledger, self.portal, self.http = ledger, portal, http
        self.heard, self.passed = 0, 0

    async def erp(self, *events: Any) -> None:
        """The ERP tells the ledger."""
        records = [
            Record(one.TOPIC, 0, self.heard + n, "", {"specversion": "1.0", "id": f"e{self.heard + n}",
                   "source": SOURCE, "type": one.TYPE}, one.model_dump_json(exclude_none=True).encode())
            for n, one in enumerate(events)
        ]  # fmt: skip
        async with self.ledger.database.work(self.ledger.clock.now()) as work:
            await self.ledger.hearings[0].take(work, records)
        self.heard += len(events)
        await self.spread()

    async def spread(self) -> None:
        """What the ledger told reaches the portal."""
        async with self.ledger.database.look() as connection:
            rows = await connection.fetch(TOLD, self.passed)
        records = [
            Record("ledger.events.v1", 0, row["seq"], row["key"], {"type": row["type"], "id": row["id"]},
                   bytes(row["payload"]))
            for row in rows
        ]  # fmt: skip
        async with self.portal.database.work(self.portal.clock.now()) as work:
            await self.portal.hearings[0].take(work, records)
        self.passed = max((row["seq"] for row in rows), default=self.passed)

    async def apply(
        self, amount: str, *, status: int = 201, key: str = "", credit: UUID = CREDIT_NOTE, of: UUID = INVOICE
    ) -> Any:  # fmt: skip
        said = {"credit_id": str(credit), "items": [{"invoice_id": str(of), "amount": amount}]}
        headers = {"Idempotency-Key": key} if key else {}
        answer = await self.http.post("/v1/credit-applications", json=said, headers=headers)
        assert answer.status_code == status, answer.text
        await self.spread()
        return answer.json()

    async def get(self, path: str) -> Any:
        answer = await self.http.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def stands(self) -> tuple[str, str, list[tuple[str, bool]]]:
        """(open of the invoice, unapplied of the credit note, where it stands) as the customer sees it"""
        invoice = await self.get(f"/v1/invoices/{INVOICE}")
        (credit,) = (await self.get("/v1/credits"))["items"]
        there = [(one["amount"], one["provisional"]) for one in credit["allocations"]]
        return invoice["open"], credit["unapplied"], there


@pytest.fixture
async def books(serving: Serving, opened: Opened, sign_in: SignIn) -> AsyncIterator[Books]:
    ledger, url = await serving("ledger")
    portal = await opened("portal-api", PORTAL_API_LEDGER_URL=url)
    transport = httpx.ASGITransport(create_app(portal), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="https://p.example") as http:
        made = Books(ledger, portal, http)
        await made.erp(*STORY)
        http.headers["Authorization"] = f"Bearer {await sign_in(portal, ERIKA)}"
        yield made


class TestApplying:
    async def test_counts_at_once_and_the_erp_confirms_it(self, books: Books) -> None:
        assert await books.stands() == ("1200.00", "240.00", [])

        shown = await books.apply("200.00")

        assert (shown["state"], shown["amount"], shown["currency"]) == ("applied", "200.00", "EUR")
        assert await books.stands() == ("1000.00", "40.00", [("200.00", True)])

        part = erp.ErpAllocation(invoice_id="RE-2026-0815", amount=Decimal("200.00"))
        credit = erp.ErpCredit(kind=erp.CreditKind.CREDIT_NOTE, id="GS-2026-0042")
        echo = example(erp.ErpAllocationsSet, credit=credit, allocations=(part,))
        await books.erp(echo, echo)

        assert await books.stands() == ("1000.00", "40.00", [("200.00", False)])
        seen = await books.get(f"/v1/credit-applications/{shown['application_id']}")
        assert seen["state"] == "confirmed"

    async def test_what_the_erp_refuses_is_shown_and_owed_again(self, books: Books) -> None:
        shown = await books.apply("200.00")

        await books.erp(erp.ErpRequestRefused(request_id=shown["application_id"], reason="closed"))

        assert await books.stands() == ("1200.00", "240.00", [])
        seen = await books.get(f"/v1/credit-applications/{shown['application_id']}")
        assert seen["state"] == "refused"

    async def test_is_once_by_its_key_and_without_one_refused_the_second_time(
        self, books: Books
    ) -> None:
        first = await books.apply("100.00", key="k")

        assert (await books.apply("100.00", key="k"))["application_id"] == first["application_id"]
        assert (await books.apply("100.00", status=409))["code"] == "already-stands-there"
        assert await books.stands() == ("1100.00", "140.00", [("100.00", True)])


@dataclass
class Process:
    """A ledger that can die, on a port of its own."""

    environment: dict[str, str]
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self, crash_at: str = "") -> asyncio.subprocess.Process:
        more = {"HTTP_PORT": str(self.port), "LOG_LEVEL": "ERROR", "CRASH_AT": crash_at}
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "ledger.main", "api", env=os.environ | self.environment | more
        )
        async with httpx.AsyncClient(trust_env=False) as http, asyncio.timeout(UP_SECONDS_MAX):
            while True:
                try:
                    await http.get(f"{self.url}/healthz")
                except httpx.TransportError:
                    await asyncio.sleep(0.1)
                else:
                    return process


class TestKills:
    @pytest.mark.parametrize("point", ["work.before-commit", "work.after-commit"])
    async def test_once_though_the_ledger_dies_around_its_commit(
        self, environment_of: Any, opened: Opened, sign_in: SignIn, point: str
    ) -> None:
        environment = await environment_of("ledger")
        with socket.create_server(("127.0.0.1", 0)) as sock:
            process = Process(environment, sock.getsockname()[1])
        ledger = await opened("ledger", DATABASE_URL=environment["DATABASE_URL"])
        portal = await opened("portal-api", PORTAL_API_LEDGER_URL=process.url)
        transport = httpx.ASGITransport(create_app(portal), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="https://p.example") as http:
            books = Books(ledger, portal, http)
            await books.erp(*STORY)
            http.headers["Authorization"] = f"Bearer {await sign_in(portal, ERIKA)}"

            dying = await process.start(crash_at=point)
            assert (await books.apply("100.00", status=503, key="k"))["code"] == "peer-unavailable"
            assert await dying.wait() == -signal.SIGKILL

            again = await process.start()
            await books.apply("100.00", key="k")
            await books.apply("100.00", key="k")
            assert await books.stands() == ("1100.00", "140.00", [("100.00", True)])
            again.terminate()
            await again.wait()


class TestRefusals:
    async def test_no_more_than_is_left_and_nothing_of_somebody_else(self, books: Books) -> None:
        others = object_id(SOURCE, "invoice", "RE-9")
        for asked, status, code in (
            ({"amount": "240.01"}, 409, "no-room"),
            ({"amount": "1.001"}, 422, "amount-too-precise"),
            ({"amount": "0"}, 422, "request-invalid"),
            ({"amount": "1.00", "of": others}, 404, "invoice-unknown"),
            ({"amount": "1.00", "of": UUID(int=7)}, 404, "invoice-unknown"),
            ({"amount": "1.00", "credit": UUID(int=7)}, 404, "credit-unknown"),
        ):
            assert (await books.apply(**asked, status=status))["code"] == code  # type: ignore[arg-type]
        assert await books.stands() == ("1200.00", "240.00", [])

    async def test_an_application_of_nobody_is_unknown(self, books: Books) -> None:
        answer = await books.http.get(f"/v1/credit-applications/{UUID(int=7)}")
        assert (answer.status_code, answer.json()["code"]) == (404, "credit-application-unknown")

    async def test_while_the_ledger_is_away_nothing_is_done_and_said_so(
        self, opened: Opened, sign_in: SignIn, books: Books
    ) -> None:
        books.portal = await opened("portal-api", PORTAL_API_LEDGER_URL=UNREACHABLE)
        books.passed = 0
        await books.spread()
        headers = {"Authorization": f"Bearer {await sign_in(books.portal, ERIKA)}"}
        transport = httpx.ASGITransport(create_app(books.portal), raise_app_exceptions=False)
        async with httpx.AsyncClient(
            transport=transport, base_url="https://p.example", headers=headers
        ) as books.http:
            assert (await books.apply("1.00", status=503))["code"] == "peer-unavailable"

    async def test_what_is_passed_on_is_what_the_ledger_documents(self, opened: Opened) -> None:
        document = create_app(await opened("ledger")).openapi()
        answers = document["paths"]["/v1/credit-applications"]["post"]["responses"]

        for one in credit_desk.APPLYING:
            content = answers[str(one.status)]["content"]["application/problem+json"]
            assert one.code in content["examples"]
