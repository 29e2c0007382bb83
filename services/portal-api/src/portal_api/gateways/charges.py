"""Charges by autopay in their table, which whoever changes them has locked by their customer."""

import json
from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

import asyncpg

from portal_api.domain.charge import Charge, Item, State
from portal_api.domain.mandate import Means
from shared.base.clock import Moment
from shared.db import timers
from shared.db.work import Work

LOOKS: Final = "autopay"
"""Kind of the timer by which a customer with autopay is looked at, day by day."""
TIMER: Final = "charges"
"""Kind of the timer that a charge has while it is to be made."""
ANNOUNCEMENTS: Final = "announcements"
"""Kind of the timer that a charge has once its announcement has left, until that is told."""

_COLUMNS = """charge_id, customer_id, legal_entity, currency, items, charge_on, announcement_id, announced_at, means,
    state, version, attempts, payment_id, mandate_id, claimed_until, why, ended_at, held_until"""
_OF = f"SELECT {_COLUMNS} FROM charges WHERE customer_id = $1 ORDER BY announced_at, charge_id"
_ONE = f"SELECT {_COLUMNS} FROM charges WHERE customer_id = $1 AND charge_id = $2"
_FIND = f"SELECT {_COLUMNS} FROM charges WHERE charge_id = $1"
_PAGE = f"""
SELECT {_COLUMNS} FROM charges
WHERE customer_id = $1 AND ($2::timestamptz IS NULL OR (announced_at, charge_id) < ($2, $3))
ORDER BY announced_at DESC, charge_id DESC LIMIT $4
"""
_GOING_ON = f"""
SELECT {_COLUMNS} FROM charges WHERE customer_id = $1 AND ended_at IS NULL ORDER BY charge_on, charge_id LIMIT $2
"""
_KEEP = f"""
INSERT INTO charges ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
    $18)
"""
_MOVE = """
UPDATE charges SET charge_on = $2, state = $3, version = $4, attempts = $5, payment_id = $6, mandate_id = $7,
    claimed_until = $8, why = $9, ended_at = $10, means = $11, held_until = $12
WHERE charge_id = $1
"""
_WAITING = "SELECT charge_id FROM charges WHERE customer_id = $1 AND state = 'announced'"
_LEFT: Final = f"""
INSERT INTO timers (kind, key, due_at)
SELECT '{ANNOUNCEMENTS}', charge_id::text, $2 FROM charges
WHERE announcement_id = ANY($1::uuid[]) AND held_until IS NULL AND ended_at IS NULL ORDER BY charge_id
ON CONFLICT DO NOTHING
"""


async def of_customer(connection: asyncpg.Connection, customer_id: UUID) -> list[Charge]:
    """All that were ever announced, oldest first."""
    return [_charge_of(row) for row in await connection.fetch(_OF, customer_id)]


async def find(connection: asyncpg.Connection, charge_id: UUID) -> Charge | None:
    """None when there is none of that id."""
    row = await connection.fetchrow(_FIND, charge_id)
    return None if row is None else _charge_of(row)


async def one(connection: asyncpg.Connection, customer_id: UUID, charge_id: UUID) -> Charge | None:
    """None when there is none of that id, or it is somebody else's."""
    row = await connection.fetchrow(_ONE, customer_id, charge_id)
    return None if row is None else _charge_of(row)


async def page(
    connection: asyncpg.Connection,
    customer_id: UUID,
    *,
    after: tuple[Moment, UUID] | None,
    limit: int,
) -> list[Charge]:
    """The newest first, after a position."""
    rows = await connection.fetch(_PAGE, customer_id, *(after or (None, None)), limit)
    return [_charge_of(row) for row in rows]


async def going_on(
    connection: asyncpg.Connection, customer_id: UUID, *, limit: int
) -> list[Charge]:
    """What is to be made or is being made, the next first."""
    return [_charge_of(row) for row in await connection.fetch(_GOING_ON, customer_id, limit)]


async def keep(connection: asyncpg.Connection, charge: Charge) -> None:
    """Write a new one."""
    await connection.execute(
        _KEEP,
        *(charge.charge_id, charge.customer_id, charge.legal_entity, charge.currency),
        *(json.dumps([_kept(one) for one in charge.items]), charge.charge_on),
        *(charge.announcement_id, charge.announced_at, json.dumps(charge.means._asdict())),
        *(charge.state.value, charge.version),
        *(charge.attempts, charge.payment_id, charge.mandate_id, charge.claimed_until),
        *(charge.why, charge.ended_at, charge.held_until),
    )


async def move(connection: asyncpg.Connection, charge: Charge) -> None:
    """Write what became of it."""
    await connection.execute(
        _MOVE,
        *(charge.charge_id, charge.charge_on, charge.state.value, charge.version, charge.attempts),
        *(charge.payment_id, charge.mandate_id, charge.claimed_until, charge.why),
        *(charge.ended_at, json.dumps(charge.means._asdict()), charge.held_until),
    )


def left(work: Work, messages: Iterable[UUID]) -> None:
    """These messages have left: a charge that one of them announces is looked at."""
    work.later(_LEFT, [(one,) for one in messages], work.moment)


async def wake(connection: asyncpg.Connection, customer_id: UUID, *, at: Moment) -> None:
    """What waits for its day is looked at now: it may have nothing to wait for any more."""
    rows = await connection.fetch(_WAITING, customer_id)
    await timers.set_many(connection, TIMER, {str(row["charge_id"]): at for row in rows})


def _charge_of(row: asyncpg.Record) -> Charge:
    items = [_item_of(kept) for kept in row["items"]]
    known = {"items": items, "means": Means(**row["means"]), "state": State(row["state"])}
    return Charge(**{**dict(row), **known})


def _item_of(kept: dict[str, Any]) -> Item:
    numbers = tuple(kept["numbers"])
    return Item(UUID(kept["invoice_id"]), kept["invoice_number"], kept["minor"], numbers)


def _kept(item: Item) -> dict[str, Any]:
    return {**item._asdict(), "invoice_id": str(item.invoice_id)}
