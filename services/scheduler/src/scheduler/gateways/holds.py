"""Holds of ours, and whether a customer is known here at all."""

from uuid import UUID

import asyncpg

from scheduler.domain.desk import Desk
from scheduler.domain.hold import HoldKind, Silencing, Told
from scheduler.gateways import alarm, timeline
from scheduler.gateways.rows import hold_of
from scheduler.gateways.timeline import Line
from shared.base.clock import Moment
from shared.db.work import Work
from shared.messaging.tell import tell

_KNOWN = """
SELECT EXISTS (SELECT 1 FROM customers WHERE customer_id = $1)
    OR EXISTS (SELECT 1 FROM standings WHERE customer_id = $1)
"""
_HOLDS = "SELECT * FROM holds WHERE customer_id = $1 ORDER BY placed_at, hold_id"
_ALL = """
SELECT hold_id, kind, reason, owner, legal_entity, invoice_id, NULL::int AS instalment, NULL::bigint AS minor,
    NULL AS currency, placed_at, until, NULL::date AS until_on, ended_at, false AS told
FROM holds WHERE customer_id = $1
UNION ALL
SELECT hold_id, kind, reason, owner, legal_entity, invoice_id, instalment, minor, currency,
    coalesce(placed_at, 'epoch'), NULL, until, ended_at, true
FROM amount_holds WHERE customer_id = $1 AND (minor > 0 OR ended_at IS DISTINCT FROM placed_at)
UNION ALL
SELECT md5(concat_ws('/', 'erp', customer_id, hold))::uuid, 'erp', hold ->> 'reason', 'erp', hold ->> 'legal_entity',
    NULL, NULL, NULL, NULL, changed_at, NULL, (hold ->> 'until')::date, NULL, true
FROM customers, jsonb_array_elements(holds) AS hold WHERE customer_id = $1
UNION ALL
SELECT DISTINCT md5(concat_ws('/', 'erp', invoice_id, hold))::uuid, 'erp', hold ->> 'reason', 'erp',
    items.legal_entity, invoice_id, NULL::int, (hold ->> 'amount_minor')::bigint, currency,
    coalesce(changed_at, 'epoch'), NULL::timestamptz, (hold ->> 'until')::date, NULL::timestamptz, true
FROM items LEFT JOIN customers USING (customer_id), jsonb_array_elements(items.holds) AS hold
WHERE items.customer_id = $1 AND open_minor > 0
UNION ALL
SELECT md5(concat_ws('/', 'doubt', customer_id, doubt))::uuid, 'doubt', doubt, 'erp', NULL, NULL, NULL, NULL, NULL,
    changed_at, NULL, NULL, NULL, true
FROM customers, jsonb_array_elements_text(doubts) AS doubt WHERE customer_id = $1
UNION ALL
SELECT credit_id, 'unapplied-cash', 'money on account', 'customer', credits.legal_entity, NULL, NULL, unapplied_minor,
    currency, coalesce(changed_at, 'epoch'), NULL, NULL, NULL, true
FROM credits LEFT JOIN customers USING (customer_id) WHERE credits.customer_id = $1 AND unapplied_minor > 0
"""
_PAGE = f"""
SELECT * FROM ({_ALL}) AS silencing WHERE (placed_at, hold_id) > ($2, $3) ORDER BY placed_at, hold_id LIMIT $4
"""
_TOLD = f"SELECT EXISTS (SELECT FROM ({_ALL}) AS silencing WHERE told AND hold_id = $2)"
_KEEP = """
INSERT INTO holds (hold_id, customer_id, kind, reason, owner, legal_entity, invoice_id, placed_at, until, ended_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (hold_id) DO UPDATE SET ended_at = excluded.ended_at
"""


async def is_known(connection: asyncpg.Connection, customer_id: UUID) -> bool:
    """Whether anybody told us of this customer."""
    known: bool = await connection.fetchval(_KNOWN, customer_id)
    return known


async def load(connection: asyncpg.Connection, customer_id: UUID, *, moment: Moment) -> Desk:
    """The customer's holds, the customer held until the transaction ends."""
    await alarm.ring_now(connection, [customer_id], moment=moment)
    desk = Desk(customer_id)
    desk.holds = {
        row["hold_id"]: hold_of(row) for row in await connection.fetch(_HOLDS, customer_id)
    }
    return desk


async def save(work: Work, desk: Desk) -> None:
    """Write what changed, keep it on the timeline, tell it."""
    for hold in desk.changed:
        await work.connection.execute(
            _KEEP,
            *(hold.hold_id, hold.customer_id, hold.kind.value, hold.reason, hold.owner),
            *(hold.legal_entity, hold.invoice_id, hold.placed_at, hold.until, hold.ended_at),
        )
    lines = [Line(desk.customer_id, decision, "", 0) for decision in desk.decisions]
    timeline.append(work, lines)
    tell(work, desk.told)


async def page(
    connection: asyncpg.Connection, customer_id: UUID, *, after: tuple[Moment, UUID], limit: int
) -> list[Silencing]:
    """All that keeps us silent or did, whoever told of it, behind a position, oldest first. Of what the ERP says, and
    of money on account, only what is so now.
    """
    rows = await connection.fetch(_PAGE, customer_id, *after, limit)
    return [_silencing(row) for row in rows]


async def is_told(connection: asyncpg.Connection, customer_id: UUID, hold_id: UUID) -> bool:
    """Whether others told of it, so that only they can end it."""
    told: bool = await connection.fetchval(_TOLD, customer_id, hold_id)
    return told


def _silencing(row: asyncpg.Record) -> Silencing:
    kind = Told(row["kind"]) if row["told"] else HoldKind(row["kind"])
    plain = {name: value for name, value in row.items() if name != "told"}
    return Silencing(**plain | {"kind": kind})
