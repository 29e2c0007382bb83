"""Holds of ours, and whether a customer is known here at all."""

from uuid import UUID

import asyncpg

from scheduler.domain.desk import Desk
from scheduler.domain.hold import Hold
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
_PAGE = """
SELECT * FROM holds WHERE customer_id = $1 AND (placed_at, hold_id) > ($2, $3) ORDER BY placed_at, hold_id LIMIT $4
"""
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
) -> list[Hold]:
    """Holds placed after a position, oldest first."""
    rows = await connection.fetch(_PAGE, customer_id, *after, limit)
    return [hold_of(row) for row in rows]
