"""How long a payment takes from the ERP's topic to the scheduler's committed projection, at a steady 50 a second."""

import asyncio
import statistics
import subprocess
import time
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from functools import partial
from uuid import UUID, uuid4

import asyncpg
from databases import connect
from measure import Bench, Measured, Row, cpu_seconds, process, program, reaches, turns
from works.ingest import CUSTOMERS, INVOICES, known_customers

from local_stack import topics
from shared.base.ids import object_id
from shared.messaging.bus import Outgoing
from shared.messaging.kafka import KafkaAt, KafkaBus
from shared.messaging.routes import Routes
from shared.testing import builders
from shared.testing.builders import SOURCE, Voice

PAYMENTS, WARM = 600, 100
EVERY_SECONDS = 0.02
LOOK_SECONDS = 0.004
WAIT_SECONDS_MAX = 120

_ARRIVED = "SELECT credit_id FROM credits"
_KNOWN = "SELECT count(*) FROM items"
_LOOKED_AT = """
SELECT count(*) FROM standings WHERE NOT EXISTS (SELECT 1 FROM timers WHERE fired_at IS NULL AND due_at <= now())
"""


async def payment(bench: Bench) -> Row:
    """Ours are the real workers of ledger and scheduler, with their jobs; the figure is the 99th percentile in ms."""
    await known_customers(bench)
    await bench.databases.create("projection", "scheduler")

    async def once(side: str) -> Measured:
        at = replace(bench.at, routes=Routes(f"payment.{uuid4().hex[:8]}."))
        await topics.create_missing(at.bootstrap, at.routes.prefix)
        ledger = await bench.databases.copy("booked")
        scheduler = await bench.databases.copy("projection")
        settings, connection = replace(bench, at=at).settings, await connect(scheduler)
        with ExitStack() as stack:
            if side == "ours":
                parts = [
                    program(name, "worker", settings | {"DATABASE_URL": url, "HTTP_PORT": "0"})
                    for name, url in (("ledger", ledger), ("scheduler", scheduler))
                ]
            else:
                parts = [
                    process("raw", part, settings | {"DATABASE_URL": url})
                    for part, url in (
                        ("payment", ledger),
                        ("relay", ledger),
                        ("projection", scheduler),
                    )
                ]
            running = [stack.enter_context(part) for part in parts]
            if side == "ours":
                await rest(connection, running)
            measured = await steady(at, connection, running)
        await connection.close()
        await bench.databases.drop(ledger)
        await bench.databases.drop(scheduler)
        return measured

    return await turns(bench, "payment to projection, p99 at 50/s", "ms", once)


async def rest(connection: asyncpg.Connection, running: list[subprocess.Popen]) -> None:
    """What the books hold already is told, heard and decided on before a payment comes: thousands of first looks."""
    for query, until in ((_KNOWN, INVOICES), (_LOOKED_AT, CUSTOMERS)):
        await reaches(partial(connection.fetchval, query), until, *running)


async def steady(
    at: KafkaAt,
    connection: asyncpg.Connection,
    running: list[subprocess.Popen],
) -> Measured:
    """First until payments get through on all partitions of the new topics; then the steady stream."""
    bus, sent, arrived = KafkaBus(at), {}, {}
    await bus.start()

    async def pay(number: int) -> None:
        sent[id_of(number)] = time.monotonic()
        await bus.publish([message(number)])

    async def look(until: int) -> None:
        deadline = time.monotonic() + WAIT_SECONDS_MAX
        while len(arrived) < until:
            assert time.monotonic() < deadline, f"{len(arrived)} of {until} payments arrived"
            now_there = [row[0] for row in await connection.fetch(_ARRIVED)]
            arrived.update(dict.fromkeys(set(now_there) - arrived.keys(), time.monotonic()))
            await asyncio.sleep(LOOK_SECONDS)

    await asyncio.gather(*map(pay, range(WARM)))
    await look(WARM)
    cpu = sum(map(cpu_seconds, running))
    looking, paying = asyncio.create_task(look(PAYMENTS)), []
    for number in range(WARM, PAYMENTS):
        paying.append(asyncio.create_task(pay(number)))
        await asyncio.sleep(EVERY_SECONDS)
    await asyncio.gather(looking, *paying)
    cpu = sum(map(cpu_seconds, running)) - cpu
    await bus.stop()
    taken = [arrived[id_of(number)] - sent[id_of(number)] for number in range(WARM, PAYMENTS)]
    return Measured(statistics.quantiles(taken, n=100)[98] * 1e3, cpu / len(taken) * 1e6)


def id_of(number: int) -> UUID:
    return object_id(SOURCE, "payment", f"P{number}")


def message(number: int) -> Outgoing:
    """A payment of the invoice of the same number, in full."""
    of = f"C{number % CUSTOMERS}"
    paid = builders.payment(f"P{number}", of, "1190.00", on=date(2026, 3, 30), to=f"I{number}")
    said = Voice().says(paid)
    return Outgoing(said.topic, of.encode(), said.value, said.headers)
