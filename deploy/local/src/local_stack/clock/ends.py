"""How far the topics reach: the next offset that the broker will give, per partition."""

import asyncio
from contextlib import suppress
from typing import Protocol

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

LOOK_TIMEOUT_S = 10.0
WATCH_POLL_MS = 20
MARK_LOOK_S = 0.002
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
        self._layout = Layout(bootstrap)
        self._consumer: AIOKafkaConsumer | None = None

    async def of(self, topics: set[str]) -> Ends:
        consumer = await self._connected()
        async with asyncio.timeout(LOOK_TIMEOUT_S):
            partitions = await self._layout.of(topics)
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
    """Reads along, for a broker (Tansu) that names the first record of the last batch as the end.

    The high-water mark of a fetch is right, but may be old. A batch that it does not know begins at
    it or later, so then the broker's answer is greater: a mark not below the answer is the end.
    """

    def __init__(self, bootstrap: str) -> None:
        self._asked = AskedEnds(bootstrap)
        self._reader = AIOKafkaConsumer(
            bootstrap_servers=bootstrap,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=WATCH_POLL_MS,
        )
        self._reading: asyncio.Task[None] | None = None

    async def of(self, topics: set[str]) -> Ends:
        answered = await self._asked.of(topics)
        await self._watch({TopicPartition(t, p) for t, by_p in answered.items() for p in by_p})

        async with asyncio.timeout(LOOK_TIMEOUT_S):
            return {
                topic: {
                    p: await self._mark(TopicPartition(topic, p), end) for p, end in by_p.items()
                }
                for topic, by_p in answered.items()
            }

    async def close(self) -> None:
        if self._reading:
            self._reading.cancel()
            with suppress(asyncio.CancelledError):
                await self._reading
            await self._reader.stop()
        await self._asked.close()

    async def _mark(self, at: TopicPartition, answered: int) -> int:
        while (mark := self._reader.highwater(at) or 0) < answered:  # noqa: ASYNC110 (nobody tells)
            await asyncio.sleep(MARK_LOOK_S)
        return mark

    async def _watch(self, partitions: set[TopicPartition]) -> None:
        if self._reading is None:
            await self._reader.start()
            self._reading = asyncio.create_task(self._read())
        if not partitions <= self._reader.assignment():
            self._reader.assign(list(partitions | self._reader.assignment()))

    async def _read(self) -> None:
        while True:
            with suppress(KafkaError):
                await self._reader.getmany(timeout_ms=WATCH_POLL_MS, max_records=WATCH_RECORDS_MAX)


class Layout:
    """Which partitions the topics have; asked once per topic, for they do not change here."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap
        self._known: dict[str, list[TopicPartition]] = {}

    async def of(self, topics: set[str]) -> list[TopicPartition]:
        """All partitions of the topics; a topic that does not exist (yet) has none."""
        if unknown := sorted(topics - self._known.keys()):
            self._known.update(await self._ask(unknown))
        return [at for topic in sorted(topics) for at in self._known.get(topic, ())]

    async def _ask(self, topics: list[str]) -> dict[str, list[TopicPartition]]:
        admin = AIOKafkaAdminClient(bootstrap_servers=self._bootstrap)
        await admin.start()
        try:
            described = await admin.describe_topics(topics)
        finally:
            await admin.close()
        return {
            topic["topic"]: [
                TopicPartition(topic["topic"], partition["partition"])
                for partition in topic["partitions"]
            ]
            for topic in described
            if topic["partitions"]
        }


def _by_topic(ends: dict[TopicPartition, int]) -> Ends:
    by_topic: Ends = {}
    for at, end in ends.items():
        by_topic.setdefault(at.topic, {})[at.partition] = end
    return by_topic
