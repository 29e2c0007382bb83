"""From records to Kafka: CloudEvents in binary mode, a whole day at a time."""

import asyncio
from collections.abc import Sequence
from typing import Self

from aiokafka import AIOKafkaProducer

from play.record import ErpRecord

BATCH_BYTES_MAX = 256 * 1024
LINGER_MS = 5
DAY_TIMEOUT_S = 120.0
RECORDS_IN_FLIGHT_MAX = 2_000


def headers_of(record: ErpRecord) -> list[tuple[str, bytes]]:
    """The CloudEvents attributes, as Kafka's binary mode has them."""
    attributes = {
        "ce_specversion": "1.0",
        "ce_id": record.event_id,
        "ce_source": record.source,
        "ce_type": record.type,
        "ce_time": record.time,
        "content-type": "application/json",
    }
    return [(name, text.encode()) for name, text in attributes.items()]


class Publisher:
    """Publishes records in order per topic and key; used as an async context manager."""

    def __init__(self, bootstrap_servers: str, *, topic_prefix: str = "") -> None:
        self._prefix = topic_prefix
        self._bootstrap_servers = bootstrap_servers
        self._producer: AIOKafkaProducer | None = None

    async def __aenter__(self) -> Self:
        self._producer = AIOKafkaProducer(
            bootstrap_servers=self._bootstrap_servers,
            acks="all",
            linger_ms=LINGER_MS,
            max_batch_size=BATCH_BYTES_MAX,
        )
        await self._producer.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._producer is not None:
            await self._producer.stop()

    async def publish(self, records: Sequence[ErpRecord]) -> None:
        """Send everything and wait until the broker has it; raises TimeoutError or KafkaError."""
        for begin in range(0, len(records), RECORDS_IN_FLIGHT_MAX):
            await self._send(records[begin : begin + RECORDS_IN_FLIGHT_MAX])

    async def _send(self, records: Sequence[ErpRecord]) -> None:
        producer = self._producer
        assert producer is not None, "publish inside `async with`"

        async with asyncio.timeout(DAY_TIMEOUT_S):
            sent = [
                await producer.send(
                    self._prefix + record.topic,
                    value=record.body,
                    key=record.key.encode(),
                    headers=headers_of(record),
                )
                for record in records
            ]
            await asyncio.gather(*sent)
