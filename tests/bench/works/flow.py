"""Ledger, its relay and the scheduler, three processes: from an ERP's invoice to the scheduler's projection."""

from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from uuid import uuid4

from databases import connect
from measure import Bench, Measured, Row, process, turns, watch
from works.ingest import HEARD, INVOICES, known_customers, publish_invoices

from local_stack import topics
from shared.messaging.routes import Routes

LEDGER_TOPIC = "ledger.events.v1"


async def flow(bench: Bench) -> Row:
    """Every run has topics of its own, because the ledger's would go on growing."""
    await known_customers(bench)
    await bench.databases.create("projection", "scheduler")

    async def once(side: str) -> Measured:
        at = replace(bench.at, routes=Routes(f"flow.{uuid4().hex[:8]}."))
        await topics.create_missing(at.bootstrap, at.routes.prefix)
        await publish_invoices(at)
        ledger = await bench.databases.copy("known")
        scheduler = await bench.databases.copy("projection")
        settings, connection = replace(bench, at=at).settings, await connect(scheduler)
        with ExitStack() as stack:
            running = [
                stack.enter_context(process(side, part, settings | {"DATABASE_URL": url}))
                for part, url in (("ingest", ledger), ("relay", ledger), ("projection", scheduler))
            ]
            heard = partial(connection.fetchval, HEARD, LEDGER_TOPIC)
            measured = await watch(heard, INVOICES, *running)
        await connection.close()
        await bench.databases.drop(ledger)
        await bench.databases.drop(scheduler)
        return measured

    return await turns(bench, "ledger + relay + scheduler", "invoices/s", once)
