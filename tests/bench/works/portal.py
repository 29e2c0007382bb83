"""A customer reads at the portal, with a session and confined to their rows: an invoice, a statement of 500 items."""

import importlib
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import facts
from databases import connect
from measure import Bench, Measured, Row, process, turns
from works.reads import asked

from local_stack.addresses import free_port
from shared.base.clock import SystemClock
from shared.base.ids import derived_id, object_id
from shared.messaging.cloudevents import Record
from shared.testing.builders import SOURCE
from shared.worker.description import Service

TEMPLATE = "portal_read"
CUSTOMERS, INVOICES = 200, 5_000
PAIRS = 250
"""Invoices of the statement, and as many payments."""
STATED = CUSTOMERS
"""The number of the customer whose statement is drawn up."""
SLICE = 500
TOKEN = "t" * 43
SESSION_LIFE = timedelta(days=1)
_SESSION = """
INSERT INTO sessions (session_id, token_hash, address, customer_id, opened_at, seen_at, ends_at)
VALUES ($1, $2, $3, $4, $5, $5, $6)
"""


async def invoice(bench: Bench) -> Row:
    """One invoice, with its instalments and discounts, by whose customer is signed in."""
    mine = [object_id(SOURCE, "invoice", f"I{number}") for number in range(0, INVOICES, CUSTOMERS)]
    path = "/v1/invoices/{}".format
    return await reads(bench, "invoice at the portal", lambda n: path(mine[n % len(mine)]), of=0)


async def statement(bench: Bench) -> Row:
    """250 invoices and 250 payments with a running total."""
    return await reads(
        bench, "statement of 500 at the portal", lambda _: "/v1/statement", of=STATED, requests=600
    )


async def reads(
    bench: Bench, work: str, path_of: Callable[[int], str], *, of: int, requests: int = 6_000
) -> Row:
    """The same requests to both sides; raw is told whose rows they are and checks nobody."""
    url = await portal_of(bench)
    customer = object_id(SOURCE, "customer", f"C{of}")
    await sign_in(url, customer, f"ap@c{of}.example")

    async def once(side: str) -> Measured:
        settings = {"DATABASE_URL": url, "HTTP_PORT": str(free_port())}
        with process(side, "portal", bench.settings | settings) as running:
            port = int(settings["HTTP_PORT"])
            token = TOKEN if side == "ours" else str(customer)
            return await asked(port, token, path_of, running, requests=requests)

    return await turns(bench, work, "requests/s", once)


async def portal_of(bench: Bench) -> str:
    """A portal that has heard of all customers, invoices and payments."""
    url = await bench.databases.create(TEMPLATE, "portal-api")
    service: Service = importlib.import_module("portal_api.main").build(
        importlib.import_module("portal_api.config").Settings(
            database_url=url, kafka_bootstrap_servers="unused:1"
        )
    )
    told = [facts.customer(number) for number in range(CUSTOMERS + 1)]
    told += [facts.opened(number, number % CUSTOMERS) for number in range(INVOICES)]
    for number in range(INVOICES, INVOICES + PAIRS):
        told += [facts.opened(number, STATED), facts.paid(number, STATED)]
    await hear(service, told)
    await service.database.close()
    return url


async def hear(service: Service, told: Iterable[Any]) -> None:
    records = [
        Record(
            one.TOPIC, 0, offset, str(one.customer_id), {"type": one.TYPE}, one.model_dump_json().encode()
        )
        for offset, one in enumerate(told)
    ]  # fmt: skip
    for begin in range(0, len(records), SLICE):
        async with service.database.work(SystemClock().now()) as work:
            await service.hearings[0].take(work, records[begin : begin + SLICE])


async def sign_in(url: str, customer_id: UUID, address: str) -> None:
    """A session that lasts for all runs."""
    secrets: Any = importlib.import_module("portal_api.gateways.secrets")
    now = datetime.now(UTC)  # noqa: TID251 - sessions end by the machine's clock here
    connection = await connect(url)
    await connection.execute("DELETE FROM sessions")
    await connection.execute(
        _SESSION, derived_id("session", address), secrets.hash_of(TOKEN), address, customer_id, now,
        now + SESSION_LIFE,
    )  # fmt: skip
    await connection.close()
