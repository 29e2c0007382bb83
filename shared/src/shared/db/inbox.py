"""Event ids already taken, for effects that no aggregate version guards."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg

_TAKE = "INSERT INTO inbox (event_id) SELECT DISTINCT unnest($1::uuid[]) ON CONFLICT DO NOTHING RETURNING event_id"


async def take(connection: asyncpg.Connection, event_ids: Sequence[UUID]) -> set[UUID]:
    """Which of these are new; from now on they are not."""
    return {row["event_id"] for row in await connection.fetch(_TAKE, event_ids)}
