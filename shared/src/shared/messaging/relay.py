"""From the outbox to the bus: at least once, in order per key, without waiting for slow writers.

Sequence numbers are taken before commits, so a reader sees holes: some will fill (a slow writer), some never (a
rollback). A new hole is remembered with a fence, the relay's own transaction id taken *after* the read that found it;
once every transaction up to the fence has ended (`pg_snapshot_xmin > fence`) a hole still empty is dead. Rows behind a
hole are sent at once.
"""

import asyncio
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

import asyncpg

from shared.base.clock import Clock, machine_seconds
from shared.base.points import reached
from shared.db.runtime_tables import OUTBOX_PARTITION_ROWS, outbox_partition
from shared.db.work import Database, is_transient
from shared.instruments import metrics, traces
from shared.messaging.bus import Bus, Outgoing
from shared.messaging.cloudevents import wire_headers

BATCH_ROWS_MAX = 1_000
LEASE_SECONDS = 10
POLL_SECONDS_MIN, POLL_SECONDS_MAX = 0.05, 0.25
"""Between looks for what other processes have written; a commit of this one wakes the relay at once."""
PARTITIONS_AHEAD = 3

_READ = """
WITH hole AS (SELECT * FROM unnest($2::bigint[], $3::bigint[]) AS hole (first, last)),
     fresh AS (SELECT seq, topic, key, headers, payload FROM outbox WHERE seq > $1 ORDER BY seq LIMIT $4),
     late AS (SELECT seq, topic, key, headers, payload FROM hole JOIN outbox ON seq BETWEEN first AND last)
SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS xmin, seq, topic, key, headers, payload
FROM (SELECT 1) AS always LEFT JOIN (SELECT * FROM late UNION ALL SELECT * FROM fresh) AS row ON true
ORDER BY seq
"""
_LEASE = f"""
UPDATE relay_cursor SET owner = $1, epoch = epoch + 1, leased_until = clock_timestamp() + interval '{LEASE_SECONDS} s'
WHERE shard = 0 AND (leased_until < clock_timestamp() OR owner = $1)
RETURNING epoch, position, gaps
"""
_ADVANCE = f"""
UPDATE relay_cursor SET position = $2, gaps = $3::jsonb, leased_until = clock_timestamp() + interval '{LEASE_SECONDS} s'
WHERE shard = 0 AND epoch = $1
"""
_FENCE = "SELECT pg_current_xact_id()::text::bigint"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Hole:
    """Sequence numbers `first`..`last` not seen yet; dead once every transaction up to `fence` has ended."""

    first: int
    last: int
    fence: int


@dataclass(slots=True)
class Cursor:
    """How far the outbox has been told, and what was missing on the way."""

    epoch: int
    position: int
    holes: list[Hole] = field(default_factory=list)


class LeaseLost(Exception):
    """Another relay has taken over: stop telling."""


class Relay:
    """Tells one service's outbox. Of several, one holds the lease; `owner` is stable across restarts of an instance."""

    def __init__(
        self, *, service: str, database: Database, bus: Bus, clock: Clock, owner: str
    ) -> None:
        self._service = service
        self._database = database
        self._bus = bus
        self._clock = clock
        self._owner = owner
        self._woken = asyncio.Event()
        self._renewed_at = 0.0
        self._prepared = -1
        database.when_told(self._woken.set)

    async def run(self, stopping: asyncio.Event) -> None:
        """Tell until `stopping`. Raises `BusLost` when the broker does not answer: end the process at once."""
        cursor: Cursor | None = None
        pause = POLL_SECONDS_MIN
        while not stopping.is_set():
            try:
                cursor = cursor or await self._lease()
                told = await self.tell_once(cursor) if cursor else 0
            except LeaseLost:
                cursor, told = None, 0
            except Exception as error:
                if not is_transient(error):
                    raise
                log.warning("relay waits for its database", extra={"why": repr(error)})
                cursor, told, pause = None, 0, POLL_SECONDS_MAX
            if told:
                pause = POLL_SECONDS_MIN
            if told < BATCH_ROWS_MAX:
                pause = await self._rest(pause)

    async def tell_once(self, cursor: Cursor) -> int:
        """Read a batch, send it, move the cursor; returns how many rows were sent."""
        async with self._database.look() as connection:
            rows, xmin = await read_batch(connection, cursor)

        if rows:
            reached("relay.before-send")
            await self._send(rows)
            reached("relay.after-send")

        seen = {row["seq"] for row in rows}
        position = max(cursor.position, *seen) if seen else cursor.position
        if (
            seen
            or machine_seconds() - self._renewed_at > LEASE_SECONDS / 3
            or _any_dead(cursor, xmin)
        ):
            await self._advance(cursor, position, seen, xmin)
        return len(rows)

    async def _lease(self) -> Cursor | None:
        async with self._database.work(self._clock.now()) as work:
            row = await work.connection.fetchrow(_LEASE, self._owner)
        if row is None:
            return None
        self._renewed_at = machine_seconds()
        return Cursor(row["epoch"], row["position"], [Hole(*hole) for hole in row["gaps"]])

    async def _send(self, rows: Sequence[asyncpg.Record]) -> None:
        batch, carriers = [], []
        for row in rows:
            headers = json.loads(row["headers"])
            carriers.append(headers)
            batch.append(
                Outgoing(row["topic"], row["key"].encode(), row["payload"], wire_headers(headers))
            )
        with traces.sending(batch[0].topic, carriers):
            await self._bus.publish(batch)
        metrics.count("events_told", len(batch), service=self._service)

    async def _advance(self, cursor: Cursor, position: int, seen: set[int], xmin: int) -> None:
        async with self._database.work(self._clock.now()) as work:
            missing = position - cursor.position > sum(seq > cursor.position for seq in seen)
            fence = await work.connection.fetchval(_FENCE) if missing else 0
            holes = holes_after(cursor, position, seen, xmin=xmin, fence=fence)
            gaps = json.dumps([(hole.first, hole.last, hole.fence) for hole in holes])
            if await work.connection.execute(_ADVANCE, cursor.epoch, position, gaps) != "UPDATE 1":
                raise LeaseLost(self._owner)
            await self._keep_partitions(
                work.connection, min([position, *(hole.first - 1 for hole in holes)])
            )
        cursor.position, cursor.holes, self._renewed_at = position, holes, machine_seconds()

    async def _keep_partitions(self, connection: asyncpg.Connection, done: int) -> None:
        """Room ahead of the cursor; what lies wholly behind it goes."""
        current = done // OUTBOX_PARTITION_ROWS
        if current == self._prepared:
            return
        for number in range(current, current + PARTITIONS_AHEAD + 1):
            if await connection.fetchval("SELECT to_regclass($1) IS NULL", f"outbox_{number}"):
                await connection.execute(outbox_partition(number))
        for number in range(max(0, current - PARTITIONS_AHEAD), current):
            await connection.execute(f"DROP TABLE IF EXISTS outbox_{number}")
        self._prepared = current

    async def _rest(self, pause: float) -> float:
        """Wait for a commit of this process, or a while: twice as long each time nothing comes."""
        try:
            await asyncio.wait_for(self._woken.wait(), pause)
            pause = POLL_SECONDS_MIN
        except TimeoutError:
            pause = min(pause * 2, POLL_SECONDS_MAX)
        self._woken.clear()
        return pause


async def read_batch(
    connection: asyncpg.Connection, cursor: Cursor
) -> tuple[list[asyncpg.Record], int]:
    """Rows after the cursor and rows that filled its holes, in one snapshot; with that snapshot's xmin."""
    rows = await connection.fetch(
        _READ,
        cursor.position,
        [hole.first for hole in cursor.holes],
        [hole.last for hole in cursor.holes],
        BATCH_ROWS_MAX,
    )
    return [row for row in rows if row["seq"] is not None], int(rows[0]["xmin"])


def holes_after(
    cursor: Cursor, position: int, seen: set[int], *, xmin: int, fence: int
) -> list[Hole]:
    """Old holes still empty and not dead, and the new ones between the old position and the new."""
    old = [part for hole in cursor.holes if hole.fence >= xmin for part in _without(hole, seen)]
    new = _without(Hole(cursor.position + 1, position, fence), seen)
    return old + new


def _without(hole: Hole, seen: set[int]) -> list[Hole]:
    """What is left of a hole when the numbers seen are taken out."""
    parts, first = [], hole.first
    for number in sorted(number for number in seen if hole.first <= number <= hole.last):
        if number > first:
            parts.append(Hole(first, number - 1, hole.fence))
        first = number + 1
    if first <= hole.last:
        parts.append(Hole(first, hole.last, hole.fence))
    return parts


def _any_dead(cursor: Cursor, xmin: int) -> bool:
    return any(hole.fence < xmin for hole in cursor.holes)
