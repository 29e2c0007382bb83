"""Parked records of our own topics: retried in order, discarded with a reason, told to whoever must know."""

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID, uuid4

import asyncpg
import pytest

from shared.base.telling import Telling
from shared.contracts.event import Event
from shared.contracts.scheduler import RecordsParked
from shared.db.work import Database, Work
from shared.messaging.cloudevents import Record
from shared.messaging.projection import Projection, Unreadable
from shared.testing.plugin import DatabaseOf

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TOPIC = "ledger.events.v1"
broken_numbers: set[int] = set()


class Noted(Event):
    """A fact for these tests alone."""

    TYPE = "ledger.thing.noted.v1"
    TOPIC = TOPIC
    SUBJECT = "customer_id"

    number: int


@dataclass(slots=True)
class Notes(Telling):
    noted: list[int] = field(default_factory=list)


async def load(
    connection: asyncpg.Connection, events: Sequence[Event], *, moment: datetime
) -> Notes:
    return Notes()


async def save(work: Work, notes: Notes) -> None:
    work.later("INSERT INTO note SELECT unnest($1::int[])", [(number,) for number in notes.noted])


def note(notes: Notes, thing: Noted, *, moment: datetime) -> None:
    if thing.number in broken_numbers:
        raise ZeroDivisionError(thing.number)
    notes.noted.append(thing.number)


def parked_fact(customer_id: UUID, version: int, parked: int) -> RecordsParked:
    return RecordsParked(customer_id=customer_id, version=version, parked=parked)


PROJECTION = Projection(
    service="scheduler",
    topics=(TOPIC,),
    hears={Noted: note},
    load=load,
    save=save,
    parked_fact=parked_fact,
)


@pytest.fixture
async def database(database_of: DatabaseOf) -> AsyncIterator[Database]:
    broken_numbers.clear()
    database = Database(await database_of("runtime"))
    async with database.work(NOW) as work:
        await work.connection.execute("CREATE TABLE note (number int)")
    yield database
    await database.close()


def record(customer: UUID, number: int) -> Record:
    event = Noted(customer_id=customer, version=number, number=number)
    attributes = {"type": Noted.TYPE, "id": str(event.event_id), "source": "urn:dunwell:ledger"}
    return Record(TOPIC, 0, number, str(customer), attributes, event.model_dump_json().encode())


async def take(database: Database, *records: Record) -> None:
    async with database.work(NOW) as work:
        await PROJECTION.take(work, records)


async def park(database: Database, record: Record) -> None:
    async with database.work(NOW) as work:
        await PROJECTION.park(work, record, ZeroDivisionError("why"))


async def noted(database: Database) -> list[int]:
    async with database.look() as connection:
        return [row["number"] for row in await connection.fetch("SELECT number FROM note")]


async def told(database: Database) -> list[int]:
    async with database.look() as connection:
        rows = await connection.fetch("SELECT payload FROM outbox ORDER BY seq")
    return [json.loads(row["payload"])["parked"] for row in rows]


class TestParking:
    async def test_later_records_of_the_customer_queue_and_others_do_not(
        self, database: Database
    ) -> None:
        unlucky, lucky = uuid4(), uuid4()
        await park(database, record(unlucky, 1))

        await take(database, record(unlucky, 2), record(lucky, 3))

        assert await noted(database) == [3]
        assert await told(database) == [1, 2]

    async def test_a_retry_takes_them_in_order_and_tells_that_none_is_left(
        self, database: Database
    ) -> None:
        customer = uuid4()
        await park(database, record(customer, 1))
        await take(database, record(customer, 2), record(customer, 3))

        async with database.work(NOW) as work:
            assert await PROJECTION.retry(work, str(customer)) == 3

        assert await noted(database) == [1, 2, 3]
        assert (await told(database))[-1] == 0

    async def test_a_retry_that_crashes_changes_nothing(self, database: Database) -> None:
        customer = uuid4()
        await park(database, record(customer, 1))
        await take(database, record(customer, 2))
        broken_numbers.add(2)

        with pytest.raises(ZeroDivisionError):
            async with database.work(NOW) as work:
                await PROJECTION.retry(work, str(customer))

        assert await noted(database) == []

    async def test_a_discarded_record_lets_the_rest_go_on(self, database: Database) -> None:
        customer = uuid4()
        await park(database, record(customer, 1))

        async with database.work(NOW) as work:
            await PROJECTION.discard(work, str(customer), 1, why="typed by hand, known to be wrong")
        await take(database, record(customer, 2))

        assert await noted(database) == [2]

    async def test_an_event_that_breaks_its_own_contract_is_a_crash_of_that_record(
        self, database: Database
    ) -> None:
        broken = record(uuid4(), 1)
        broken.data = b'{"customer_id": "nobody"}'

        with pytest.raises(Unreadable):
            await take(database, broken)

    async def test_an_unknown_type_is_skipped(self, database: Database) -> None:
        stranger = record(uuid4(), 1)
        stranger.attributes["type"] = "ledger.thing.invented.v9"

        await take(database, stranger)

        assert await noted(database) == []
