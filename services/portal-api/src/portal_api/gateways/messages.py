"""The messages of a customer: an upsert guarded by the notifier's version, and a page of them, newest first."""

from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from shared.base.clock import Moment

SAVE: Final = """
INSERT INTO messages AS held (message_id, customer_id, version, legal_entity, purpose, channel, sent_at, items)
SELECT * FROM unnest(
    $1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::jsonb[])
ON CONFLICT (message_id) DO UPDATE SET
    customer_id = excluded.customer_id, version = excluded.version, legal_entity = excluded.legal_entity,
    purpose = excluded.purpose, channel = excluded.channel, sent_at = excluded.sent_at, items = excluded.items
WHERE held.version < excluded.version
"""
_SENT_AT = "SELECT sent_at FROM messages WHERE message_id = $1"
_PAGE = """
SELECT * FROM messages WHERE customer_id = $1
    AND ($2::timestamptz IS NULL OR (sent_at, message_id) < ($2, $3))
ORDER BY sent_at DESC, message_id DESC LIMIT $4
"""


async def page(
    connection: asyncpg.Connection,
    customer_id: UUID,
    *,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[asyncpg.Record]:
    """By when they were sent, after a position."""
    rows: list[asyncpg.Record] = await connection.fetch(
        _PAGE, customer_id, *(after or (None, None)), limit
    )
    return rows


async def sent_at(connection: asyncpg.Connection, message_id: UUID) -> Moment | None:
    """When it left; None when it did not, as far as we have heard."""
    moment: Moment | None = await connection.fetchval(_SENT_AT, message_id)
    return moment
