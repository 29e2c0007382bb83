"""The disputes of a customer: an upsert guarded by the version of disputes; one, or a page of them, newest first; and
all that was said about one.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from portal_api.domain.dispute import Held
from shared.base.money import minor_of

SAVE: Final = """
INSERT INTO disputes AS held (
    dispute_id, customer_id, version, legal_entity, currency, reason, state, outcome, opened_at, moved_at, moved_by,
    words, answer_due_at, decision_due_at, merged_into, reopen_until,
    items, clocks)
SELECT * FROM unnest(
    $1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
    $9::timestamptz[], $10::timestamptz[], $11::text[], $12::text[], $13::timestamptz[], $14::timestamptz[],
    $15::uuid[], $16::date[], $17::jsonb[], $18::jsonb[])
ON CONFLICT (dispute_id) DO UPDATE SET
    customer_id = excluded.customer_id, version = excluded.version, legal_entity = excluded.legal_entity,
    currency = excluded.currency, reason = excluded.reason, state = excluded.state, outcome = excluded.outcome,
    opened_at = excluded.opened_at, moved_at = excluded.moved_at, moved_by = excluded.moved_by,
    words = excluded.words, answer_due_at = excluded.answer_due_at, decision_due_at = excluded.decision_due_at,
    merged_into = excluded.merged_into, reopen_until = excluded.reopen_until, items = excluded.items,
    clocks = excluded.clocks
WHERE held.version < excluded.version
"""
SAVE_WORDS: Final = """
INSERT INTO dispute_words (dispute_id, version, customer_id, at, by, words)
SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::timestamptz[], $5::text[], $6::text[])
ON CONFLICT DO NOTHING
"""
WORDS_SHOWN_MAX: Final = 200
"""The last so many."""
_PAGE = """
SELECT * FROM disputes WHERE customer_id = $1
    AND ($2::timestamptz IS NULL OR (opened_at, dispute_id) < ($2, $3))
ORDER BY opened_at DESC, dispute_id DESC LIMIT $4
"""
_WORDS = """
SELECT at, by, words FROM dispute_words WHERE customer_id = $1 AND dispute_id = $2 ORDER BY version DESC LIMIT $3
"""
_ONE = "SELECT * FROM disputes WHERE customer_id = $1 AND dispute_id = $2"
STANDING_READ_MAX: Final = 200
"""The limit of what may be open at a time is far below; of what is decided and holds nothing the newest are enough."""
_HOLDS = "EXISTS (SELECT FROM jsonb_array_elements(items) AS one WHERE (one ->> 5)::numeric > 0)"
_STANDING = f"""
SELECT * FROM (
    SELECT * FROM disputes WHERE customer_id = $1 AND state <> 'merged'
        AND (state NOT IN ('closed', 'withdrawn') OR {_HOLDS})
    ORDER BY {_HOLDS} DESC, opened_at DESC, dispute_id DESC LIMIT $2
) AS found ORDER BY opened_at DESC, dispute_id DESC
"""


async def page(
    connection: asyncpg.Connection,
    customer_id: UUID,
    *,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[asyncpg.Record]:
    """By when they were opened, after a position."""
    rows: list[asyncpg.Record] = await connection.fetch(
        _PAGE, customer_id, *(after or (None, None)), limit
    )
    return rows


async def one(
    connection: asyncpg.Connection, customer_id: UUID, dispute_id: UUID
) -> asyncpg.Record | None:
    """None when there is none of that id, or it is somebody else's."""
    return await connection.fetchrow(_ONE, customer_id, dispute_id)


async def standing(connection: asyncpg.Connection, customer_id: UUID) -> list[asyncpg.Record]:
    """Those that are not over, or hold something still, the newest first."""
    rows: list[asyncpg.Record] = await connection.fetch(_STANDING, customer_id, STANDING_READ_MAX)
    return rows


def held(rows: Iterable[asyncpg.Record]) -> Iterator[Held]:
    """What they hold, item by item."""
    for row in rows:
        for invoice_id, _, _, _, _, amount in row["items"]:
            yield Held(UUID(str(invoice_id)), minor_of(amount, row["currency"]))


async def words_of(
    connection: asyncpg.Connection, customer_id: UUID, dispute_id: UUID
) -> list[asyncpg.Record]:
    """What was said about it, the oldest first."""
    rows: list[asyncpg.Record] = await connection.fetch(
        _WORDS, customer_id, dispute_id, WORDS_SHOWN_MAX
    )
    return rows[::-1]
