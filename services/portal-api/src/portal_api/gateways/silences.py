"""Holds of the scheduler: an upsert guarded by its version. No customer may read them."""

from typing import Final
from uuid import UUID

import asyncpg

from portal_api.domain.silence import Silence

SAVE: Final = """
INSERT INTO silences AS held (hold_id, customer_id, version, legal_entity, invoice_id, until, ended_at)
SELECT * FROM unnest(
    $1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::uuid[], $6::timestamptz[], $7::timestamptz[])
ON CONFLICT (hold_id) DO UPDATE SET
    version = excluded.version, legal_entity = excluded.legal_entity, invoice_id = excluded.invoice_id,
    until = excluded.until, ended_at = excluded.ended_at
WHERE held.version < excluded.version
"""
_OF = "SELECT * FROM silences WHERE customer_id = $1 AND ended_at IS NULL"


async def of_customer(connection: asyncpg.Connection, customer_id: UUID) -> list[Silence]:
    """Those that nobody has ended."""
    return [Silence(**dict(row)) for row in await connection.fetch(_OF, customer_id)]
