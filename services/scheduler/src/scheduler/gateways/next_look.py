"""The next look of one customer, as the last one left it."""

from uuid import UUID

import asyncpg

_NEXT = """
SELECT timer.due_at AS at, standing.look_at, standing.look_why, standing.segment, standing.segment_why,
       standing.contact_at
FROM standings AS standing LEFT JOIN timers AS timer
     ON timer.kind = 'look' AND timer.key = standing.customer_id::text AND timer.fired_at IS NULL
WHERE standing.customer_id = $1
"""


async def read(connection: asyncpg.Connection, customer_id: UUID) -> asyncpg.Record | None:
    """When and why the customer is looked at next; None when nobody told us of them."""
    row: asyncpg.Record | None = await connection.fetchrow(_NEXT, customer_id)
    return row
