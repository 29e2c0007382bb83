"""Payments and credit notes, read: one, or a page of them, newest first. Every question names the customer."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

import asyncpg

from portal_api.domain.credit import Kind

_PAYMENTS = """
SELECT * FROM credits WHERE customer_id = $1 AND kind = 'payment'
    AND ($2::date IS NULL OR (dated_on, credit_id) < ($2, $3))
ORDER BY dated_on DESC, credit_id DESC LIMIT $4
"""
_CREDITS = """
SELECT * FROM credits WHERE customer_id = $1 AND (kind = 'credit-note' OR unapplied_minor > 0)
    AND ($2::date IS NULL OR (dated_on, credit_id) < ($2, $3))
ORDER BY dated_on DESC, credit_id DESC LIMIT $4
"""
_ONE = "SELECT * FROM credits WHERE customer_id = $1 AND credit_id = $2 AND kind = $3"
_INVOICES = """
SELECT invoice_id, invoice_number, currency FROM invoices WHERE customer_id = $1 AND invoice_id = ANY($2::uuid[])
"""

After = tuple[date, UUID] | None


class Settled(NamedTuple):
    """An own invoice, as an allocation names it."""

    invoice_number: str
    currency: str


async def payments(
    connection: asyncpg.Connection, customer_id: UUID, *, after: After, limit: int
) -> list[asyncpg.Record]:
    """By value date, after a position."""
    rows: list[asyncpg.Record] = await connection.fetch(
        _PAYMENTS, customer_id, *(after or (None, None)), limit
    )
    return rows


async def credit_notes_and_unapplied(
    connection: asyncpg.Connection, customer_id: UUID, *, after: After, limit: int
) -> list[asyncpg.Record]:
    """Every credit note, and every payment of which something is unapplied."""
    rows: list[asyncpg.Record] = await connection.fetch(
        _CREDITS, customer_id, *(after or (None, None)), limit
    )
    return rows


async def one(
    connection: asyncpg.Connection, customer_id: UUID, credit_id: UUID, kind: Kind
) -> asyncpg.Record | None:
    """None when there is none of that id, or it is somebody else's."""
    return await connection.fetchrow(_ONE, customer_id, credit_id, kind)


async def settled_by(
    connection: asyncpg.Connection, customer_id: UUID, rows: Sequence[asyncpg.Record]
) -> dict[str, Settled]:
    """The customer's own invoices that these stand against, by id as a text."""
    ids = {invoice_id for row in rows for invoice_id, *_ in row["allocations"]}
    found = await connection.fetch(_INVOICES, customer_id, list(ids)) if ids else []
    return {
        str(row["invoice_id"]): Settled(row["invoice_number"], row["currency"]) for row in found
    }
