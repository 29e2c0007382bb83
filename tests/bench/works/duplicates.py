"""Redelivered duplicates against first delivery: the same invoices once more, each known by its version and content."""

from dataclasses import replace

from databases import connect
from measure import Bench, Measured, Row, process, turns, watch
from works.ingest import (
    HEARD,
    INVOICES,
    INVOICES_TOPIC,
    known_customers,
    publish_customers,
    publish_invoices,
)

from local_stack import topics
from shared.messaging.routes import Routes


async def duplicates(bench: Bench) -> Row:
    """`raw` is the first delivery, `ours` the second: both are the program itself. The second has topics of its own
    that hold everything twice, in the same places, so that no partition runs ahead into it during the first.
    """
    twice = replace(bench.at, routes=Routes(bench.at.routes.prefix + "twice."))
    await topics.create_missing(twice.bootstrap, twice.routes.prefix)
    await known_customers(bench)
    await publish_customers(twice)
    for _ in ("first", "second"):
        await publish_invoices(twice)

    async def once(side: str) -> Measured:
        template, begin = ("known", 0) if side == "raw" else ("booked", INVOICES)
        settings = replace(bench, at=bench.at if side == "raw" else twice).settings
        url = await bench.databases.copy(template)
        connection = await connect(url)

        async def heard() -> int:
            return int(await connection.fetchval(HEARD, INVOICES_TOPIC)) - begin

        with process("ours", "ingest", settings | {"DATABASE_URL": url}) as running:
            measured = await watch(heard, INVOICES, running)
        await connection.close()
        await bench.databases.drop(url)
        return measured

    return await turns(bench, "redelivered duplicates (raw: first)", "invoices/s", once)
