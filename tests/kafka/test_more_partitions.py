"""Partitions are added while everybody listens. What holds: every record is heard once. What does not: order per key.

Records of a key that moves to another partition may be heard before older ones in its former partition. Projections
are guarded by version, so the newest state wins; whoever adds up should let the topic run empty first.
"""

from typing import Any

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions

from shared.messaging.kafka import KafkaAt, KafkaBus

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(600)]
TOPIC, MORE = "ledger.events.v1", 8


async def add_partitions(at: KafkaAt) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=at.bootstrap)
    await admin.start()
    try:
        await admin.create_partitions({at.routes.on_broker(TOPIC): NewPartitions(MORE)})
    finally:
        await admin.close()


async def published(at: KafkaAt, things: list[Any], as_message: Any) -> None:
    """By a producer of its own, that knows the partitions there are now."""
    bus = KafkaBus(at)
    await bus.start()
    await bus.publish([as_message(thing) for thing in things])
    await bus.stop()


class TestMorePartitions:
    async def test_every_record_is_heard_once_and_the_newest_state_wins(
        self, hall: Any, kafka_at: KafkaAt, new_load: Any, as_message: Any
    ) -> None:
        load = new_load(customers=300)
        await hall.enter("one")
        await hall.enter("two")
        for _ in range(5):
            await published(kafka_at, load.round(), as_message)

        await add_partitions(kafka_at)
        for _ in range(10):
            await published(kafka_at, load.round(), as_message)
        await hall.heard(load.records)

        versions = {one: version for one, (version, _) in (await hall.sums()).items()}
        assert versions == dict.fromkeys(load.customers, load.rounds)
        assert await hall.counted() == load.records

    async def test_after_the_topic_ran_empty_order_holds_too(
        self, hall: Any, kafka_at: KafkaAt, new_load: Any, as_message: Any
    ) -> None:
        load = new_load(customers=300)
        await hall.enter("one")
        for _ in range(5):
            await published(kafka_at, load.round(), as_message)
        await hall.heard(load.records)

        await add_partitions(kafka_at)
        for _ in range(5):
            await published(kafka_at, load.round(), as_message)
        await hall.heard(load.records)

        assert await hall.sums() == load.sums()
