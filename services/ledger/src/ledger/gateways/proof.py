"""The proof of the books: what must be zero, counted from the entries."""

import asyncpg

_PROOF = """
WITH moved AS (
    SELECT customer_id, legal_entity, currency, debit AS account, debit_item AS item, minor FROM entries
    UNION ALL
    SELECT customer_id, legal_entity, currency, credit, credit_item, -minor FROM entries
), trial AS (
    SELECT legal_entity, currency, sum(minor) AS off FROM moved GROUP BY 1, 2
), posted AS (
    SELECT item, sum(minor) AS net FROM moved WHERE account IN (1200, 2100) GROUP BY 1
), held AS (
    SELECT invoice_id AS item, open_minor AS net FROM invoices
    UNION ALL SELECT credit_id, -unapplied_minor FROM credits
), subledger AS (
    SELECT coalesce(posted.net, 0) - coalesce(held.net, 0) AS off FROM posted FULL JOIN held USING (item)
), control AS (
    SELECT customer_id, legal_entity, currency,
           sum(minor) FILTER (WHERE account = 1200) AS receivable,
           -sum(minor) FILTER (WHERE account = 2100) AS unapplied
    FROM moved WHERE account IN (1200, 2100) GROUP BY 1, 2, 3
), cache AS (
    SELECT abs(coalesce(totals.receivable_minor, 0) - coalesce(control.receivable, 0))
         + abs(coalesce(totals.unapplied_minor, 0) - coalesce(control.unapplied, 0)) AS off
    FROM control FULL JOIN totals USING (customer_id, legal_entity, currency)
), applied AS (
    SELECT invoice_id, sum(applied_minor - back_minor) AS minor FROM allocations GROUP BY 1
), open_amounts AS (
    SELECT CASE WHEN status = 'cancelled' THEN 0 ELSE coalesce(opening_minor, total_minor, 0) END
           - adjusted_minor - coalesce(minor, 0) - open_minor AS off
    FROM invoices LEFT JOIN applied USING (invoice_id)
)
SELECT (SELECT coalesce(sum(abs(off)), 0) FROM trial)::bigint AS trial_balance,
       (SELECT coalesce(sum(abs(off)), 0) FROM subledger)::bigint AS subledger,
       (SELECT coalesce(sum(off), 0) FROM cache)::bigint AS totals,
       (SELECT coalesce(sum(abs(off)), 0) FROM open_amounts)::bigint AS open_amounts,
       (SELECT count(*) FROM entries) AS entries
"""

LAWS = ("trial_balance", "subledger", "totals", "open_amounts")
"""What is counted, in minor units over all currencies; each must be 0."""


async def prove(connection: asyncpg.Connection) -> dict[str, int]:
    """How far the books are off each law, and how many entries were looked at."""
    (row,) = await connection.fetch(_PROOF)
    return dict(row)


def imbalance_of(proof: dict[str, int]) -> int:
    """Everything that is off, together."""
    return sum(proof[law] for law in LAWS)
