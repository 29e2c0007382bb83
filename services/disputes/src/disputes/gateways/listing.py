"""Disputes, read: one, or a queue of them."""

from typing import NamedTuple
from uuid import UUID

import asyncpg

from disputes.domain.dispute import Dispute, Reason
from disputes.domain.move import State
from disputes.gateways.docket import disputes_of
from shared.base.clock import Moment

_PAGE = """
SELECT * FROM disputes
WHERE ($1::text IS NULL OR state = $1) AND ($2::text IS NULL OR reason = $2) AND ($3::text IS NULL OR team = $3)
    AND ($4::text IS NULL OR owner = $4) AND ($5::uuid IS NULL OR customer_id = $5)
    AND ($6::timestamptz IS NULL OR (opened_at, dispute_id) > ($6, $7))
ORDER BY opened_at, dispute_id LIMIT $8
"""
_ONE = "SELECT * FROM disputes WHERE dispute_id = $1"


class Filter(NamedTuple):
    """What a queue holds; None is all."""

    state: State | None = None
    reason: Reason | None = None
    team: str | None = None
    owner: str | None = None
    customer_id: UUID | None = None


async def page(
    connection: asyncpg.Connection,
    wanted: Filter,
    *,
    after: tuple[Moment, UUID] | None,
    limit: int,
) -> list[Dispute]:
    """The oldest first, after a position."""
    opened_at, dispute_id = after or (None, None)
    rows = await connection.fetch(_PAGE, *wanted, opened_at, dispute_id, limit)
    return await disputes_of(connection, rows)


async def one(connection: asyncpg.Connection, dispute_id: UUID) -> Dispute | None:
    """None when there is none of that id."""
    found = await disputes_of(connection, await connection.fetch(_ONE, dispute_id))
    return found[0] if found else None
