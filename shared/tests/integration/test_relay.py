"""The outbox under slow writers and rollbacks: nothing lost, nothing out of order within a key.

The same play is given to broken relays, which must be caught: a test that cannot fail proves nothing.
"""

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from shared.base.clock import FrozenClock
from shared.db import outbox
from shared.db.outbox import OutboxRow
from shared.db.work import Database
from shared.messaging import relay as relay_module
from shared.messaging.bus import Outgoing
from shared.messaging.relay import Cursor, Hole, LeaseLost, Relay
from shared.testing.plugin import DatabaseOf

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
WRITERS, ROUNDS = 8, 60


@dataclass
class Heap:
    """A bus that keeps what it is given."""

    taken: list[Outgoing] = field(default_factory=list)

    async def publish(self, batch: Sequence[Outgoing]) -> None:
        self.taken += batch


@pytest.fixture
async def database(database_of: DatabaseOf) -> AsyncIterator[Database]:
    database = Database(await database_of("runtime"), pool=WRITERS + 4)
    yield database
    await database.close()


async def write(database: Database, writer: int, committed: list[bytes]) -> None:
    """Several rows a transaction on a key of one's own; some slow, some rolled back."""
    chance = random.Random(writer)
    for number in range(ROUNDS):
        payload = f"{writer}:{number}".encode()
        try:
            async with database.work(NOW) as work:
                rows = [
                    OutboxRow(uuid4(), "t", str(writer), {}, payload)
                    for _ in range(chance.randint(1, 3))
                ]
                outbox.append(work, rows[:1])
                await work.write()
                if chance.random() < 0.2:
                    await asyncio.sleep(chance.random() * 0.05)
                outbox.append(work, rows[1:])
                if chance.random() < 0.15:
                    raise InterruptedError
        except InterruptedError:
            continue
        committed += [payload] * len(rows)


async def play(database: Database) -> tuple[list[bytes], list[bytes], dict[bytes, list[bytes]]]:
    """Writers and a relay at once; returns what was committed, what was told, and what was told per key."""
    heap, stopping, committed = Heap(), asyncio.Event(), list[bytes]()
    relay = Relay(service="test", database=database, bus=heap, clock=FrozenClock(NOW), owner="one")
    telling = asyncio.create_task(relay.run(stopping))
    await asyncio.gather(*(write(database, writer, committed) for writer in range(WRITERS)))
    await asyncio.sleep(0.6)
    stopping.set()
    await telling

    per_key = defaultdict(list)
    for message in heap.taken:
        per_key[message.key].append(message.value)
    return committed, [message.value for message in heap.taken], per_key


def in_order(values: list[bytes]) -> bool:
    numbers = [int(value.split(b":")[1]) for value in values]
    return numbers == sorted(numbers)


class TestRelay:
    async def test_tells_everything_committed_once_and_in_order(self, database: Database) -> None:
        committed, told, per_key = await play(database)

        assert sorted(told) == sorted(committed)
        assert all(in_order(values) for values in per_key.values())

    async def test_a_relay_that_forgets_holes_is_caught(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(relay_module, "holes_after", lambda *_, **__: [])

        committed, told, _ = await play(database)

        assert len(told) < len(committed)

    async def test_a_fence_taken_before_the_read_is_caught(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        honest: Callable[..., list[Hole]] = relay_module.holes_after
        monkeypatch.setattr(
            relay_module,
            "holes_after",
            lambda cursor, position, seen, *, xmin, fence: honest(
                cursor, position, seen, xmin=xmin, fence=xmin - 1
            ),
        )

        committed, told, _ = await play(database)

        assert len(told) < len(committed)

    async def test_holes_of_rollbacks_do_not_pile_up(self, database: Database) -> None:
        await play(database)

        async with database.look() as connection:
            gaps = await connection.fetchval("SELECT jsonb_array_length(gaps) FROM relay_cursor")
        assert gaps == 0


class TestLease:
    async def test_a_second_relay_waits_and_a_fenced_one_stops(self, database: Database) -> None:
        async with database.work(NOW) as work:
            outbox.append(work, [OutboxRow(uuid4(), "t", "k", {}, b"k:1")])
        first, second = (
            Relay(service="test", database=database, bus=Heap(), clock=FrozenClock(NOW), owner=name)
            for name in ("one", "two")
        )
        cursor = await first._lease()
        assert isinstance(cursor, Cursor)
        assert await second._lease() is None

        successor = await Relay(
            service="test", database=database, bus=Heap(), clock=FrozenClock(NOW), owner="one"
        )._lease()

        assert successor is not None
        with pytest.raises(LeaseLost):
            await first.tell_once(cursor)
