"""Promises in their table, which whoever changes them has locked by their customer."""

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

import asyncpg
from pydantic import TypeAdapter

from portal_api.domain.owed import Item
from portal_api.domain.promise import Promise, State
from shared.base.clock import Moment
from shared.base.ids import derived_id
from shared.db.work import Work

TIMER: Final = "promises"
"""Kind of the timer that a promise has while it is open."""
ITEMS: Final = TypeAdapter(list[Item])

_PLACE = "SELECT count(*) FROM promises WHERE customer_id = $1"
_CUSTOMER_OF = "SELECT customer_id FROM promises WHERE promise_id = $1"
_KEEP = """
INSERT INTO promises (
    promise_id, customer_id, place, legal_entity, currency, items, pay_on, grace_days, state, version, made_at,
    ended_at, withdrawn_by)
VALUES ($1, $2, (SELECT count(*) FROM promises WHERE customer_id = $2), $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
ON CONFLICT (promise_id) DO UPDATE SET
    items = excluded.items, state = excluded.state, version = excluded.version, ended_at = excluded.ended_at,
    withdrawn_by = excluded.withdrawn_by
"""
_PAGE = """
SELECT * FROM promises
WHERE customer_id = $1 AND ($2::timestamptz IS NULL OR (made_at, promise_id) > ($2, $3))
ORDER BY made_at, promise_id LIMIT $4
"""
_ONE = "SELECT * FROM promises WHERE customer_id = $1 AND promise_id = $2"


async def next_id(connection: asyncpg.Connection, customer_id: UUID) -> UUID:
    """Of the customer's first, second … promise; the customer is locked."""
    return derived_id("promise", customer_id, await connection.fetchval(_PLACE, customer_id))


async def customer_of(connection: asyncpg.Connection, promise_id: UUID) -> UUID:
    """Whose it is."""
    customer_id: UUID = await connection.fetchval(_CUSTOMER_OF, promise_id)
    return customer_id


async def save(work: Work, changed: Iterable[Promise]) -> None:
    """Write these."""
    for promise in changed:
        await work.connection.execute(_KEEP, *_row(promise))


async def page(
    connection: asyncpg.Connection,
    customer_id: UUID,
    *,
    after: tuple[Moment, UUID] | None,
    limit: int,
) -> list[Promise]:
    """The oldest first, after a position."""
    made_at, promise_id = after or (None, None)
    rows = await connection.fetch(_PAGE, customer_id, made_at, promise_id, limit)
    return [promise_of(row) for row in rows]


async def one(
    connection: asyncpg.Connection, customer_id: UUID, promise_id: UUID
) -> Promise | None:
    """None when there is none of that id, or it is somebody else's."""
    row = await connection.fetchrow(_ONE, customer_id, promise_id)
    return None if row is None else promise_of(row)


def promise_of(row: asyncpg.Record) -> Promise:
    """A promise from its row."""
    plain = {name: value for name, value in row.items() if name != "place"}
    items = ITEMS.validate_python(row["items"])
    return Promise(**plain | {"state": State(row["state"]), "items": items})


def _row(promise: Promise) -> tuple[Any, ...]:
    return (
        *(promise.promise_id, promise.customer_id, promise.legal_entity, promise.currency),
        *(ITEMS.dump_json(promise.items).decode(), promise.pay_on, promise.grace_days),
        *(promise.state.value, promise.version, promise.made_at, promise.ended_at),
        promise.withdrawn_by,
    )
