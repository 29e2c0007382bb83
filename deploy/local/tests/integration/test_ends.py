"""Both brokers are asked in their own way, and the answer is the same: where the topic ends."""

import asyncio
from collections.abc import Iterator

import pytest
from aiokafka import AIOKafkaProducer

from local_stack import topics
from local_stack.clock.ends import AskedEnds, LogEnds, WatchedEnds
from local_stack.tansu import tansu
from shared.testing.servers import Servers

TOPIC = "erp.invoices.v1"
PARTITIONS = 3


@pytest.fixture(scope="module")
def tansu_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with tansu(tmp_path_factory.mktemp("tansu")) as bootstrap:
        topics.create(bootstrap, prefix="ends.", partitions=PARTITIONS)
        yield bootstrap


async def tell(bootstrap: str, topic: str, records: int) -> dict[int, int]:
    """Produce in batches as a relay does; returns the true ends."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, enable_idempotence=False, linger_ms=5)
    await producer.start()
    try:
        sent = [await producer.send(topic, b"x", key=str(n).encode()) for n in range(records)]
        landed = await asyncio.gather(*sent)
    finally:
        await producer.stop()
    ends = dict.fromkeys(range(PARTITIONS), 0)
    for record in landed:
        ends[record.partition] = max(ends[record.partition], record.offset + 1)
    return ends


async def ends_agree(ends: LogEnds, bootstrap: str, topic: str) -> None:
    assert await ends.of({topic}) == {topic: dict.fromkeys(range(PARTITIONS), 0)}

    for records in (700, 1_300, 500):
        true = await tell(bootstrap, topic, records)
        assert await ends.of({topic}) == {topic: true}
    await ends.close()


class TestEnds:
    async def test_asking_finds_the_end_on_the_test_broker(
        self, servers: Servers, topic_prefix: str
    ) -> None:
        asks = AskedEnds if servers.broker == "kafka" else WatchedEnds

        await ends_agree(asks(servers.kafka), servers.kafka, topic_prefix + TOPIC)

    async def test_watching_finds_the_end_on_tansu(self, tansu_broker: str) -> None:
        await ends_agree(WatchedEnds(tansu_broker), tansu_broker, "ends." + TOPIC)
