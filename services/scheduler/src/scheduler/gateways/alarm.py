"""The alarm: one timer per customer. Whoever sets or claims it holds the customer, for it is always taken first."""

from collections.abc import Iterable, Mapping
from uuid import UUID

import asyncpg

from shared.base.clock import Moment
from shared.db import timers

LOOK = "look"
_ANY_DUE = "SELECT EXISTS (SELECT 1 FROM timers WHERE due_at <= $1 AND fired_at IS NULL)"


async def ring_now(
    connection: asyncpg.Connection, customers: Iterable[UUID], *, moment: Moment
) -> None:
    """Have these customers looked at as soon as possible."""
    await timers.set_many(connection, LOOK, {str(customer): moment for customer in customers})


async def set_all(connection: asyncpg.Connection, looks: Mapping[UUID, Moment | None]) -> None:
    """Have each customer looked at then; None waits for a fact."""
    wanted = {str(customer): look_at for customer, look_at in looks.items()}
    await timers.set_many(connection, LOOK, wanted)


async def claim(connection: asyncpg.Connection, *, moment: Moment, limit: int) -> list[UUID]:
    """Customers whose look is due, each held by this transaction until it ends."""
    due = await timers.claim(connection, LOOK, now=moment, limit=limit)
    return [UUID(one.key) for one in due]


async def any_due(connection: asyncpg.Connection, *, moment: Moment) -> bool:
    """Whether a customer waits to be looked at."""
    due: bool = await connection.fetchval(_ANY_DUE, moment)
    return due
