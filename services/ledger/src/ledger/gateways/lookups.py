"""Single objects and records, as the doors show them."""

from typing import Any
from uuid import UUID

import asyncpg

from ledger.domain.request import REFUSED
from shared.base.clock import Moment

Rows = list[asyncpg.Record]

_CUSTOMER = "SELECT * FROM customers WHERE source = $1 AND customer_number = $2"
_DOUBTS = """
SELECT code, parked_at AS since, parked_id FROM doubts JOIN parked_records USING (parked_id)
WHERE doubts.customer_id = $1
UNION ALL SELECT $2, answered_at, request_id FROM requests WHERE customer_id = $1 AND state = 'refused'
ORDER BY since, parked_id
"""
_INVOICE = "SELECT * FROM invoices WHERE invoice_id = $1"
_OWED = """
SELECT * FROM invoices
WHERE customer_id = $1 AND invoice_id = ANY($2::uuid[]) AND currency IS NOT NULL AND status <> 'cancelled'
ORDER BY due_on, invoice_id
"""
_HISTORY = """
SELECT * FROM invoice_history WHERE invoice_id = $1 AND recorded_at <= $2 ORDER BY version
"""
_CREDIT = "SELECT * FROM credits WHERE credit_id = $1"
_ALLOCATIONS = """
SELECT invoice_id, invoices.source_id AS invoice_source_id, applied_minor, provisional
FROM allocations LEFT JOIN invoices USING (invoice_id)
WHERE credit_id = $1 AND applied_minor > 0 ORDER BY invoice_id
"""
_FIRST_OF_EVENT = """
SELECT * FROM intake WHERE source = $1 AND event_id = $2 ORDER BY recorded_at, topic, partition, "offset" LIMIT 1
"""
_AT = 'SELECT * FROM intake WHERE topic = $1 AND partition = $2 AND "offset" = $3'
_DELIVERIES = """
SELECT topic, partition, "offset", outcome, recorded_at FROM intake WHERE source = $1 AND event_id = $2
ORDER BY recorded_at, topic, partition, "offset" LIMIT $3
"""
_PARKED = """
SELECT parked_id, customer_id, topic, object_id, version, outcome, code, pointer, detail, parked_at, attributes,
       ARRAY(SELECT doubts.customer_id FROM doubts WHERE doubts.parked_id = parked_records.parked_id
             ORDER BY 1) AS customer_ids
FROM parked_records
WHERE ended_at IS NULL AND ($1::timestamptz IS NULL OR (parked_at, parked_id) > ($1::timestamptz, $2::uuid))
ORDER BY parked_at, parked_id LIMIT $3
"""


async def customer(connection: asyncpg.Connection, source: str, number: str) -> Any:
    """A customer by the ERP's number; None when there is none."""
    return await connection.fetchrow(_CUSTOMER, source, number)


async def doubts(connection: asyncpg.Connection, customer_id: UUID) -> Rows:
    """Parked records and refused requests that keep the customer silent."""
    rows: Rows = await connection.fetch(_DOUBTS, customer_id, REFUSED)
    return rows


async def invoice(connection: asyncpg.Connection, invoice_id: UUID) -> Any:
    """An invoice; None when there is none."""
    return await connection.fetchrow(_INVOICE, invoice_id)


async def owed(connection: asyncpg.Connection, customer_id: UUID, invoice_ids: list[UUID]) -> Rows:
    """Those of a customer's invoices that count, settled or not, the oldest due first."""
    rows: Rows = await connection.fetch(_OWED, customer_id, invoice_ids)
    return rows


async def history(connection: asyncpg.Connection, invoice_id: UUID, *, known_at: Moment) -> Rows:
    """What an invoice was, change by change, as far as it was known at that moment."""
    rows: Rows = await connection.fetch(_HISTORY, invoice_id, known_at)
    return rows


async def credit(connection: asyncpg.Connection, credit_id: UUID) -> Any:
    """A payment or credit note; None when there is none."""
    return await connection.fetchrow(_CREDIT, credit_id)


async def allocations(connection: asyncpg.Connection, credit_id: UUID) -> Rows:
    """Where a credit is applied."""
    rows: Rows = await connection.fetch(_ALLOCATIONS, credit_id)
    return rows


async def first_of_event(connection: asyncpg.Connection, source: str, event_id: str) -> Any:
    """The first record with that event id; None when none came."""
    return await connection.fetchrow(_FIRST_OF_EVENT, source, event_id)


async def intake_at(connection: asyncpg.Connection, topic: str, partition: int, offset: int) -> Any:
    """The record at that place; None when none was taken there."""
    return await connection.fetchrow(_AT, topic, partition, offset)


async def deliveries(
    connection: asyncpg.Connection, source: str, event_id: str, *, limit: int
) -> Rows:
    """Every record with that event id, in the order in which they were taken."""
    rows: Rows = await connection.fetch(_DELIVERIES, source, event_id, limit)
    return rows


async def parked(
    connection: asyncpg.Connection, *, after: tuple[object, object] | None, limit: int
) -> Rows:
    """Records that stand aside, the oldest first."""
    rows: Rows = await connection.fetch(_PARKED, *(after or (None, None)), limit)
    return rows
