"""Mandates and what a customer lets us charge, in tables. Whoever changes them has locked the customer."""

import json
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from portal_api.domain.autopay import Autopay
from portal_api.domain.mandate import Agreed, Mandate, Means, State

TIMER: Final = "mandates"
"""Kind of the timer by which the provider is told to let go of a means, or asked about a page that it is silent of."""

_PLACE = "SELECT count(*) FROM mandates WHERE customer_id = $1"
_COLUMNS = """mandate_id, customer_id, legal_entity, agreed, return_url, asked_at, state, version, provider_customer,
    session_id, url, method_id, means, saved_at, ended_at, ended_why, released_at, warned_of"""
_BY_ID = f"SELECT {_COLUMNS} FROM mandates WHERE mandate_id = $1"
_BY_METHOD = f"SELECT {_COLUMNS} FROM mandates WHERE method_id = $1 ORDER BY saved_at DESC LIMIT 1"
_STANDING = (
    f"SELECT {_COLUMNS} FROM mandates WHERE customer_id = $1 AND state IN ('asked', 'active')"
)
_NEWEST = f"""
SELECT {_COLUMNS} FROM mandates WHERE customer_id = $1
ORDER BY state = 'active' DESC, asked_at DESC, mandate_id LIMIT 1
"""
_ASKED_BY = "SELECT request_hash FROM mandates WHERE mandate_id = $1"
_KEEP = f"""
INSERT INTO mandates ({_COLUMNS}, request_hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
"""
_MOVE = """
UPDATE mandates SET state = $2, version = $3, provider_customer = $4, session_id = $5, url = $6, method_id = $7,
    means = $8, saved_at = $9, ended_at = $10, ended_why = $11, released_at = $12, warned_of = $13
WHERE mandate_id = $1
"""
_AUTOPAY = "SELECT * FROM autopay WHERE customer_id = $1"
_SAY = """
INSERT INTO autopay (customer_id, currency, limit_minor, version, changed_by, changed_at, off_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (customer_id) DO UPDATE SET
    currency = excluded.currency, limit_minor = excluded.limit_minor, version = excluded.version,
    changed_by = excluded.changed_by, changed_at = excluded.changed_at, off_at = excluded.off_at
"""


async def place_of(connection: asyncpg.Connection, customer_id: UUID) -> int:
    """How many the customer has asked for; the customer is locked."""
    count: int = await connection.fetchval(_PLACE, customer_id)
    return count


async def find(connection: asyncpg.Connection, mandate_id: UUID) -> Mandate | None:
    """None when there is none of that id."""
    row = await connection.fetchrow(_BY_ID, mandate_id)
    return None if row is None else _mandate_of(row)


async def of_method(connection: asyncpg.Connection, method_id: str) -> Mandate | None:
    """The last by which that means was saved."""
    row = await connection.fetchrow(_BY_METHOD, method_id)
    return None if row is None else _mandate_of(row)


async def standing(connection: asyncpg.Connection, customer_id: UUID) -> list[Mandate]:
    """Asked for or active."""
    return [_mandate_of(row) for row in await connection.fetch(_STANDING, customer_id)]


async def active(connection: asyncpg.Connection, customer_id: UUID) -> Mandate | None:
    """The one that may be charged."""
    found = await standing(connection, customer_id)
    return next((one for one in found if one.is_active), None)


async def newest(connection: asyncpg.Connection, customer_id: UUID) -> Mandate | None:
    """The active one, else the last that was asked for."""
    row = await connection.fetchrow(_NEWEST, customer_id)
    return None if row is None else _mandate_of(row)


async def asked_by(connection: asyncpg.Connection, mandate_id: UUID) -> bytes | None:
    """The hash of the request that asked for it; None when nothing did."""
    hashed: bytes | None = await connection.fetchval(_ASKED_BY, mandate_id)
    return hashed


async def keep(connection: asyncpg.Connection, mandate: Mandate, request_hash: bytes) -> None:
    """Write a new one."""
    agreed = mandate.agreed._asdict() | {"at": mandate.agreed.at.isoformat()}
    await connection.execute(
        _KEEP,
        *(mandate.mandate_id, mandate.customer_id, mandate.legal_entity, json.dumps(agreed)),
        *(mandate.return_url, mandate.asked_at, *_moving(mandate), request_hash),
    )


async def move(connection: asyncpg.Connection, mandate: Mandate) -> None:
    """Write what became of it."""
    await connection.execute(_MOVE, mandate.mandate_id, *_moving(mandate))


async def autopay_of(connection: asyncpg.Connection, customer_id: UUID) -> Autopay | None:
    """What the customer said last; None when they never did."""
    row = await connection.fetchrow(_AUTOPAY, customer_id)
    return None if row is None else Autopay(**dict(row))


async def say(connection: asyncpg.Connection, autopay: Autopay) -> None:
    """Write what a customer says now."""
    await connection.execute(
        _SAY,
        *(autopay.customer_id, autopay.currency, autopay.limit_minor, autopay.version),
        *(autopay.changed_by, autopay.changed_at, autopay.off_at),
    )


def _mandate_of(row: asyncpg.Record) -> Mandate:
    agreed = Agreed(**row["agreed"] | {"at": datetime.fromisoformat(row["agreed"]["at"])})
    means = row["means"] and Means(**row["means"])
    known = {"agreed": agreed, "means": means, "state": State(row["state"])}
    return Mandate(**{**dict(row), **known})


def _moving(mandate: Mandate) -> tuple[Any, ...]:
    means = mandate.means and json.dumps(mandate.means._asdict())
    return (
        *(mandate.state.value, mandate.version, mandate.provider_customer, mandate.session_id),
        *(mandate.url, mandate.method_id, means, mandate.saved_at, mandate.ended_at),
        *(mandate.ended_why, mandate.released_at, mandate.warned_of),
    )
