"""What waits in the runtime's tables: asked by the pulse, by gauges and by people."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import asyncpg

from shared.base.clock import Moment

COUNTED_MAX = 10_000
"""Counts stop here: whether there are more makes no difference to anybody who asks."""

_CONDITION = f"""
WITH cursor AS (SELECT position, gaps FROM relay_cursor WHERE shard = 0),
     hole AS (SELECT (gap->>0)::bigint AS first, (gap->>1)::bigint AS last
              FROM cursor, jsonb_array_elements(gaps) AS gap),
     waiting AS (
         (SELECT recorded_at FROM outbox WHERE seq > (SELECT position FROM cursor)
          ORDER BY seq LIMIT {COUNTED_MAX})
         UNION ALL
         SELECT recorded_at FROM hole JOIN outbox ON seq BETWEEN first AND last),
     overdue AS (SELECT due_at FROM timers WHERE fired_at IS NULL AND due_at <= $1
                 ORDER BY due_at LIMIT {COUNTED_MAX})
SELECT (SELECT count(*) FROM waiting) AS outbox_waiting,
       (SELECT min(recorded_at) FROM waiting) AS outbox_oldest_at,
       (SELECT count(*) FROM overdue) AS timers_due,
       (SELECT min(due_at) FROM overdue) AS timers_due_since,
       (SELECT min(due_at) FROM timers WHERE fired_at IS NULL AND due_at > $1) AS next_due_at,
       (SELECT coalesce(max(seq), (SELECT position FROM cursor)) FROM outbox) AS told_seq
"""
_STANDING = """
SELECT count(*) AS records, count(DISTINCT key) AS keys, min(parked_at) AS since
FROM parked_events WHERE ended_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """Records that stand parked, the customers they keep waiting, and since when the oldest does."""

    records: int
    keys: int
    since: Moment | None


CountParked = Callable[[asyncpg.Connection], Awaitable[Standing]]
"""How a service counts what stands parked; one that keeps such records in a table of its own has its own way."""


@dataclass(frozen=True, slots=True)
class Condition:
    """Counts, and since when. `told_seq` is the last number the outbox gave to a fact we can see."""

    outbox_waiting: int
    outbox_oldest_at: Moment | None
    timers_due: int
    timers_due_since: Moment | None
    next_due_at: Moment | None
    told_seq: int


async def read(connection: asyncpg.Connection, *, now: Moment) -> Condition:
    """The condition of a service's runtime at a business moment, as one snapshot."""
    row = await connection.fetchrow(_CONDITION, now)
    assert row is not None
    return Condition(**row)


async def count_parked(connection: asyncpg.Connection) -> Standing:
    """What stands in the runtime's own table."""
    row = await connection.fetchrow(_STANDING)
    assert row is not None
    return Standing(**row)
