"""The engine that hears: polls, cuts slices, moves offsets with effects, parks what crashes.

Kafka is trusted with order within a partition and with nothing else. A slice is what one poll brought, from however
many partitions; it is one transaction that begins by moving their stored offsets from where we believe them to be
(see `shared.db.offsets`).
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import KafkaError

from shared.base.clock import Clock, machine_seconds
from shared.base.points import reached
from shared.db import offsets
from shared.db.offsets import Move, OffsetMoved
from shared.db.work import Database, Work, is_transient
from shared.instruments import metrics, traces
from shared.messaging.cloudevents import Record, read
from shared.messaging.hearing import Hearing, Slice
from shared.messaging.kafka import KafkaAt, group_consumer

SLICE_RECORDS_MAX = 500
POLL_MS = 500
CRASHED_KEYS_MAX = 20
CRASHES_WINDOW_SECONDS = 600
"""Crashes on more keys than this within the window are our own fault, not the records': the line stops."""

SILENCE_SECONDS_MAX = 60
"""Assigned, behind, and not one record for so long: the client is stuck; the process ends and is started again."""

BACKOFF_SECONDS = (0.1, 0.5, 1, 2, 5)
BROKER_COMMIT_SECONDS = 5

log = logging.getLogger(__name__)


class ConsumerStuck(Exception):
    """The client is silent though there is something to hear: only a new process helps."""


class TooManyCrashes(Exception):
    """The fault is ours: stop before everything is parked."""


class Consumer:
    """One member of a service's group, hearing all of its topics."""

    def __init__(
        self,
        *,
        service: str,
        hearings: Sequence[Hearing],
        database: Database,
        at: KafkaAt,
        clock: Clock,
        slice_records: int = SLICE_RECORDS_MAX,
        after_slice: Callable[[], None] = lambda: None,
    ) -> None:
        self._hearings = {topic: hearing for hearing in hearings for topic in hearing.topics}
        self._service = service
        self._database = database
        self.at = at
        self._clock = clock
        self._slice_records = slice_records
        self._after_slice = after_slice
        self._next: dict[TopicPartition, int] = {}
        self._resume_at: dict[TopicPartition, float] = {}
        self._failures = 0
        self._crashed: dict[str, float] = {}
        self._heard_at = machine_seconds()
        self._committed_at = machine_seconds()
        self.kafka: AIOKafkaConsumer | None = None
        self.joined = False
        """Whether the group has let us in; before that, nothing is heard."""

    @property
    def topics(self) -> tuple[str, ...]:
        return tuple(self._hearings)

    async def run(self, stopping: asyncio.Event) -> None:
        """Hear until `stopping`; the slice under way is finished first. Raises when only a new process can go on."""
        self.kafka = kafka = group_consumer(self.at, group=f"dunwell-{self._service}")
        kafka.subscribe(
            [self.at.routes.on_broker(topic) for topic in self._hearings],
            listener=_Rebalance(self._assigned),
        )
        try:
            await kafka.start()
            while not stopping.is_set():
                batch = await kafka.getmany(timeout_ms=POLL_MS, max_records=self._slice_records)
                for one in self._slices(batch):
                    await self._hear(one)
                self._resume()
                self._watch(heard=bool(batch))
                await self._commit_to_broker()
        finally:
            await kafka.stop()

    async def _assigned(self, partitions: Sequence[TopicPartition]) -> None:
        assert self.kafka is not None
        heard = {
            (self._topic(partition), partition.partition): partition for partition in partitions
        }
        async with self._database.work(self._clock.now()) as work:
            positions = await offsets.stored(work.connection, heard.keys())
        for name, offset in positions.items():
            self._next[heard[name]] = offset
            self.kafka.seek(heard[name], offset)
        self.joined = True

    def _slices(self, batch: Mapping[TopicPartition, Sequence[Any]]) -> list[Slice]:
        """One slice per hearing: what a poll brought, topics in the order in which they are heard."""
        slices: dict[int, Slice] = {}
        heard_in_order = list(self._hearings)
        for partition in sorted(batch, key=lambda one: heard_in_order.index(self._topic(one))):
            topic, expected = self._topic(partition), self._next.get(partition, 0)
            hearing = self._hearings[topic]
            cut = slices.setdefault(id(hearing), Slice(hearing))
            cut.since[partition] = expected
            cut.records += [
                read(one, topic=topic) for one in batch[partition] if one.offset >= expected
            ]
        return [cut for cut in slices.values() if cut.records]

    async def _hear(self, cut: Slice) -> None:
        """One slice, with everything that may go wrong around it."""
        records = cut.records
        latest = {record.topic: record for record in records}
        topics = ",".join(sorted(latest))
        try:
            with (
                traces.processing(topics, [record.trace_headers for record in records]),
                metrics.timed("slice_seconds", service=self._service, topic=topics),
            ):
                await self._take(cut, records)
            self._failures = 0
            for topic, count in Counter(record.topic for record in records).items():
                metrics.heard(self._service, topic, count, latest[topic].recorded_ms)
        except OffsetMoved as moved:
            log.warning("slice fenced", extra={"topic": topics, "why": str(moved)})
            await self._reread(records)
        except Exception as error:
            if not is_transient(error):
                raise
            self._back_off(records, error)

    async def _take(self, cut: Slice, records: Sequence[Record]) -> None:
        """Apply a slice in one transaction; when it crashes, halve it until the guilty record stands alone."""
        try:
            async with self._database.work(self._clock.now()) as work:
                moved = await self._move(work, cut, records)
                await cut.hearing.take(work, records)
                reached("slice.before-commit")
            reached("slice.after-commit")
            self._moved(cut, moved)
            self._after_slice()
        except Exception as error:
            if isinstance(error, OffsetMoved) or is_transient(error):
                raise
            if len(records) == 1:
                await self._park(cut, records[0], error)
                return
            middle = len(records) // 2
            await self._take(cut, records[:middle])
            await self._take(cut, records[middle:])

    async def _park(self, cut: Slice, record: Record, error: Exception) -> None:
        self._note_crash(record.key, error)
        log.error(
            "record parked",
            exc_info=error,
            extra={"topic": record.topic, "event": record.id, "type": record.type},
        )
        async with self._database.work(self._clock.now()) as work:
            moved = await self._move(work, cut, [record])
            await cut.hearing.park(work, record, error)
        self._moved(cut, moved)

    def _note_crash(self, key: str, error: Exception) -> None:
        now = machine_seconds()
        self._crashed[key] = now
        recent = [at for at in self._crashed.values() if now - at < CRASHES_WINDOW_SECONDS]
        if len(recent) > CRASHED_KEYS_MAX:
            raise TooManyCrashes(f"records of {len(recent)} keys crashed") from error

    async def _move(
        self, work: Work, cut: Slice, records: Sequence[Record]
    ) -> dict[TopicPartition, int]:
        """Move the offset of every partition in the slice; returns where they are then.

        From where it was cut, not from `_next`: a rebalance may have told us meanwhile how far our successor came.
        """
        last = {(record.topic, record.partition): record for record in records}
        ends = {self._partition(record): record.offset + 1 for record in last.values()}
        moves = [
            Move(self._topic(one), one.partition, cut.since[one], end) for one, end in ends.items()
        ]
        await offsets.move(work.connection, moves)
        return ends

    def _moved(self, cut: Slice, ends: Mapping[TopicPartition, int]) -> None:
        cut.since.update(ends)
        self._next.update(ends)

    async def _reread(self, records: Sequence[Record]) -> None:
        assert self.kafka is not None
        mine = {self._partition(record) for record in records} & self.kafka.assignment()
        if mine:
            await self._assigned(list(mine))

    def _back_off(self, records: Sequence[Record], error: Exception) -> None:
        """The world, not the records, is at fault: take the same slice again a little later, in place."""
        assert self.kafka is not None
        self._failures += 1
        pause = BACKOFF_SECONDS[min(self._failures, len(BACKOFF_SECONDS)) - 1]
        log.warning("slice put off", extra={"seconds": pause, "why": repr(error)})
        for partition in {self._partition(one) for one in records} & self.kafka.assignment():
            self.kafka.seek(partition, self._next.get(partition, 0))
            self.kafka.pause(partition)
            self._resume_at[partition] = machine_seconds() + pause

    def _resume(self) -> None:
        assert self.kafka is not None
        for partition in [one for one, at in self._resume_at.items() if at <= machine_seconds()]:
            del self._resume_at[partition]
            if partition in self.kafka.assignment():
                self.kafka.resume(partition)

    def _watch(self, *, heard: bool) -> None:
        now = machine_seconds()
        if heard or self._resume_at or not self.lag():
            self._heard_at = now
        if now - self._heard_at > SILENCE_SECONDS_MAX:
            raise ConsumerStuck(
                f"{sum(self.lag().values())} records to hear and none came for {SILENCE_SECONDS_MAX} s"
            )

    def lag(self) -> dict[TopicPartition, int]:
        """Records known to stand before us on the partitions assigned here; those at the end are left out."""
        if self.kafka is None:
            return {}
        ends = {partition: self.kafka.highwater(partition) for partition in self.kafka.assignment()}
        behind = {
            partition: end - self._next.get(partition, 0)
            for partition, end in ends.items()
            if end is not None
        }
        return {partition: count for partition, count in behind.items() if count > 0}

    async def _commit_to_broker(self) -> None:
        """Tell Kafka where we are, for its tools only; failing is no matter."""
        if machine_seconds() - self._committed_at < BROKER_COMMIT_SECONDS:
            return
        assert self.kafka is not None
        self._committed_at = machine_seconds()
        mine = {
            partition: self._next[partition]
            for partition in self.kafka.assignment()
            if partition in self._next
        }
        try:
            if mine:
                await self.kafka.commit(mine)
        except KafkaError as error:
            log.info("broker did not take our offsets", extra={"why": repr(error)})

    def _partition(self, record: Record) -> TopicPartition:
        return TopicPartition(self.at.routes.on_broker(record.topic), record.partition)

    def _topic(self, partition: TopicPartition) -> str:
        return self.at.routes.of_ours(partition.topic)


class _Rebalance(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka is untyped
    def __init__(self, assigned: Callable[[Sequence[TopicPartition]], Awaitable[None]]) -> None:
        self._assigned = assigned

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """Wait for a database that is away: aiokafka would swallow the error, and we not know where to begin."""
        while True:
            try:
                return await self._assigned(list(assigned))
            except Exception as error:
                if not is_transient(error):
                    raise
                log.warning("assignment waits for the database", extra={"why": repr(error)})
            await asyncio.sleep(BACKOFF_SECONDS[0])

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        """Nothing to do: a slice of a revoked partition either commits first or is fenced by its offset."""
