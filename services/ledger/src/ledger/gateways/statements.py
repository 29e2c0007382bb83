"""What the books hold of one customer for a statement, between two days, as it was known at a moment."""

import json
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from ledger.domain.statement import INVOICE, Found, Item, Moved
from ledger.gateways import instalments
from ledger.gateways.past import CREDITS_THEN, CUSTOMER_THEN, INVOICES_THEN
from shared.base.clock import Moment

Rows = list[asyncpg.Record]

_CUSTOMER = f"""
SELECT customer_id, source, customer_number, known.body
FROM customers CROSS JOIN LATERAL ({CUSTOMER_THEN.format(known_at="$2")}) AS known
WHERE customer_id = $1 AND customer_number <> '' AND first_seen_at <= $2
"""

_MOVED = """
    SELECT legal_entity, currency, effective_on, kind, minor,
           CASE WHEN debit IN (1200, 2100) THEN debit_item END AS debit_item,
           CASE WHEN credit IN (1200, 2100) THEN credit_item END AS credit_item
    FROM entries AS entry
    WHERE customer_id = $1 AND effective_on <= $2 AND recorded_at <= $3
      AND (debit IN (1200, 2100) OR credit IN (1200, 2100))
"""
_OPENING = f"""
WITH moved AS ({_MOVED})
SELECT legal_entity, currency,
       sum(CASE WHEN debit_item IS NULL THEN -minor WHEN credit_item IS NULL THEN minor ELSE 0 END)::bigint AS owed
FROM moved GROUP BY 1, 2
"""
_STANDING = f"""
WITH moved AS (
    {_MOVED}
      AND NOT EXISTS (SELECT FROM entries AS undoing WHERE undoing.reverses = entry.entry_id
                      AND undoing.effective_on = entry.effective_on AND undoing.recorded_at <= $3)
      AND NOT EXISTS (SELECT FROM entries AS undone WHERE undone.entry_id = entry.reverses
                      AND undone.effective_on = entry.effective_on)
)
SELECT legal_entity, currency, effective_on, kind, debit_item, credit_item,
       sum(CASE WHEN debit_item IS NULL THEN -minor WHEN credit_item IS NULL THEN minor ELSE 0 END)::bigint AS owed,
       sum(minor)::bigint AS minor
FROM moved WHERE $4::date IS NULL OR effective_on >= $4
GROUP BY 1, 2, 3, 4, 5, 6 LIMIT $5
"""
_LEFT = f"""
WITH moved AS ({_MOVED}), both_sides AS (
    SELECT legal_entity, currency, debit_item AS item, minor FROM moved WHERE debit_item IS NOT NULL
    UNION ALL SELECT legal_entity, currency, credit_item, -minor FROM moved WHERE credit_item IS NOT NULL
)
SELECT legal_entity, currency, item, sum(minor)::bigint AS minor FROM both_sides
GROUP BY 1, 2, 3 HAVING sum(minor) <> 0
"""
_INVOICES = f"""
SELECT invoice_id, known.invoice_number, face.issued_on, known.total_minor, known.due_on, known.terms
FROM invoices CROSS JOIN LATERAL ({INVOICES_THEN.then.format(known_at="$2")}) AS face
CROSS JOIN LATERAL (
    SELECT invoice_number, due_on, total_minor, terms FROM invoice_history AS history
    WHERE history.invoice_id = invoices.invoice_id AND recorded_at <= $2 ORDER BY version DESC LIMIT 1
) AS known
WHERE invoice_id = ANY($1::uuid[])
"""
_CREDITS = f"""
SELECT credit_id, kind, source_id, known.number, known.reference, known.credited_on, known.minor
FROM credits CROSS JOIN LATERAL ({CREDITS_THEN.then.format(known_at="$2")}) AS known
WHERE credit_id = ANY($1::uuid[])
"""


async def customer(connection: asyncpg.Connection, customer_id: UUID, *, known_at: Moment) -> Any:
    """(customer_id, source, customer_number, body) as known then; None when nobody had heard of it."""
    row = await connection.fetchrow(_CUSTOMER, customer_id, known_at)
    return row and {**row, "body": json.loads(row["body"])}


async def found(
    connection: asyncpg.Connection,
    customer_id: UUID,
    *,
    start: date | None,
    as_of: date,
    known_at: Moment,
    movements_max: int,
) -> Found:
    """What stands, from `start` (None: the beginning) to `as_of`, both included; at most so many movements."""
    day_before = date.min if start is None or start == date.min else start - timedelta(days=1)
    opened = await connection.fetch(_OPENING, customer_id, day_before, known_at)
    standing = await connection.fetch(_STANDING, customer_id, as_of, known_at, start, movements_max)
    left = await connection.fetch(_LEFT, customer_id, as_of, known_at)

    moved = [Moved(*row) for row in standing]
    ids = {item for one in moved for item in (one.debit_item, one.credit_item) if item is not None}
    left_minor = {row["item"]: row["minor"] for row in left}
    invoices = await connection.fetch(_INVOICES, list(ids | left_minor.keys()), known_at)
    credits_ = await connection.fetch(_CREDITS, list(ids | left_minor.keys()), known_at)
    due = [{**one, "open_minor": left_minor.get(one["invoice_id"], 0)} for one in invoices]
    return Found(
        {(row["legal_entity"], row["currency"]): row["owed"] for row in opened},
        moved,
        {(row["legal_entity"], row["currency"], row["item"]): row["minor"] for row in left},
        _items(invoices, credits_),
        await instalments.left_of(
            connection, due, customer_id=customer_id, as_of=as_of, known_at=known_at
        ),
    )


def _items(invoices: Rows, credits_: Rows) -> dict[UUID, Item]:
    """Invoices and credits by id, as they were known. A payment is named by the ERP's id: it has no number."""
    items = [Item(one[0], INVOICE, *tuple(one)[1:5]) for one in invoices]
    items += [
        Item(
            one["credit_id"],
            one["kind"],
            one["number"] or one["source_id"],
            one["credited_on"],
            one["minor"],
            reference=one["reference"] or "",
        )
        for one in credits_
    ]
    return {item.item_id: item for item in items}
