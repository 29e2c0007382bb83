"""The scheduler's projection: customers, invoices opened, and payments that settle some of them."""

from functools import partial

import facts
from databases import connect
from measure import Bench, Measured, Row, process, say, turns, watch
from works.ingest import HEARD, publish

CUSTOMERS, OPENED, PAID = 2_000, 12_000, 6_000
TOPIC = "ledger.events.v1"


async def projection(bench: Bench) -> Row:
    """From the ledger's topic to the scheduler's tables, with a look ordered for everybody touched."""
    say(f"publishing {CUSTOMERS} customers, {OPENED} invoices and {PAID} payments")
    await publish(bench.at, facts.messages(map(facts.customer, range(CUSTOMERS))))
    await publish(
        bench.at, facts.messages(facts.opened(one, one % CUSTOMERS) for one in range(OPENED))
    )
    await publish(bench.at, facts.messages(facts.paid(one, one % CUSTOMERS) for one in range(PAID)))
    await bench.databases.create("projection", "scheduler")

    async def once(side: str) -> Measured:
        url = await bench.databases.copy("projection")
        connection = await connect(url)
        heard = partial(connection.fetchval, HEARD, TOPIC)
        with process(side, "projection", bench.settings | {"DATABASE_URL": url}) as running:
            measured = await watch(heard, CUSTOMERS + OPENED + PAID, running)
        await connection.close()
        await bench.databases.drop(url)
        return measured

    return await turns(bench, "scheduler projection", "facts/s", once)
