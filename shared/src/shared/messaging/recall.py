"""What a service does before it hears anything: read back its own words, and forget what the log no longer has.

A database restored from an older backup has forgotten what the service said and did since; its own topic has not.
Whoever acts on the world reads it to its end first, so that nothing is done twice. And a database may stand at an
offset that the log has dropped (a new projection at 0, a topic whose retention is over): it is moved to where the log
begins, else everybody would wait for ever for records that nobody can read.
"""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from typing import TypeVar

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import UnknownTopicOrPartitionError

from shared.base.clock import Clock
from shared.contracts.event import Event
from shared.db import offsets
from shared.db.offsets import Move, OffsetMoved
from shared.db.work import Database
from shared.messaging.cloudevents import Record, read
from shared.messaging.consumer import POLL_MS, SLICE_RECORDS_MAX
from shared.messaging.hearing import Hearing
from shared.messaging.kafka import KafkaAt

UNKNOWN_PAUSE_SECONDS = 1

_log = logging.getLogger(__name__)

E = TypeVar("E", bound=Event)


class Recall:
    """One reading, at the start of a process. It needs no group: two processes that recall at once fence each other."""

    def __init__(self, *, database: Database, at: KafkaAt, clock: Clock) -> None:
        self._database = database
        self._at = at
        self._clock = clock
        self._next: dict[TopicPartition, int] = {}

    async def run(
        self, own: Sequence[Hearing], *, heard: Iterable[str], stopping: asyncio.Event
    ) -> None:
        """Read what `own` hears to where it ends now; `heard` are the topics that are heard later.

        Waits for topics that the broker does not know: they may be on their way back, and what was said with them. A
        broker whose ends cannot be trusted keeps no log beyond its own life: there is nothing to recall.
        """
        if not self._at.end_offsets:
            return
        hearings = {topic: hearing for hearing in own for topic in hearing.topics}
        topics = sorted({*map(self._at.routes.on_broker, (*hearings, *heard))})
        while not stopping.is_set():
            try:
                await self._read_back(topics, hearings, stopping)
                break
            except UnknownTopicOrPartitionError:
                _log.warning("the broker does not know all topics yet", extra={"topics": topics})
            await asyncio.sleep(UNKNOWN_PAUSE_SECONDS)

    async def _read_back(
        self, topics: Sequence[str], hearings: dict[str, Hearing], stopping: asyncio.Event
    ) -> None:
        kafka = AIOKafkaConsumer(
            *topics,
            bootstrap_servers=self._at.bootstrap,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
        )
        try:
            await kafka.start()
            await self._stand(kafka, kafka.assignment())
            ours = {part for part in kafka.assignment() if self._topic(part) in hearings}
            kafka.pause(*(kafka.assignment() - ours))
            ends = await kafka.end_offsets(list(ours)) if ours else {}
            while not stopping.is_set() and any(
                self._next[part] < end for part, end in ends.items()
            ):
                await self._take_poll(kafka, hearings)
        finally:
            await kafka.stop()

    async def _stand(self, kafka: AIOKafkaConsumer, parts: Iterable[TopicPartition]) -> None:
        """Stand where the database does, or where the log begins if that is later."""
        begins = await kafka.beginning_offsets(list(parts))
        names = {(self._topic(part), part.partition): part for part in begins}
        async with self._database.work(self._clock.now()) as work:
            stored = await offsets.stored(work.connection, names)
            gone = [
                Move(*name, stored[name], begins[part])
                for name, part in names.items()
                if stored[name] < begins[part]
            ]
            await offsets.move(work.connection, gone)
        if lost := [move for move in gone if move.expected]:
            _log.error("the log has dropped what was not heard yet", extra={"lost": lost})
        for name, part in names.items():
            self._next[part] = max(stored[name], begins[part])
            kafka.seek(part, self._next[part])

    async def _take_poll(self, kafka: AIOKafkaConsumer, hearings: dict[str, Hearing]) -> None:
        batch = await kafka.getmany(timeout_ms=POLL_MS, max_records=SLICE_RECORDS_MAX)
        for part, messages in batch.items():
            topic, expected = self._topic(part), self._next[part]
            records = [read(one, topic=topic) for one in messages if one.offset >= expected]
            if not records:
                continue
            end = records[-1].offset + 1
            try:
                async with self._database.work(self._clock.now()) as work:
                    await offsets.move(
                        work.connection, [Move(topic, part.partition, expected, end)]
                    )
                    await hearings[topic].take(work, records)
                self._next[part] = end
            except OffsetMoved:
                await self._stand(kafka, [part])

    def _topic(self, part: TopicPartition) -> str:
        return self._at.routes.of_ours(part.topic)


def own_words(records: Iterable[Record], kinds: Iterable[type[E]]) -> list[tuple[E, Record]]:
    """Those of our own facts that are of these kinds, read, each with its record."""
    models = {kind.TYPE: kind for kind in kinds}
    return [
        (models[record.type].model_validate_json(record.data), record)
        for record in records
        if record.type in models
    ]
