"""The runtime's own consumer and relay on brokers of the test's choice, with a projection that can be added up."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from local_stack import topics
from local_stack.children import Child, ProgramFailed, kill_group, start, stop, wait_ready
from local_stack.kafka import Broker, prepare_cluster
from shared.base.clock import FrozenClock
from shared.base.telling import Telling
from shared.contracts.event import Event
from shared.db import offsets
from shared.db.work import Database, Work
from shared.messaging.bus import Outgoing
from shared.messaging.cloudevents import wire_headers
from shared.messaging.consumer import Consumer
from shared.messaging.kafka import KafkaAt, KafkaBus
from shared.messaging.projection import Projection
from shared.messaging.routes import Routes
from shared.testing.plugin import DatabaseOf

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TOPIC = "ledger.events.v1"
SECONDS_MAX = 240
SESSION_SECONDS = 6
NODES = 3


class Counted(Event):
    """A number for a customer; versions of a customer are 1, 2, 3 …"""

    TYPE = "ledger.thing.counted.v1"
    TOPIC = TOPIC
    SUBJECT = "customer_id"

    number: int


@dataclass(slots=True)
class Sums(Telling):
    """Per customer the last version and the sum of the numbers; `heard` counts records, repeated ones too."""

    of: dict[UUID, tuple[int, int]] = field(default_factory=dict)
    heard: int = 0


async def load(
    connection: asyncpg.Connection, events: Sequence[Event], *, moment: datetime
) -> Sums:
    ids = [event.customer_id for event in events]
    rows = await connection.fetch("SELECT * FROM sums WHERE customer_id = ANY($1::uuid[])", ids)
    return Sums(of={row["customer_id"]: (row["version"], row["total"]) for row in rows})


async def save(work: Work, sums: Sums) -> None:
    rows = [(one, *state) for one, state in sums.of.items()]
    await work.connection.executemany(
        "INSERT INTO sums VALUES ($1, $2, $3) ON CONFLICT (customer_id)"
        " DO UPDATE SET version = excluded.version, total = excluded.total",
        rows,
    )
    await work.connection.execute("UPDATE heard SET records = records + $1", sums.heard)


def count_thing(sums: Sums, thing: Counted, *, moment: datetime) -> None:
    sums.heard += 1
    version, total = sums.of.get(thing.customer_id, (0, 0))
    if thing.version > version:
        sums.of[thing.customer_id] = (thing.version, total + thing.number)


class Hall:
    """Consumers of one group over one database, that come and go by name."""

    Counted, topic, now, count_thing = Counted, TOPIC, NOW, staticmethod(count_thing)

    def __init__(self, database: Database, at: KafkaAt) -> None:
        self.database, self.at = database, replace(at, session_seconds=SESSION_SECONDS)
        self._running: dict[str, tuple[asyncio.Event, asyncio.Task[None]]] = {}

    async def enter(self, name: str, hears: dict[type[Event], Any] | None = None) -> Consumer:
        """A member of that name; the same name is the same static member."""
        hearing = Projection(
            service="scheduler", topics=(TOPIC,), hears=hears or {Counted: count_thing}, load=load, save=save
        )  # fmt: skip
        consumer = Consumer(
            service="scheduler",
            hearings=[hearing],
            database=self.database,
            at=replace(self.at, static_member=name),
            clock=FrozenClock(NOW),
            slice_records=100,
        )
        stopping = asyncio.Event()
        self._running[name] = (stopping, asyncio.create_task(consumer.run(stopping)))
        return consumer

    async def leave(self, name: str) -> None:
        """Finish the slice and go, as on SIGTERM."""
        stopping, running = self._running.pop(name)
        stopping.set()
        await running

    async def drop(self, name: str) -> None:
        """Go in the middle of whatever it is doing."""
        _, running = self._running.pop(name)
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running

    async def empty(self) -> None:
        for name in list(self._running):
            await self.leave(name)

    async def heard(self, records: int) -> None:
        """Return when so many records are behind the group; raises what a member died of."""
        async with asyncio.timeout(SECONDS_MAX):
            while await self.position() < records:
                for _, running in self._running.values():
                    if running.done():
                        running.result()
                await asyncio.sleep(0.05)

    async def position(self) -> int:
        async with self.database.look() as connection:
            return sum((await offsets.everything(connection)).values())

    async def sums(self) -> dict[UUID, tuple[int, int]]:
        async with self.database.look() as connection:
            rows = await connection.fetch("SELECT * FROM sums")
        return {row["customer_id"]: (row["version"], row["total"]) for row in rows}

    async def counted(self) -> int:
        """Records that had their effect, repeated ones too."""
        async with self.database.look() as connection:
            return int(await connection.fetchval("SELECT records FROM heard"))


class Load:
    """Customers and their numbers, round after round, and what they must add up to."""

    def __init__(self, customers: int) -> None:
        self.customers = [uuid4() for _ in range(customers)]
        self.rounds = 0

    def round(self) -> list[Counted]:
        self.rounds += 1
        return [
            Counted(customer_id=one, version=self.rounds, number=self.rounds)
            for one in self.customers
        ]

    @property
    def records(self) -> int:
        return self.rounds * len(self.customers)

    def sums(self) -> dict[UUID, tuple[int, int]]:
        total = self.rounds * (self.rounds + 1) // 2
        return dict.fromkeys(self.customers, (self.rounds, total))


def message(event: Event, body: bytes | None = None, event_type: str = "") -> Outgoing:
    headers = {
        "content-type": "application/json",
        "ce_specversion": "1.0",
        "ce_id": str(uuid4()),
        "ce_source": "urn:dunwell:ledger",
        "ce_type": event_type or event.TYPE,
    }
    value = body or event.model_dump_json().encode()
    return Outgoing(TOPIC, str(event.customer_id).encode(), value, wire_headers(headers))


class Cluster:
    """Three brokers that are one; two of them must have a record before it counts."""

    def __init__(self, folder: Path) -> None:
        self._nodes: list[Broker] = prepare_cluster(folder, nodes=NODES)
        self._children: dict[int, Child] = {}
        self.bootstrap = ",".join(node.bootstrap for node in self._nodes)

    def start(self, *numbers: int) -> None:
        for number in numbers:
            self._children[number] = start(self._nodes[number].program)
        for number in numbers:
            wait_ready(self._nodes[number].program, self._children[number])

    def kill(self, number: int) -> None:
        kill_group(self._children[number].pid)

    def stop(self) -> None:
        for number, child in self._children.items():
            with suppress(ProgramFailed):
                stop(self._nodes[number].program, child)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    cluster = Cluster(tmp_path_factory.mktemp("cluster"))
    cluster.start(*range(NODES))
    yield cluster
    cluster.stop()


@pytest.fixture
async def three_nodes(cluster: Cluster) -> KafkaAt:
    """Topics of this test's own on three nodes, each partition on all of them."""
    prefix = f"t{uuid4().hex[:10]}."
    await topics.create_missing(cluster.bootstrap, prefix, 6, names=(TOPIC,), replicas=NODES)
    return KafkaAt(cluster.bootstrap, Routes(prefix))


@pytest.fixture
async def database(database_of: DatabaseOf) -> AsyncIterator[Database]:
    database = Database(await database_of("runtime"))
    async with database.work(NOW) as work:
        await work.connection.execute(
            "CREATE TABLE sums (customer_id uuid PRIMARY KEY, version bigint, total bigint);"
            "CREATE TABLE heard (records bigint); INSERT INTO heard VALUES (0)"
        )
    yield database
    await database.close()


@pytest.fixture
async def hall(database: Database, kafka_at: KafkaAt) -> AsyncIterator[Hall]:
    """Consumers on the run's single broker."""
    hall = Hall(database, kafka_at)
    yield hall
    await hall.empty()


@pytest.fixture
async def wide_hall(database: Database, three_nodes: KafkaAt) -> AsyncIterator[Hall]:
    """Consumers on three nodes."""
    hall = Hall(database, three_nodes)
    yield hall
    await hall.empty()


@pytest.fixture
async def bus(kafka_at: KafkaAt) -> AsyncIterator[KafkaBus]:
    bus = KafkaBus(kafka_at)
    await bus.start()
    yield bus
    await bus.stop()


@pytest.fixture
def new_load() -> type[Load]:
    return Load


@pytest.fixture
def as_message() -> Any:
    return message
