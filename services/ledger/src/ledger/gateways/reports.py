"""What the books say of any day, as it is known now or was known then."""

from datetime import date
from uuid import UUID

import asyncpg

from ledger.gateways import instalments
from ledger.gateways.past import CREDITS_THEN
from shared.base.clock import Moment

Rows = list[asyncpg.Record]

_MOVED = """
    SELECT debit_item AS item, minor FROM entries
    WHERE {where} debit = 1200 AND effective_on <= $1 AND recorded_at <= $2
    UNION ALL
    SELECT credit_item, -minor FROM entries
    WHERE {where} credit = 1200 AND effective_on <= $1 AND recorded_at <= $2
"""
_OPEN_ITEMS = f"""
WITH moved AS ({_MOVED.format(where="customer_id = $3 AND")}),
left_open AS (SELECT item, sum(minor)::bigint AS open_minor FROM moved GROUP BY item HAVING sum(minor) <> 0)
SELECT invoices.invoice_id, source_id, known.invoice_number, legal_entity, currency, known.total_minor,
       left_open.open_minor, known.due_on, known.terms
FROM left_open JOIN invoices ON invoice_id = item
CROSS JOIN LATERAL (
    SELECT * FROM invoice_history AS history
    WHERE history.invoice_id = invoices.invoice_id AND history.recorded_at <= $2 ORDER BY version DESC LIMIT 1
) AS known
WHERE $4::date IS NULL OR (known.due_on, invoices.invoice_id) > ($4::date, $5::uuid)
ORDER BY known.due_on, invoices.invoice_id LIMIT $6
"""
_AGING = f"""
WITH moved AS ({_MOVED.format(where="")}),
left_open AS (SELECT item, sum(minor)::bigint AS open_minor FROM moved GROUP BY item HAVING sum(minor) <> 0)
SELECT legal_entity, currency, $1::date - known.due_on AS days_overdue, sum(left_open.open_minor)::bigint AS open_minor,
       CASE WHEN known.terms IS NOT NULL THEN invoice_id END AS invoice_id, known.terms
FROM left_open JOIN invoices ON invoice_id = item
CROSS JOIN LATERAL (
    SELECT due_on, terms FROM invoice_history AS history
    WHERE history.invoice_id = invoices.invoice_id AND history.recorded_at <= $2 ORDER BY version DESC LIMIT 1
) AS known
GROUP BY 1, 2, 3, 5, 6 ORDER BY 1, 2, 3, 5
"""
"""Invoices with terms of their own stand alone: they may be due in parts."""
_CREDITS_LEFT = f"""
WITH moved AS (
    {_MOVED.format(where="")}
    UNION ALL SELECT debit_item, minor FROM entries
    WHERE debit = 2100 AND effective_on <= $1 AND recorded_at <= $2
    UNION ALL SELECT credit_item, -minor FROM entries
    WHERE credit = 2100 AND effective_on <= $1 AND recorded_at <= $2
)
SELECT legal_entity, currency, -sum(moved.minor)::bigint AS unapplied_minor
FROM moved JOIN credits ON credit_id = item GROUP BY 1, 2 ORDER BY 1, 2
"""
_TRIAL_BALANCE = """
WITH moved AS (
    SELECT legal_entity, currency, debit AS account, minor FROM entries
    WHERE effective_on <= $1 AND recorded_at <= $2
    UNION ALL
    SELECT legal_entity, currency, credit, -minor FROM entries WHERE effective_on <= $1 AND recorded_at <= $2
)
SELECT legal_entity, currency, account, sum(minor)::bigint AS balance_minor FROM moved
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
_UNAPPLIED = f"""
WITH moved AS (
    {_MOVED.format(where="customer_id = $3 AND")}
    UNION ALL SELECT debit_item, minor FROM entries
    WHERE customer_id = $3 AND debit = 2100 AND effective_on <= $1 AND recorded_at <= $2
    UNION ALL SELECT credit_item, -minor FROM entries
    WHERE customer_id = $3 AND credit = 2100 AND effective_on <= $1 AND recorded_at <= $2
),
left_over AS (SELECT item, -sum(minor)::bigint AS unapplied_minor FROM moved GROUP BY item HAVING sum(minor) <> 0)
SELECT credit_id, kind, source, source_id, legal_entity, currency, known.minor, left_over.unapplied_minor,
       known.credited_on
FROM left_over JOIN credits ON credit_id = item CROSS JOIN LATERAL ({CREDITS_THEN.then.format(known_at="$2")}) AS known
WHERE $4::date IS NULL OR (known.credited_on, credit_id) > ($4::date, $5::uuid)
ORDER BY known.credited_on, credit_id LIMIT $6
"""


async def open_items(
    connection: asyncpg.Connection,
    customer_id: UUID,
    *,
    as_of: date,
    known_at: Moment,
    after: tuple[date, UUID] | None,
    limit: int,
) -> Rows:
    """Invoices of a customer with something open on that day, the oldest due first."""
    rows: Rows = await connection.fetch(
        _OPEN_ITEMS, as_of, known_at, customer_id, *(after or (None, None)), limit
    )
    return rows


async def aging(
    connection: asyncpg.Connection, *, as_of: date, known_at: Moment
) -> list[tuple[str, str, int, int]]:
    """(legal entity, currency, days overdue, open minor units): days negative before the due date, 0 without one."""
    rows = await connection.fetch(_AGING, as_of, known_at)
    parts = await instalments.left_of(connection, rows, as_of=as_of, known_at=known_at)
    aged = []
    for entity, currency, days, open_minor, invoice_id, _ in rows:
        if invoice_id in parts:
            left = [(one.days_overdue(as_of), one.open_minor) for one in parts[invoice_id]]
        else:
            left = [(days, open_minor)]
        aged += [(entity, currency, *one) for one in left]
    return aged


async def credits_left(connection: asyncpg.Connection, *, as_of: date, known_at: Moment) -> Rows:
    """Unapplied cash and credit notes by legal entity and currency, as positive amounts."""
    rows: Rows = await connection.fetch(_CREDITS_LEFT, as_of, known_at)
    return rows


async def trial_balance(connection: asyncpg.Connection, *, as_of: date, known_at: Moment) -> Rows:
    """Balance of every account, debits positive."""
    rows: Rows = await connection.fetch(_TRIAL_BALANCE, as_of, known_at)
    return rows


async def unapplied(
    connection: asyncpg.Connection,
    customer_id: UUID,
    *,
    as_of: date,
    known_at: Moment,
    after: tuple[date, UUID] | None,
    limit: int,
) -> Rows:
    """Payments and credit notes of a customer with something left on that day, the oldest first."""
    rows: Rows = await connection.fetch(
        _UNAPPLIED, as_of, known_at, customer_id, *(after or (None, None)), limit
    )
    return rows
