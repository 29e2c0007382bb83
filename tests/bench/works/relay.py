"""The outbox relay: finished rows of the outbox to Kafka, in order, behind a cursor."""

from datetime import UTC, datetime
from functools import partial

import facts
from databases import connect
from measure import Bench, Measured, Row, process, say, turns, watch

from shared.db import outbox
from shared.db.work import Database

ROWS = 20_000
APPEND_ROWS = 1_000

_TOLD = "SELECT position FROM relay_cursor"


async def relay(bench: Bench) -> Row:
    """From a full outbox to the topic."""
    say(f"writing {ROWS} rows to an outbox")
    await full_outbox(bench)

    async def once(side: str) -> Measured:
        url = await bench.databases.copy("outbox")
        connection = await connect(url)
        with process(side, "relay", bench.settings | {"DATABASE_URL": url}) as running:
            measured = await watch(partial(connection.fetchval, _TOLD), ROWS, running)
        await connection.close()
        await bench.databases.drop(url)
        return measured

    return await turns(bench, "outbox relay", "facts/s", once)


async def full_outbox(bench: Bench) -> None:
    """A ledger's database that has told nothing yet."""
    database = Database(await bench.databases.create("outbox", "ledger"))
    rows = facts.rows(facts.opened(number, number % 2_000) for number in range(ROWS))
    for begin in range(0, ROWS, APPEND_ROWS):
        async with database.work(datetime(2026, 3, 2, 9, tzinfo=UTC)) as work:
            outbox.append(work, rows[begin : begin + APPEND_ROWS])
    await database.close()
