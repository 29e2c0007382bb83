"""How far the topics reach: the next offset that the broker will give, per partition."""

import asyncio
from contextlib import suppress
from typing import Protocol

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

LOOK_TIMEOUT_S = 10.0
WATCH_POLL_MS = 20
WATCH_RECORDS_MAX = 5_000

Ends = dict[str, dict[int, int]]


class LogEnds(Protocol):
    """Knows the ends of topics."""

    async def of(self, topics: set[str]) -> Ends:
        """The end of every partition of the topics; raises KafkaError or TimeoutError."""
        ...

    async def close(self) -> None:
        """Let the connection go."""
        ...


class AskedEnds:
    """Asks the broker: one request for all partitions."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap
        self._consumer: AIOKafkaConsumer | None = None

    async def of(self, topics: set[str]) -> Ends:
        consumer = await self._connected()
        async with asyncio.timeout(LOOK_TIMEOUT_S):
            partitions = await _partitions(consumer, topics)
            return _by_topic(await consumer.end_offsets(partitions) if partitions else {})

    async def close(self) -> None:
        if self._consumer:
            await self._consumer.stop()

    async def _connected(self) -> AIOKafkaConsumer:
        if self._consumer is None:
            consumer = AIOKafkaConsumer(bootstrap_servers=self._bootstrap, enable_auto_commit=False)
            await consumer.start()
            self._consumer = consumer
        return self._consumer


class WatchedEnds:
    """Reads along, for brokers whose own word about the end cannot be trusted.

    The end of a partition is the high-water mark that came with its latest fetch.
    """

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap
        self._consumer: AIOKafkaConsumer | None = None
        self._reading: asyncio.Task[None] | None = None

    async def of(self, topics: set[str]) -> Ends:
        consumer = await self._connected()
        async with asyncio.timeout(LOOK_TIMEOUT_S):
            partitions = set(await _partitions(consumer, topics))
            if not partitions <= consumer.assignment():
                await self._watch(consumer, partitions | consumer.assignment())
            return _by_topic({at: consumer.highwater(at) or 0 for at in partitions})

    async def close(self) -> None:
        if self._reading:
            self._reading.cancel()
            with suppress(asyncio.CancelledError):
                await self._reading
        if self._consumer:
            await self._consumer.stop()

    async def _watch(self, consumer: AIOKafkaConsumer, partitions: set[TopicPartition]) -> None:
        consumer.assign(list(partitions))
        await consumer.seek_to_beginning(*partitions)
        if self._reading is None:
            self._reading = asyncio.create_task(self._read(consumer))

        for at in partitions:
            while consumer.highwater(at) is None:  # noqa: ASYNC110 (aiokafka tells nobody)
                await asyncio.sleep(WATCH_POLL_MS / 1000)

    async def _read(self, consumer: AIOKafkaConsumer) -> None:
        while True:
            with suppress(KafkaError):
                await consumer.getmany(timeout_ms=WATCH_POLL_MS, max_records=WATCH_RECORDS_MAX)

    async def _connected(self) -> AIOKafkaConsumer:
        if self._consumer is None:
            consumer = AIOKafkaConsumer(
                bootstrap_servers=self._bootstrap,
                enable_auto_commit=False,
                auto_offset_reset="earliest",
                fetch_max_wait_ms=WATCH_POLL_MS,
            )
            await consumer.start()
            self._consumer = consumer
        return self._consumer


async def _partitions(consumer: AIOKafkaConsumer, topics: set[str]) -> list[TopicPartition]:
    """All partitions of the topics; a topic that does not exist (yet) has none."""
    if any(consumer.partitions_for_topic(topic) is None for topic in topics):
        await consumer.topics()

    numbers = {topic: consumer.partitions_for_topic(topic) or set() for topic in topics}
    return [TopicPartition(topic, n) for topic in sorted(topics) for n in sorted(numbers[topic])]


def _by_topic(ends: dict[TopicPartition, int]) -> Ends:
    by_topic: Ends = {}
    for at, end in ends.items():
        by_topic.setdefault(at.topic, {})[at.partition] = end
    return by_topic
