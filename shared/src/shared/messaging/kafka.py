"""The bus on Kafka's protocol, by aiokafka."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import KafkaError

from shared.messaging.bus import MESSAGE_BYTES_MAX, BusLost, Outgoing
from shared.messaging.routes import Routes

BATCH_SECONDS_MAX = 30
PRODUCER_BATCH_BYTES = 256 * 1024
REQUEST_BYTES_MAX = MESSAGE_BYTES_MAX + 64 * 1024
"""Room for headers around the largest message."""

REBALANCE_TIMEOUT_MS = 60_000
MAX_POLL_INTERVAL_MS = 300_000
FETCH_WAIT_MS = 500
METADATA_AGE_MS_MAX = 30_000
"""So long partitions that were added stay unheard, and unasked for by those who must have heard everything."""


@dataclass(frozen=True, slots=True)
class KafkaAt:
    """Where the broker is and what can be expected of it.

    `idempotence`: the producer numbers its batches (off for brokers that do not support it).
    `static_member`: a stable name per instance, so that a restart does not rebalance ("" = dynamic).
    `end_offsets`: whether the broker's end offsets can be trusted.
    `session_seconds`: silence after which the group gives a member's partitions to others.
    """

    bootstrap: str
    routes: Routes = field(default_factory=Routes)
    idempotence: bool = True
    static_member: str = ""
    end_offsets: bool = True
    session_seconds: float = 45


class KafkaBus:
    """A producer that waits for all replicas."""

    def __init__(self, at: KafkaAt) -> None:
        self._routes = at.routes
        self._producer = AIOKafkaProducer(
            bootstrap_servers=at.bootstrap,
            acks="all",
            enable_idempotence=at.idempotence,
            max_batch_size=PRODUCER_BATCH_BYTES,
            max_request_size=REQUEST_BYTES_MAX,
            request_timeout_ms=BATCH_SECONDS_MAX * 1000,
        )

    async def start(self) -> None:
        await self._producer.start()

    async def stop(self) -> None:
        """Only after a good end: with a dead broker this would never return."""
        await self._producer.stop()

    async def publish(self, batch: Sequence[Outgoing]) -> None:
        try:
            async with asyncio.timeout(BATCH_SECONDS_MAX):
                waiting = [
                    await self._producer.send(
                        self._routes.on_broker(message.topic),
                        message.value,
                        key=message.key,
                        headers=message.headers,
                    )
                    for message in batch
                ]
                await asyncio.gather(*waiting)
        except (TimeoutError, KafkaError) as error:
            raise BusLost(
                f"{len(batch)} messages were not acknowledged within {BATCH_SECONDS_MAX} s: {error!r}"
            ) from error


def group_consumer(at: KafkaAt, *, group: str) -> AIOKafkaConsumer:
    """A member of a service's group. Offsets are ours (see `shared.db.offsets`); what Kafka stores is for lag tools."""
    return AIOKafkaConsumer(
        bootstrap_servers=at.bootstrap,
        group_id=at.routes.prefix + group,
        group_instance_id=at.static_member or None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
        session_timeout_ms=int(at.session_seconds * 1000),
        rebalance_timeout_ms=REBALANCE_TIMEOUT_MS,
        max_poll_interval_ms=MAX_POLL_INTERVAL_MS,
        fetch_max_wait_ms=FETCH_WAIT_MS,
        metadata_max_age_ms=METADATA_AGE_MS_MAX,
        fetch_max_bytes=8 * MESSAGE_BYTES_MAX,
        max_partition_fetch_bytes=2 * MESSAGE_BYTES_MAX,
    )
