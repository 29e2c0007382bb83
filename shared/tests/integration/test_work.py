"""Transactions come from a pool that keeps its connections, however many want one at a time; writes can wait."""

import asyncio

import asyncpg
import pytest

from shared.base.clock import EPOCH
from shared.db.work import Database, is_transient
from shared.testing.plugin import DatabaseOf

CONNECTIONS, AT_ONCE = 3, 12
_TIMERS = (
    "INSERT INTO timers (kind, key, due_at) SELECT $2, key, $3 FROM unnest($1::text[]) AS row (key)"
)
_OFFSETS = "INSERT INTO consumer_offsets SELECT topic, 0, next FROM unnest($1::text[], $2::int[]) AS row (topic, next)"
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


class TestWhatIsPutOff:
    async def test_is_written_in_order_before_the_commit(self, database_of: DatabaseOf) -> None:
        database = Database(await database_of("runtime"), pool=1)

        async with database.work(EPOCH) as work:
            work.later(_TIMERS, [("a",), ("b",)], "first", EPOCH)
            work.later(_OFFSETS, [("t", 1), ("u", 2)])
            work.later(_TIMERS, [("c",)], "first", EPOCH)
            work.later(_TIMERS, [("a",)], "second", EPOCH)
            assert await work.connection.fetchval("SELECT count(*) FROM timers") == 0

        async with database.look() as looking:
            timers = await looking.fetch("SELECT kind, key FROM timers ORDER BY kind, key")
            offsets = await looking.fetch("SELECT topic, next_offset FROM consumer_offsets")
        assert [tuple(one) for one in timers] == [
            ("first", "a"),
            ("first", "b"),
            ("first", "c"),
            ("second", "a"),
        ]
        assert {tuple(one) for one in offsets} == {("t", 1), ("u", 2)}
        await database.close()

    async def test_can_be_had_at_once(self, database_of: DatabaseOf) -> None:
        database = Database(await database_of("runtime"), pool=1)

        async with database.work(EPOCH) as work:
            work.later(_TIMERS, [("a",)], "first", EPOCH)
            await work.write()
            assert await work.connection.fetchval("SELECT count(*) FROM timers") == 1
        await database.close()

    async def test_undoes_everything_when_it_fails(self, database_of: DatabaseOf) -> None:
        database = Database(await database_of("runtime"), pool=1)

        async def contradict() -> None:
            async with database.work(EPOCH) as work:
                await work.connection.execute(_TIMERS, ["b"], "first", EPOCH)
                work.later(_OFFSETS, [("t", 1)])
                work.later(_TIMERS, [("a",), ("a",)], "first", EPOCH)

        with pytest.raises(asyncpg.UniqueViolationError):
            await contradict()

        async with database.look() as looking:
            assert await looking.fetchval("SELECT count(*) FROM timers") == 0
            assert await looking.fetchval("SELECT count(*) FROM consumer_offsets") == 0
        await database.close()


@pytest.mark.parametrize("writes", [True, False])
async def test_a_connection_that_is_closed_between_two_questions_is_the_worlds_fault(
    database_of: DatabaseOf, writes: bool
) -> None:
    """The driver has several words for it; each means: try again, on another connection."""
    database = Database(await database_of("runtime"), pool=CONNECTIONS)

    async def closed_inside(turns: int) -> None:
        if writes:
            async with database.work(EPOCH) as work:
                await cut(await work.connection.fetchval("SELECT pg_backend_pid()"), turns)
        else:
            async with database.look() as connection:
                await cut(await connection.fetchval("SELECT pg_backend_pid()"), turns)

    async def cut(process: int, turns: int) -> None:
        async with database.look() as other:
            await other.execute("SELECT pg_terminate_backend($1)", process)
        for _ in range(turns):
            await asyncio.sleep(0)

    for turns in range(0, 40, 2):
        with pytest.raises(Exception) as failed:  # noqa: PT011 - whatever the driver says
            await closed_inside(turns)
        assert is_transient(failed.value), repr(failed.value)
    async with database.look() as connection:
        assert await connection.fetchval("SELECT 1") == 1
    await database.close()


async def test_waiting_in_vain_for_a_connection_may_be_tried_again(database_of: DatabaseOf) -> None:
    database = Database(await database_of("runtime"), pool=1, wait_s=0.1)

    async with database.ask():
        with pytest.raises(Exception) as failed:  # noqa: PT011 - whatever the pool says
            async with database.ask():
                pass

    assert is_transient(failed.value), repr(failed.value)
    await database.close()
