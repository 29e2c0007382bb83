"""Transactions come from a pool that keeps its connections, however many want one at a time."""

import asyncio

from shared.base.clock import EPOCH
from shared.db.work import Database
from shared.testing.plugin import DatabaseOf

CONNECTIONS, AT_ONCE = 3, 12


async def test_a_crowd_is_served_by_the_connections_that_are_kept(database_of: DatabaseOf) -> None:
    database = Database(await database_of("runtime"), pool=CONNECTIONS)

    async def served_by() -> int:
        async with database.work(EPOCH) as work:
            process: int = await work.connection.fetchval("SELECT pg_backend_pid()")
            return process

    served = [*await asyncio.gather(*(served_by() for _ in range(AT_ONCE)))]
    served += await asyncio.gather(*(served_by() for _ in range(AT_ONCE)))

    assert len(set(served)) <= CONNECTIONS
    await database.close()
