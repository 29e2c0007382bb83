"""Own words read back from a real broker before anything is heard or done."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer

from local_stack import topics
from shared.base.clock import FrozenClock
from shared.db import offsets
from shared.db.work import Database, Work
from shared.messaging import recall as recall_module
from shared.messaging.bus import Outgoing
from shared.messaging.cloudevents import Record
from shared.messaging.kafka import KafkaAt, KafkaBus
from shared.messaging.recall import Recall
from shared.messaging.routes import Routes
from shared.testing.plugin import DatabaseOf

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
OWN, OTHERS = "notifier.events.v1", "scheduler.events.v1"


@dataclass
class Memory:
    """What was read back."""

    topics: tuple[str, ...] = (OWN,)
    words: list[bytes] = field(default_factory=list)

    async def take(self, work: Work, records: Sequence[Record]) -> None:
        self.words += [record.data for record in records]

    async def park(self, work: Work, record: Record, error: Exception) -> None:
        raise error


@pytest.fixture
async def database(database_of: DatabaseOf) -> AsyncIterator[Database]:
    database = Database(await database_of("runtime"))
    yield database
    await database.close()


@pytest.fixture
def new_at(kafka_at: KafkaAt) -> KafkaAt:
    """A corner of the broker where nobody has made topics."""
    if not kafka_at.end_offsets:
        pytest.skip("this broker keeps no log beyond its own life: there is nothing to recall")
    return KafkaAt(kafka_at.bootstrap, Routes(f"t{uuid4().hex[:10]}."))


async def say(at: KafkaAt, topic: str, words: Sequence[bytes]) -> None:
    bus = KafkaBus(at)
    await bus.start()
    await bus.publish([Outgoing(topic, b"k", word, []) for word in words])
    await bus.stop()


async def recall(database: Database, at: KafkaAt, memory: Memory) -> None:
    async with asyncio.timeout(60):
        await Recall(database=database, at=at, clock=FrozenClock(NOW)).run(
            [memory], heard=(OTHERS,), stopping=asyncio.Event()
        )


class TestRecall:
    async def test_reads_its_own_words_once_and_leaves_those_of_others(
        self, database: Database, new_at: KafkaAt
    ) -> None:
        await topics.create_missing(new_at.bootstrap, new_at.routes.prefix)
        await say(new_at, OWN, [b"1", b"2", b"3"])
        await say(new_at, OTHERS, [b"x"])
        memory, later = Memory(), Memory()

        await recall(database, new_at, memory)
        await recall(database, new_at, later)

        assert (memory.words, later.words) == ([b"1", b"2", b"3"], [])
        async with database.look() as connection:
            heard = await offsets.everything(connection)
        assert {topic for (topic, _), offset in heard.items() if offset} == {OWN}

    async def test_does_not_take_a_topic_that_is_unknown_for_one_where_nothing_was_said(
        self, database: Database, new_at: KafkaAt, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        impatient = partial(AIOKafkaConsumer, request_timeout_ms=3000)
        monkeypatch.setattr(recall_module, "AIOKafkaConsumer", impatient)
        memory = Memory()
        recalling = asyncio.create_task(recall(database, new_at, memory))
        await asyncio.wait([recalling], timeout=5)
        assert not recalling.done()

        await topics.create_missing(new_at.bootstrap, new_at.routes.prefix, names=(OWN,))
        await say(new_at, OWN, [b"1"])
        await topics.create_missing(new_at.bootstrap, new_at.routes.prefix)
        await recalling

        assert memory.words == [b"1"]
