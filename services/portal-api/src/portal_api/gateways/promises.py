"""Promises in tables. The customer is locked before their promises, so that commands and jobs wait for one another."""

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

import asyncpg

from portal_api.domain.promise import Item, Paid, Promise, State
from portal_api.domain.promises import Owed, Promises
from shared.base.clock import Moment
from shared.base.ids import derived_id
from shared.base.money import minor_of
from shared.db import timers
from shared.db.work import Work

TIMER = "promises"
"""Kind of the timer that a promise has while it is open."""

_LOCK = "SELECT FROM customers WHERE customer_id = $1 FOR UPDATE"
_OPEN = "SELECT * FROM promises WHERE customer_id = $1 AND state = 'open' ORDER BY place"
_BROKEN = (
    "SELECT count(*) FROM promises WHERE customer_id = $1 AND state = 'broken' AND ended_at >= $2"
)
_PLACE = "SELECT count(*) FROM promises WHERE customer_id = $1"
_CUSTOMER_OF = "SELECT customer_id FROM promises WHERE promise_id = $1"
_INVOICES = """
SELECT invoice_id, invoice_number, legal_entity, currency, open_minor FROM invoices
WHERE customer_id = $1 AND invoice_id = ANY($2::uuid[])
"""
_PAID = """
SELECT invoice_id, payment_id, value_date, amount, currency FROM paid JOIN invoices USING (invoice_id)
WHERE customer_id = $1 AND invoice_id = ANY($2::uuid[])
"""
_KEEP = """
INSERT INTO promises (
    promise_id, customer_id, place, legal_entity, currency, items, pay_on, grace_days, state, version, made_at,
    ended_at)
VALUES ($1, $2, (SELECT count(*) FROM promises WHERE customer_id = $2), $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (promise_id) DO UPDATE SET
    items = excluded.items, state = excluded.state, version = excluded.version, ended_at = excluded.ended_at
"""
_PAGE = """
SELECT * FROM promises
WHERE customer_id = $1 AND ($2::timestamptz IS NULL OR (made_at, promise_id) > ($2, $3))
ORDER BY made_at, promise_id LIMIT $4
"""
_ONE = "SELECT * FROM promises WHERE customer_id = $1 AND promise_id = $2"


async def lock(connection: asyncpg.Connection, customer_id: UUID) -> None:
    """Whoever wants to change this customer's promises waits until the transaction ends."""
    await connection.execute(_LOCK, customer_id)


async def load(
    connection: asyncpg.Connection,
    customer_id: UUID,
    *,
    invoices: Iterable[UUID] = (),
    broken_since: Moment,
) -> Promises:
    """The open ones of a customer, and their invoices: those named and those promised."""
    promises = Promises()
    await lock(connection, customer_id)
    for row in await connection.fetch(_OPEN, customer_id):
        promises.open[row["promise_id"]] = promise_of(row)
    promises.broken = await connection.fetchval(_BROKEN, customer_id, broken_since)
    wanted = {
        *invoices,
        *(item.invoice_id for one in promises.open.values() for item in one.items),
    }
    for row in await connection.fetch(_INVOICES, customer_id, list(wanted)):
        promises.invoices[row["invoice_id"]] = Owed(**dict(row))
    for row in await connection.fetch(_PAID, customer_id, list(wanted)):
        minor = minor_of(row["amount"], row["currency"])
        paid = Paid(row["payment_id"], row["value_date"], minor)
        promises.paid.setdefault(row["invoice_id"], []).append(paid)
    return promises


async def next_id(connection: asyncpg.Connection, customer_id: UUID) -> UUID:
    """Of the customer's first, second … promise; the customer is locked."""
    return derived_id("promise", customer_id, await connection.fetchval(_PLACE, customer_id))


async def customer_of(connection: asyncpg.Connection, promise_id: UUID) -> UUID:
    """Whose it is."""
    customer_id: UUID = await connection.fetchval(_CUSTOMER_OF, promise_id)
    return customer_id


async def save(work: Work, promises: Promises) -> None:
    """Write those that changed."""
    for promise in promises.changed.values():
        await work.connection.execute(_KEEP, *_row(promise))


async def set_timers(work: Work, wanted: dict[UUID, Moment | None]) -> None:
    """When each is looked at again; None once it has ended."""
    due = {str(promise_id): at for promise_id, at in wanted.items()}
    await timers.set_many(work.connection, TIMER, due)


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
    return Promise(
        **plain | {"state": State(row["state"]), "items": [_item_of(one) for one in row["items"]]}
    )


def _item_of(kept: dict[str, Any]) -> Item:
    before = {UUID(payment_id): minor for payment_id, minor in kept["before"].items()}
    return Item(**kept | {"invoice_id": UUID(kept["invoice_id"]), "before": before})


def _row(promise: Promise) -> tuple[Any, ...]:
    items = [
        {
            "invoice_id": str(one.invoice_id),
            "invoice_number": one.invoice_number,
            "minor": one.minor,
            "before": {str(payment_id): minor for payment_id, minor in one.before.items()},
            "paid_minor": one.paid_minor,
        }
        for one in promise.items
    ]
    return (
        *(promise.promise_id, promise.customer_id, promise.legal_entity, promise.currency),
        *(json.dumps(items), promise.pay_on, promise.grace_days, promise.state.value),
        *(promise.version, promise.made_at, promise.ended_at),
    )
