"""An invoice, payment or credit note as of a day and as it was known at a moment, read from entries and kept faces."""

from datetime import date
from typing import Any

import asyncpg

from ledger.domain.credit import NOBODY
from ledger.gateways.past import CREDITS_THEN, INVOICES_THEN
from shared.base.clock import Moment

Rows = list[asyncpg.Record]

_MOVED = """
    SELECT debit, debit_item, credit, credit_item, minor FROM entries
    WHERE customer_id = ANY($1::uuid[]) AND $2 IN (debit_item, credit_item) AND effective_on <= $3 AND recorded_at <= $4
"""
_LEFT = f"""
SELECT coalesce(sum(CASE WHEN debit_item = $2 THEN minor ELSE -minor END), 0)::bigint FROM ({_MOVED}) AS moved
"""
_APPLIED = f"""
SELECT invoice_id, source_id AS invoice_source_id, sum(moved.minor)::bigint AS applied_minor,
       NULL::boolean AS provisional
FROM (
    SELECT credit_item AS item, minor FROM ({_MOVED}) AS moved WHERE debit_item = $2
    UNION ALL SELECT debit_item, -minor FROM ({_MOVED}) AS moved WHERE credit_item = $2
) AS moved JOIN invoices ON invoice_id = item
GROUP BY 1, 2 HAVING sum(moved.minor) <> 0 ORDER BY 1
"""
_INVOICE = f"""
SELECT known.*, face.issued_on, face.returned
FROM invoices CROSS JOIN LATERAL ({INVOICES_THEN.then.format(known_at="$2")}) AS face
CROSS JOIN LATERAL (
    SELECT version, status, invoice_number, total_minor, due_on, terms FROM invoice_history AS history
    WHERE history.invoice_id = invoices.invoice_id AND recorded_at <= $2 ORDER BY version DESC LIMIT 1
) AS known
WHERE invoices.invoice_id = $1
"""
_CREDIT = f"""
SELECT face.*, (
    SELECT customer_id FROM entries WHERE customer_id = ANY($3::uuid[]) AND $1 IN (debit_item, credit_item)
    AND recorded_at <= $2 ORDER BY recorded_at DESC, entry_id DESC LIMIT 1
) AS customer_id
FROM credits CROSS JOIN LATERAL ({CREDITS_THEN.then.format(known_at="$2")}) AS face
WHERE credit_id = $1
"""


async def invoice(
    connection: asyncpg.Connection, present: Any, *, as_of: date, known_at: Moment
) -> dict[str, Any] | None:
    """The invoice's row as it would have been; None when it was not known yet."""
    invoice_id = present["invoice_id"]
    row = await connection.fetchrow(_INVOICE, invoice_id, known_at)
    if row is None:
        return None
    owners = [present["customer_id"]]
    left = await connection.fetchval(_LEFT, owners, invoice_id, as_of, known_at)
    status = row["status"] if row["status"] == "cancelled" else "open" if left else "settled"
    return {**present, **row, "open_minor": left, "status": status}


async def credit(
    connection: asyncpg.Connection, present: Any, *, as_of: date, known_at: Moment
) -> tuple[dict[str, Any], Rows] | None:
    """The credit's row as it would have been, and where it was applied; None when it was not known yet.

    Its version, and whether an application was provisional, are not kept for the past.
    """
    credit_id, owners = present["credit_id"], [present["customer_id"], NOBODY]
    row = await connection.fetchrow(_CREDIT, credit_id, known_at, owners)
    if row is None or row["customer_id"] is None:
        return None
    left = await connection.fetchval(_LEFT, owners, credit_id, as_of, known_at)
    applied: Rows = await connection.fetch(_APPLIED, owners, credit_id, as_of, known_at)
    return {**present, **row, "unapplied_minor": -left, "version": None}, applied
