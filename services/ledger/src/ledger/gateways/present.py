"""The present state of everybody, a page at a time: for telling it again."""

from uuid import UUID

import asyncpg

from ledger.domain.credit import NOBODY

_NEXT = "SELECT customer_id FROM customers WHERE customer_id > $1 AND version > 0 ORDER BY customer_id LIMIT $2"
_ITEMS = """
SELECT invoice_id AS id FROM invoices WHERE customer_id = ANY($1::uuid[]) AND open_minor > 0
UNION ALL
SELECT credit_id FROM credits WHERE customer_id = ANY($1::uuid[]) AND unapplied_minor > 0
"""
_RAISE = (
    "UPDATE invoices SET version = $2 WHERE customer_id = ANY($1::uuid[]) AND version < $2",
    "UPDATE credits SET version = $2 WHERE customer_id = ANY($1::uuid[]) AND version < $2",
)
FIRST = NOBODY


async def customers_after(
    connection: asyncpg.Connection, customer_id: UUID, *, limit: int
) -> list[UUID]:
    """The next customers that have been told of, by id."""
    return [row["customer_id"] for row in await connection.fetch(_NEXT, customer_id, limit)]


async def open_objects(connection: asyncpg.Connection, customer_ids: list[UUID]) -> set[UUID]:
    """Their open invoices, and their payments and credit notes with something left."""
    return {row["id"] for row in await connection.fetch(_ITEMS, customer_ids)}


async def raise_versions(
    connection: asyncpg.Connection, customer_ids: list[UUID], *, floor: int
) -> None:
    """Let everything of these customers, settled or not, stand at `floor` at least; nothing is told of it now."""
    for statement in _RAISE:
        await connection.execute(statement, customer_ids, floor)
