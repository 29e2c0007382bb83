"""Payments by the provider's page, and its notices, in tables. A payment is locked before it moves."""

import json
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg

from portal_api.domain.back import Back, Why
from portal_api.domain.decline import Decline
from portal_api.domain.payment import Item, LeftOut, Payment, State
from shared.base.clock import Moment

TIMER = "payments"
"""Kind of the timer by which the provider is asked about one, should it tell nothing."""

_LOCK = "SELECT FROM customers WHERE customer_id = $1 FOR UPDATE"
_COUNT = "SELECT count(*) FROM provider_payments WHERE customer_id = $1"
_COLUMNS = """payment_id, customer_id, legal_entity, currency, items, return_url, asked_at, state, version, session_id,
    url, reference, value_date, decline, moved_at, back, back_looks, charge_id"""
_ONE = f"SELECT {_COLUMNS} FROM provider_payments WHERE payment_id = $1"
_BY_REFERENCE = f"SELECT {_COLUMNS} FROM provider_payments WHERE reference = $1"
_OWN = f"SELECT {_COLUMNS} FROM provider_payments WHERE customer_id = $1 AND payment_id = $2"
_ASKED_BY = "SELECT request_hash FROM provider_payments WHERE payment_id = $1"
_OPEN_PAGE = """
SELECT payment_id FROM provider_payments
WHERE customer_id = $1 AND request_hash = $2 AND asked_at > $3 AND state IN ('asked', 'open', 'declined')
    AND charge_id IS NULL
ORDER BY asked_at DESC LIMIT 1
"""
_KEEP = f"""
INSERT INTO provider_payments ({_COLUMNS}, request_hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
"""
_MOVE = """
UPDATE provider_payments SET state = $2, version = $3, session_id = $4, url = $5, reference = $6, value_date = $7,
    decline = $8, moved_at = $9, back = $10, back_looks = $11
WHERE payment_id = $1
"""
_ATTEMPTS = """
SELECT items, asked_at FROM provider_payments
WHERE customer_id = $1 AND charge_id IS NOT NULL AND asked_at >= $2 AND state <> 'expired' ORDER BY asked_at
"""
_NOTE = """
INSERT INTO provider_notices (event_id, kind, payment_id, outcome, heard_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (event_id) DO NOTHING RETURNING event_id
"""
_NOTED = "SELECT outcome FROM provider_notices WHERE event_id = $1"
_FORGET = """
DELETE FROM provider_notices WHERE event_id IN (
    SELECT event_id FROM provider_notices WHERE heard_at < $1 ORDER BY heard_at LIMIT $2
)
"""


async def place_of(connection: asyncpg.Connection, customer_id: UUID) -> int:
    """How many the customer has asked for; nobody else asks for one of theirs until this transaction ends."""
    await connection.execute(_LOCK, customer_id)
    count: int = await connection.fetchval(_COUNT, customer_id)
    return count


async def find(
    connection: asyncpg.Connection, payment_id: UUID, *, lock: bool = False
) -> Payment | None:
    """None when there is none of that id."""
    row = await connection.fetchrow(f"{_ONE} FOR UPDATE" if lock else _ONE, payment_id)
    return None if row is None else _payment_of(row)


async def of_reference(connection: asyncpg.Connection, reference: str) -> Payment | None:
    """By the provider's id of its money; None when none has it."""
    row = await connection.fetchrow(_BY_REFERENCE, reference)
    return None if row is None else _payment_of(row)


async def own(
    connection: asyncpg.Connection, customer_id: UUID, payment_id: UUID
) -> Payment | None:
    """None when there is none of that id, or it is somebody else's."""
    row = await connection.fetchrow(_OWN, customer_id, payment_id)
    return None if row is None else _payment_of(row)


async def asked_by(connection: asyncpg.Connection, payment_id: UUID) -> bytes | None:
    """The hash of the request that asked for it; None when nothing did."""
    hashed: bytes | None = await connection.fetchval(_ASKED_BY, payment_id)
    return hashed


async def open_page_of(
    connection: asyncpg.Connection, customer_id: UUID, request_hash: bytes, *, since: Moment
) -> UUID | None:
    """The last payment that the same request asked for since then, if its page waits for the payer; None when none."""
    found: UUID | None = await connection.fetchval(_OPEN_PAGE, customer_id, request_hash, since)
    return found


async def keep(connection: asyncpg.Connection, payment: Payment, request_hash: bytes) -> None:
    """Write a new one."""
    await connection.execute(
        _KEEP,
        *(payment.payment_id, payment.customer_id, payment.legal_entity, payment.currency),
        *(json.dumps([_kept(one) for one in payment.items]), payment.return_url, payment.asked_at),
        *(*_moving(payment), payment.charge_id, request_hash),
    )


async def move(connection: asyncpg.Connection, payment: Payment) -> None:
    """Write what became of it."""
    await connection.execute(_MOVE, payment.payment_id, *_moving(payment))


async def attempts(
    connection: asyncpg.Connection, customer_id: UUID, *, since: Moment
) -> dict[UUID, list[Moment]]:
    """When autopay tried each invoice, by invoice."""
    tried: dict[UUID, list[Moment]] = {}
    for row in await connection.fetch(_ATTEMPTS, customer_id, since):
        for kept in row["items"]:
            tried.setdefault(UUID(kept["invoice_id"]), []).append(row["asked_at"])
    return tried


async def noted(connection: asyncpg.Connection, event_id: str) -> str | None:
    """What came of a notice that was heard before; None for a new one."""
    outcome: str | None = await connection.fetchval(_NOTED, event_id)
    return outcome


async def note(
    connection: asyncpg.Connection,
    event_id: str,
    *,
    kind: str,
    payment_id: UUID | None,
    outcome: str,
    at: Moment,
) -> bool:
    """False when somebody else noted it meanwhile."""
    return bool(await connection.fetchval(_NOTE, event_id, kind, payment_id, outcome, at))


async def forget_notices(connection: asyncpg.Connection, *, before: Moment, limit: int) -> int:
    """Drop the oldest heard before a moment; returns how many."""
    answer = await connection.execute(_FORGET, before, limit)
    return int(answer.rpartition(" ")[2])


def _payment_of(row: asyncpg.Record) -> Payment:
    items = [_item_of(one) for one in row["items"]]
    decline, back = row["decline"] and Decline(**row["decline"]), row["back"]
    known = {"items": items, "decline": decline, "state": State(row["state"])}
    known["back"] = back and Back(
        **{"why_minor": back["minor"]}
        | back
        | {"why": Why(back["why"]), "on": date.fromisoformat(back["on"])}
    )
    return Payment(**{**dict(row), **known})


def _item_of(kept: dict[str, Any]) -> Item:
    left_out = kept["left_out"] and LeftOut(*kept["left_out"])
    return Item(UUID(kept["invoice_id"]), kept["invoice_number"], kept["minor"], left_out)


def _kept(item: Item) -> dict[str, Any]:
    return {**item._asdict(), "invoice_id": str(item.invoice_id)}


def _moving(payment: Payment) -> tuple[Any, ...]:
    decline = payment.decline
    kept = decline and json.dumps({"code": decline.code, "attempt": decline.attempt})
    return (
        *(payment.state.value, payment.version, payment.session_id, payment.url),
        *(payment.reference, payment.value_date, kept, payment.moved_at),
        *(payment.back and json.dumps(payment.back._asdict(), default=str), payment.back_looks),
    )
