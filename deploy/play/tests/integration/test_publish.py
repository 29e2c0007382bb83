"""What leaves for Kafka arrives there as a CloudEvent in binary mode, in order, read by an independent reader."""

from aiokafka import AIOKafkaConsumer

from play.publish import Publisher
from play.story import story
from shared.testing.servers import Servers

TOPIC = "erp.customers.v1"


class TestPublisher:
    async def test_publishes_cloud_events_in_order_per_key(
        self, servers: Servers, topic_prefix: str
    ) -> None:
        told = story(7, 30, 1)[0].records
        async with Publisher(servers.kafka, topic_prefix=topic_prefix) as publisher:
            await publisher.publish(told)

        wanted = [record for record in told if record.topic == TOPIC]
        heard = await _read(servers.kafka, topic_prefix + TOPIC, len(wanted))

        assert sorted(one["ce_id"] for one in heard) == sorted(r.event_id for r in wanted)
        first = next(one for one in heard if one["ce_id"] == wanted[0].event_id)
        assert first == {
            "ce_specversion": "1.0",
            "ce_id": wanted[0].event_id,
            "ce_source": wanted[0].source,
            "ce_type": "erp.customer.changed.v1",
            "ce_time": wanted[0].time,
            "content-type": "application/json",
            "key": wanted[0].key,
            "value": wanted[0].body.decode(),
        }


async def _read(bootstrap_servers: str, topic: str, count: int) -> list[dict[str, str]]:
    reader = AIOKafkaConsumer(
        topic, bootstrap_servers=bootstrap_servers, auto_offset_reset="earliest"
    )
    await reader.start()
    try:
        heard: list[dict[str, str]] = []
        while len(heard) < count:
            for records in (await reader.getmany(timeout_ms=500)).values():
                heard += [
                    {name: text.decode() for name, text in record.headers}
                    | {"key": record.key.decode(), "value": record.value.decode()}
                    for record in records
                ]
        return heard
    finally:
        await reader.stop()
