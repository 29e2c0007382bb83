"""Messages as staff and customers see them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

_LIST = """
SELECT message_id, reminder_id, escalation_id, purpose,
       CASE WHEN purpose IN ('dispute', 'warning') THEN subject_id END AS dispute_id,
       legal_entity, status, version, route, told, reason,
       rule, planned_at, due_at, contact_day, ended_at, attempts, trace_id, traceparent, origin_traces
FROM messages
WHERE customer_id = $1 AND ($2::timestamptz IS NULL OR (planned_at, message_id) > ($2, $3::uuid))
ORDER BY planned_at, message_id LIMIT $4
"""


async def messages_of(
    connection: asyncpg.Connection, customer_id: UUID, *, after: tuple[str, ...] | None, limit: int
) -> Sequence[dict[str, Any]]:
    """The customer's messages, oldest first, one more than `limit` when there are more."""
    moment = datetime.fromisoformat(after[0]) if after else None
    last = UUID(after[1]) if after else None
    rows = await connection.fetch(_LIST, customer_id, moment, last, limit + 1)
    return [_shown(row) for row in rows]


def _shown(row: asyncpg.Record) -> dict[str, Any]:
    shown = dict(row)
    shown["route"] = row["route"] or {}
    shown["told"] = row["told"] or {}
    shown["trace_id"] = row["trace_id"] or "".join(row["traceparent"].split("-")[1:2])
    shown["origin_traces"] = row["origin_traces"].split()
    return shown
