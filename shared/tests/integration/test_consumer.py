"""Slices through a real broker and a real database: effects once, crashes alone, zombies fenced."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID, uuid4

import asyncpg
import pytest

from shared.base.clock import FrozenClock
from shared.base.telling import Telling
from shared.contracts.event import Event
from shared.db import offsets
from shared.db.work import Database, Work
from shared.messaging import consumer as consumer_module
from shared.messaging.bus import Outgoing
from shared.messaging.cloudevents import wire_headers
from shared.messaging.consumer import Consumer, TooManyCrashes
from shared.messaging.kafka import KafkaAt, KafkaBus
from shared.messaging.projection import Projection
from shared.testing.plugin import DatabaseOf

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TOPIC = "ledger.events.v1"


class Counted(Event):
    """A fact for these tests alone."""

    TYPE = "ledger.thing.counted.v1"
    TOPIC = TOPIC
    SUBJECT = "customer_id"

    number: int
    crash: bool = False


@dataclass(slots=True)
class Tally(Telling):
    counted: list[tuple[UUID, int]] = field(default_factory=list)


async def load(
    connection: asyncpg.Connection, events: Sequence[Event], *, moment: datetime
) -> Tally:
    return Tally()


async def save(work: Work, tally: Tally) -> None:
    await work.connection.executemany("INSERT INTO tally VALUES ($1, $2)", tally.counted)


def count_thing(tally: Tally, thing: Counted, *, moment: datetime) -> None:
    if thing.crash:
        raise ZeroDivisionError(thing.number)
    tally.counted.append((thing.customer_id, thing.number))


@pytest.fixture
async def database(database_of: DatabaseOf) -> AsyncIterator[Database]:
    database = Database(await database_of("runtime"))
    async with database.work(NOW) as work:
        await work.connection.execute("CREATE TABLE tally (customer_id uuid, number int)")
    yield database
    await database.close()


@pytest.fixture
async def bus(kafka_at: KafkaAt) -> AsyncIterator[KafkaBus]:
    bus = KafkaBus(kafka_at)
    await bus.start()
    yield bus
    await bus.stop()


def projection() -> Projection[Tally]:
    return Projection(
        service="scheduler", topics=(TOPIC,), hears={Counted: count_thing}, load=load, save=save
    )


def message(event: Counted) -> Outgoing:
    headers = {
        "content-type": "application/json",
        "ce_specversion": "1.0",
        "ce_id": str(uuid4()),
        "ce_source": "urn:dunwell:ledger",
        "ce_type": event.TYPE,
    }
    return Outgoing(
        TOPIC,
        str(event.customer_id).encode(),
        event.model_dump_json().encode(),
        wire_headers(headers),
    )


def things(customers: Sequence[UUID], each: int) -> list[Counted]:
    return [
        Counted(customer_id=one, version=n, number=n)
        for n in range(1, each + 1)
        for one in customers
    ]


async def hear(database: Database, at: KafkaAt, *, until: int, seconds: float = 90) -> Consumer:
    """Run a consumer until so many records are behind it."""
    consumer = Consumer(
        service="scheduler",
        hearings=[projection()],
        database=database,
        at=at,
        clock=FrozenClock(NOW),
    )
    stopping = asyncio.Event()
    running = asyncio.create_task(consumer.run(stopping))
    async with asyncio.timeout(seconds):
        while await heard(database) < until:
            if (await asyncio.wait([running], timeout=0.02))[0]:
                break
    stopping.set()
    await running
    return consumer


async def heard(database: Database) -> int:
    async with database.look() as connection:
        return sum((await offsets.everything(connection)).values())


async def tallied(database: Database) -> list[tuple[UUID, int]]:
    async with database.look() as connection:
        return [
            tuple(row) for row in await connection.fetch("SELECT customer_id, number FROM tally")
        ]


class TestSlices:
    async def test_every_record_has_its_effect_once_and_in_order(
        self, database: Database, bus: KafkaBus, kafka_at: KafkaAt
    ) -> None:
        customers = [uuid4() for _ in range(20)]
        await bus.publish([message(thing) for thing in things(customers, 50)])

        await hear(database, kafka_at, until=1_000)

        found = await tallied(database)
        assert all(
            [n for one, n in found if one == customer] == list(range(1, 51))
            for customer in customers
        )

    async def test_a_new_consumer_goes_on_where_the_books_stand(
        self, database: Database, bus: KafkaBus, kafka_at: KafkaAt
    ) -> None:
        customer = uuid4()
        await bus.publish([message(thing) for thing in things([customer], 10)])
        await hear(database, kafka_at, until=10)
        await bus.publish([message(Counted(customer_id=customer, version=11, number=11))])

        await hear(database, kafka_at, until=11)

        assert [number for _, number in await tallied(database)] == list(range(1, 12))


class TestCrashes:
    async def test_the_guilty_record_and_its_followers_park_and_all_others_flow(
        self, database: Database, bus: KafkaBus, kafka_at: KafkaAt
    ) -> None:
        good, bad = uuid4(), uuid4()
        plan = [
            *things([good], 6),
            Counted(customer_id=bad, version=1, number=1),
            Counted(customer_id=bad, version=2, number=2, crash=True),
            Counted(customer_id=bad, version=3, number=3),
        ]
        await bus.publish([message(thing) for thing in plan])

        await hear(database, kafka_at, until=9)

        found = await tallied(database)
        async with database.look() as connection:
            parked = await connection.fetch(
                "SELECT code, key FROM parked_events ORDER BY parked_id"
            )
        assert sorted(n for one, n in found if one == good) == [1, 2, 3, 4, 5, 6]
        assert [n for one, n in found if one == bad] == [1]
        assert [(row["code"], row["key"]) for row in parked] == [
            ("crashed", str(bad)),
            ("behind-parked", str(bad)),
        ]

    async def test_crashes_everywhere_stop_the_line(
        self, database: Database, bus: KafkaBus, kafka_at: KafkaAt
    ) -> None:
        await bus.publish(
            [
                message(Counted(customer_id=uuid4(), version=1, number=1, crash=True))
                for _ in range(40)
            ]
        )

        with pytest.raises(TooManyCrashes):
            await hear(database, kafka_at, until=40)


class TestZombies:
    """Two owners of one partition, as after a pause longer than the session: both hold the same slice."""

    async def both(
        self, database: Database, bus: KafkaBus, kafka_at: KafkaAt, *, told_meanwhile: bool = False
    ) -> list[int]:
        """`told_meanwhile`: a rebalance tells the zombie where its successor stands, its old slice still in hand."""
        await bus.publish([message(thing) for thing in things([uuid4()], 5)])
        await hear(database, kafka_at, until=5)
        zombie = Consumer(
            service="scheduler",
            hearings=[projection()],
            database=database,
            at=kafka_at,
            clock=FrozenClock(NOW),
        )
        kafka = consumer_module.group_consumer(kafka_at, group="zombie")
        kafka.subscribe([kafka_at.routes.on_broker(TOPIC)])
        await kafka.start()
        try:
            async with asyncio.timeout(20):
                while not (batch := await kafka.getmany(timeout_ms=200)):
                    pass
            zombie.kafka = kafka
            for partition in batch:
                zombie._next[partition] = 0
            cut = zombie._slices(batch)
            if told_meanwhile:
                await zombie._assigned(list(batch))
            for one in cut:
                await zombie._hear(one)
        finally:
            await kafka.stop()
        return [number for _, number in await tallied(database)]

    async def test_the_one_who_comes_second_is_fenced(
        self, database: Database, bus: KafkaBus, kafka_at: KafkaAt
    ) -> None:
        assert await self.both(database, bus, kafka_at) == [1, 2, 3, 4, 5]

    async def test_a_zombie_that_is_told_the_new_offset_is_fenced_all_the_same(
        self, database: Database, bus: KafkaBus, kafka_at: KafkaAt
    ) -> None:
        found = await self.both(database, bus, kafka_at, told_meanwhile=True)

        assert found == [1, 2, 3, 4, 5]

    async def test_an_assignment_waits_for_the_database(
        self, database: Database, kafka_at: KafkaAt, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked, honest = [], offsets.stored

        async def away_at_first(*arguments: object) -> dict[tuple[str, int], int]:
            asked.append(arguments)
            if len(asked) < 3:
                raise ConnectionRefusedError
            return await honest(*arguments)  # type: ignore[arg-type]

        monkeypatch.setattr(offsets, "stored", away_at_first)
        consumer = Consumer(
            service="scheduler",
            hearings=[projection()],
            database=database,
            at=kafka_at,
            clock=FrozenClock(NOW),
        )
        stopping = asyncio.Event()
        running = asyncio.create_task(consumer.run(stopping))
        async with asyncio.timeout(60):
            while not consumer.joined:
                await asyncio.sleep(0.05)
        stopping.set()
        await running

        assert len(asked) == 3

    async def test_who_is_cut_off_before_the_group_lets_it_in_leaves_no_member_behind(
        self, database: Database, kafka_at: KafkaAt
    ) -> None:
        others = asyncio.all_tasks()
        consumer = Consumer(
            service="scheduler",
            hearings=[projection()],
            database=database,
            at=kafka_at,
            clock=FrozenClock(NOW),
        )
        running = asyncio.create_task(consumer.run(asyncio.Event()))
        async with asyncio.timeout(60):
            while consumer.kafka is None or consumer.kafka._coordinator is None:
                await asyncio.sleep(0)

        running.cancel()
        await asyncio.wait([running])

        assert asyncio.all_tasks() == others

    async def test_without_the_compare_and_set_the_effect_is_double(
        self, database: Database, bus: KafkaBus, kafka_at: KafkaAt, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        blind = offsets._MOVE.rpartition(" AND ")[0]
        monkeypatch.setattr(offsets, "_MOVE", blind)

        assert sorted(await self.both(database, bus, kafka_at)) == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
