"""Transactions come from a pool that keeps its connections, however many want one at a time."""

import asyncio

import asyncpg
import pytest

from shared.base.clock import EPOCH
from shared.db.work import Database
from shared.testing.plugin import DatabaseOf

CONNECTIONS, AT_ONCE = 3, 12
_CUT_OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


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


async def test_connections_that_died_in_the_pool_are_replaced_unseen(
    database_of: DatabaseOf,
) -> None:
    url = await database_of("runtime")
    database = Database(url, pool=CONNECTIONS)

    async def looked() -> None:
        async with database.look() as looking:
            await looking.fetchval("SELECT pg_sleep(0.1)")

    await asyncio.gather(*(looked() for _ in range(CONNECTIONS)))
    stranger = await asyncpg.connect(url.replace("+asyncpg", ""))
    await stranger.execute(_CUT_OTHERS)
    await stranger.close()
    await asyncio.sleep(0.1)

    await asyncio.gather(*(looked() for _ in range(CONNECTIONS)))
    async with database.work(EPOCH) as work:
        assert await work.connection.fetchval("SELECT 1") == 1
    await database.close()
