"""One broker: what the runtime believes of it, and members that come and go under load."""

import asyncio
import os
from typing import Any
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.messaging.bus import MESSAGE_BYTES_MAX, Outgoing
from shared.messaging.kafka import KafkaAt, KafkaBus

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(600)]
TOPIC = "ledger.events.v1"


async def read_all(at: KafkaAt, count: int) -> tuple[list[Any], int]:
    """The first so many records of the topic, and the sum of its ends."""
    reader = AIOKafkaConsumer(
        bootstrap_servers=at.bootstrap,
        auto_offset_reset="earliest",
        fetch_max_bytes=8 * MESSAGE_BYTES_MAX,
        max_partition_fetch_bytes=2 * MESSAGE_BYTES_MAX,
    )
    await reader.start()
    try:
        name = at.routes.on_broker(TOPIC)
        await reader._client.set_topics([name])
        parts = [TopicPartition(name, number) for number in reader.partitions_for_topic(name)]
        reader.assign(parts)
        records: list[Any] = []
        async with asyncio.timeout(60):
            while len(records) < count:
                for batch in (await reader.getmany(timeout_ms=500)).values():
                    records += batch
        return records, sum((await reader.end_offsets(parts)).values())
    finally:
        await reader.stop()


class TestConformance:
    async def test_a_key_keeps_to_one_partition_and_its_order(
        self, bus: KafkaBus, kafka_at: KafkaAt
    ) -> None:
        keys = [uuid4().bytes for _ in range(50)]
        plan = [Outgoing(TOPIC, key, str(turn).encode(), []) for turn in range(40) for key in keys]

        await bus.publish(plan)

        records, _ = await read_all(kafka_at, len(plan))
        for key in keys:
            mine = [record for record in records if record.key == key]
            assert len({record.partition for record in mine}) == 1
            assert [int(record.value) for record in mine] == list(range(40))

    async def test_ends_count_what_was_acknowledged(self, bus: KafkaBus, kafka_at: KafkaAt) -> None:
        await bus.publish([Outgoing(TOPIC, uuid4().bytes, b"x", []) for _ in range(500)])

        _, end = await read_all(kafka_at, 500)

        assert end == 500

    async def test_the_largest_message_and_its_headers_come_back_as_they_were(
        self, bus: KafkaBus, kafka_at: KafkaAt
    ) -> None:
        body, headers = os.urandom(MESSAGE_BYTES_MAX), [("ce_id", "ä".encode()), ("x", b"\x00\xff")]

        await bus.publish([Outgoing(TOPIC, b"k", body, headers)])

        (record,), _ = await read_all(kafka_at, 1)
        assert (record.value, list(record.headers)) == (body, headers)


class TestRebalanceUnderLoad:
    async def test_members_come_and_go_and_every_record_counts_once(
        self, hall: Any, bus: KafkaBus, new_load: Any, as_message: Any
    ) -> None:
        load = new_load(customers=300)

        async def publish(rounds: int) -> None:
            for _ in range(rounds):
                await bus.publish([as_message(thing) for thing in load.round()])

        await hall.enter("one")
        await publish(10)
        await hall.enter("two")
        await publish(10)
        await hall.enter("three")
        await publish(10)
        await hall.drop("two")
        await publish(10)
        await hall.leave("one")
        await hall.enter("four")
        await publish(10)
        await hall.heard(load.records)

        assert await hall.sums() == load.sums()
        assert await hall.counted() == load.records
