"""Durable timers. A timer is a hint, never truth: whoever it wakes reads the facts again.

At most one per (kind, key); setting it again moves it. Fired in the transaction of its effect.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import asyncpg

from shared.base.clock import Moment

_SET = """
INSERT INTO timers AS timer (kind, key, due_at)
SELECT $1, key, due_at FROM unnest($2::text[], $3::timestamptz[]) AS wanted (key, due_at)
ON CONFLICT (kind, key) DO UPDATE SET due_at = excluded.due_at, fired_at = NULL
WHERE timer.fired_at IS NOT NULL OR timer.due_at <> excluded.due_at
"""
_DROP = "DELETE FROM timers WHERE kind = $1 AND key = ANY($2::text[])"
_CLAIM = """
UPDATE timers AS timer SET fired_at = $2
FROM (
    SELECT key FROM timers
    WHERE kind = $1 AND due_at <= $2 AND fired_at IS NULL
    ORDER BY due_at LIMIT $3
    FOR UPDATE SKIP LOCKED
) AS due
WHERE timer.kind = $1 AND timer.key = due.key
RETURNING timer.key, timer.due_at
"""
_DUE = """
SELECT key, due_at FROM timers WHERE kind = $1 AND due_at <= $2 AND fired_at IS NULL ORDER BY due_at, key LIMIT $3
"""
_NEXT = "SELECT due_at FROM timers WHERE fired_at IS NULL ORDER BY due_at LIMIT 1"


@dataclass(frozen=True, slots=True)
class Due:
    """A timer that came due, and when it was to."""

    key: str
    due_at: Moment


async def set_many(
    connection: asyncpg.Connection, kind: str, wanted: Mapping[str, Moment | None]
) -> None:
    """Set each key's timer; None takes it away."""
    keys = sorted(key for key, due_at in wanted.items() if due_at is not None)
    if keys:
        await connection.execute(_SET, kind, keys, [wanted[key] for key in keys])
    if dropped := sorted(key for key, due_at in wanted.items() if due_at is None):
        await connection.execute(_DROP, kind, dropped)


async def claim(connection: asyncpg.Connection, kind: str, *, now: Moment, limit: int) -> list[Due]:
    """Take due timers that nobody else is taking and mark them fired, oldest first."""
    rows = await connection.fetch(_CLAIM, kind, now, limit)
    return sorted(
        (Due(row["key"], row["due_at"]) for row in rows), key=lambda due: (due.due_at, due.key)
    )


async def due(connection: asyncpg.Connection, kind: str, *, now: Moment, limit: int) -> list[Due]:
    """Due timers, oldest first, nothing taken: for whoever locks what they are about first, and sets them anew."""
    rows = await connection.fetch(_DUE, kind, now, limit)
    return [Due(row["key"], row["due_at"]) for row in rows]


async def next_due(connection: asyncpg.Connection) -> Moment | None:
    """When the earliest pending timer is due; None without one."""
    moment: Moment | None = await connection.fetchval(_NEXT)
    return moment
