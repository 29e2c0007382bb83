"""Bad records on our own topics, for each service that hears them: they park with what follows them, others flow on."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any
from uuid import UUID

import pytest
from aiokafka import AIOKafkaProducer
from hypothesis import strategies as st

from shared.contracts.ledger import CustomerChanged
from shared.messaging.consumer import Consumer
from shared.messaging.kafka import KafkaAt
from shared.messaging.projection import Projection
from shared.messaging.routes import TELLER_TOPICS
from shared.testing.catalogue import FOLDER, MODELS
from shared.testing.fuzz import EXAMPLES, Wire, drawn, messages, wire_of
from shared.worker.description import Service

pytestmark = [pytest.mark.fuzz, pytest.mark.timeout(3_600)]

SERVICES = ("disputes", "notifier", "portal-api", "scheduler")
GOOD = [UUID(int=number) for number in range(1, 6)]
BAD = [UUID(int=number) for number in range(101, 109)]
KEYS = [
    *(str(one).encode() for one in BAD),
    b"",
    b"no customer's",
    b"a\x00b",
    b"\xff",
    b"k" * 5_000,
]
SECRETS = ("erika@secret.example", "+49 30 9018 20", "030 901820", "Geheime Gasse 7")
"""What somebody's contact holds, in a record that cannot be taken."""

VERSIONS = (1, 2, 3)
SECONDS_MAX = 1_500


def good() -> list[Wire]:
    """Five customers, told three times each."""
    example = json.loads((FOLDER / f"examples/{CustomerChanged.TYPE}.json").read_text())
    return [
        wire_of(
            CustomerChanged.TYPE,
            {**example, "customer_id": str(one), "version": version},
            key=str(one).encode(),
        )
        for version in VERSIONS
        for one in GOOD
    ]


def confiding() -> Wire:
    """A customer whose contacts stand where they should not."""
    email, phone, national, street = SECRETS
    person = {"name": [email], "email": {"at": email}, "phone": [phone, national], "role": street}
    body = {"customer_id": str(BAD[0]), "version": email, "contacts": [person], "known": street}
    return wire_of(CustomerChanged.TYPE, body, key=KEYS[0])


def bad(service: Service) -> list[Wire]:
    """Records of every type that the service's topics carry, most of them spoilt."""
    topics = {topic for hearing in service.hearings for topic in hearing.topics}
    types = [name for name, model in MODELS.items() if getattr(model, "TOPIC", "") in topics]
    customers = st.fixed_dictionaries({"customer_id": st.sampled_from([str(one) for one in BAD])})
    return drawn(messages(types, keys=KEYS, also=customers), EXAMPLES * 2, number=EXAMPLES)


async def publish(at: KafkaAt, wires: list[Wire]) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=at.bootstrap)
    await producer.start()
    sent = [
        await producer.send(
            at.routes.on_broker(one.topic), one.value, key=one.key, headers=list(one.headers)
        )
        for one in wires
    ]
    await asyncio.gather(*sent)
    await producer.stop()


async def hear(service: Service, at: KafkaAt, seen: list[Any], count: int) -> None:
    """Run the service's consumer until all is behind it; `seen` gets the records in order."""

    class Watched(Consumer):
        def _slices(self, batch: Any) -> Any:
            slices = super()._slices(batch)
            for one in slices:
                seen.extend(one.records if isinstance(one.hearing, Projection) else ())
            return slices

    consumer = Watched(
        service=service.name, hearings=service.hearings, database=service.database, at=at, clock=service.clock
    )  # fmt: skip
    stopping = asyncio.Event()
    running = asyncio.create_task(consumer.run(stopping))
    sql = "SELECT coalesce(sum(next_offset), 0) AS heard FROM consumer_offsets"
    async with asyncio.timeout(SECONDS_MAX):
        while (await fetch(service, sql))[0]["heard"] < count and not running.done():
            await asyncio.sleep(0.05)
    stopping.set()
    await running


async def fetch(service: Service, sql: str, *arguments: object) -> list[Any]:
    async with service.database.look() as connection:
        return list(await connection.fetch(sql, *arguments))


class TestOwnTopics:
    @pytest.mark.parametrize("name", SERVICES)
    async def test_bad_records_park_in_order_and_good_customers_flow_on(
        self,
        opened: Callable[[str], Awaitable[Service]],
        kafka_at: KafkaAt,
        logged: Callable[[str], str],
        name: str,
    ) -> None:
        service, seen = await opened(name), list[Any]()
        wires = [confiding(), *bad(service)]
        for wire in good():
            wires.insert(Random(EXAMPLES).randrange(len(wires)), wire)
        await publish(kafka_at, wires)

        await hear(service, kafka_at, seen, len(wires))

        parked = await fetch(service, "SELECT * FROM parked_events ORDER BY parked_id")
        print(f"{name}: {len(wires)} records, {len(parked)} parked")  # noqa: T201
        assert not {row["key"] for row in parked} & {str(one) for one in GOOD}
        held = await fetch(
            service, "SELECT version FROM customers WHERE customer_id = ANY($1::uuid[])", GOOD
        )
        assert [row["version"] for row in held] == [max(VERSIONS)] * len(GOOD)
        assert_followers_parked(service, seen, parked)
        written = logged(name)
        assert "record parked" in written
        assert [secret for secret in SECRETS if secret in written] == []


def assert_followers_parked(service: Service, seen: list[Any], parked: list[Any]) -> None:
    """Of each key, nothing that the service hears was taken after the first that was parked.

    A slice that was fenced is seen twice; where it was seen first is its place in the order.
    """
    assert {one.topic for one in seen} <= set(TELLER_TOPICS)
    heard = {kind.TYPE for hearing in service.hearings for kind in getattr(hearing, "hears", ())}
    places = {(row["topic"], row["partition"], row["offset"]) for row in parked}
    assert len(places) == len(parked) > 0
    blocked: set[tuple[str, str]] = set()
    in_order = {(one.topic, one.partition, one.offset): one for one in seen}
    for place, record in in_order.items():
        line = (record.topic, record.key)
        if place in places:
            blocked.add(line)
        else:
            assert line not in blocked or record.type not in heard, (place, record)
