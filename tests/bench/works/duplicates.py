"""Redelivered duplicates against first delivery: the same invoices once more, each known by its version and content."""

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


async def duplicates(bench: Bench) -> Row:
    """`raw` is the first delivery, `ours` the second: both are the program itself."""
    await publish_customers(bench.at)
    await publish_invoices(bench.at)
    await known_customers(bench)
    await publish_invoices(bench.at)

    async def once(side: str) -> Measured:
        template, begin = ("known", 0) if side == "raw" else ("booked", INVOICES)
        url = await bench.databases.copy(template)
        connection = await connect(url)

        async def heard() -> int:
            return int(await connection.fetchval(HEARD, INVOICES_TOPIC)) - begin

        with process("ours", "ingest", bench.settings | {"DATABASE_URL": url}) as running:
            measured = await watch(heard, INVOICES, running)
        await connection.close()
        await bench.databases.drop(url)
        return measured

    return await turns(bench, "redelivered duplicates (raw: first)", "invoices/s", once)
