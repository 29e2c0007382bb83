"""Transactions come from a pool that keeps its connections, however many want one at a time."""

import asyncio

import asyncpg
import pytest

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


async def test_a_look_sees_one_instant_and_changes_nothing(database_of: DatabaseOf) -> None:
    database = Database(await database_of("runtime"), pool=CONNECTIONS)
    count = "SELECT count(*) FROM timers"

    async with database.look() as looking:
        before = await looking.fetchval(count)
        async with database.work(EPOCH) as work:
            await work.connection.execute(
                "INSERT INTO timers (kind, key, due_at) VALUES ('a', 'b', $1)", EPOCH
            )
        assert await looking.fetchval(count) == before
        with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
            await looking.execute("DELETE FROM timers")

    async with database.look() as looking:
        assert await looking.fetchval(count) == before + 1
    await database.close()


async def test_work_after_a_look_on_the_same_connection_is_undone_whole(
    database_of: DatabaseOf,
) -> None:
    database = Database(await database_of("runtime"), pool=1)
    count = "SELECT count(*) FROM timers"

    async with database.look() as looking:
        before = await looking.fetchval(count)

    async def goes_wrong() -> None:
        async with database.work(EPOCH) as work:
            await work.connection.execute(
                "INSERT INTO timers (kind, key, due_at) VALUES ('a', 'b', $1)", EPOCH
            )
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await goes_wrong()

    async with database.look() as looking:
        assert await looking.fetchval(count) == before
    await database.close()
