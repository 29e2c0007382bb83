"""What contacts prefer, and changes of address under way, in their tables. The customer is locked before."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg

from portal_api.domain.contact import Contact
from portal_api.domain.preferences import (
    AddressChange,
    Addresses,
    Preferences,
    PreferredChannel,
)
from shared.base.clock import Moment
from shared.base.ids import derived_id

_OF = "SELECT * FROM preferences WHERE customer_id = $1 AND contact_id = $2"
_KEEP = """
INSERT INTO preferences (preferences_id, customer_id, contact_id, version, email, phone, channel, language,
                         reminders_by_email, changed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (preferences_id) DO UPDATE SET
    version = excluded.version, email = excluded.email, phone = excluded.phone, channel = excluded.channel,
    language = excluded.language, reminders_by_email = excluded.reminders_by_email, changed_at = excluded.changed_at
"""
_PENDING = """
SELECT * FROM address_changes
WHERE customer_id = $1 AND contact_id = $2 AND ended_at IS NULL AND expires_at > $3
"""
_LATELY = """
SELECT asked_at FROM address_changes WHERE customer_id = $1 AND contact_id = $2 AND asked_at > $3 ORDER BY asked_at
"""
_END_ALL = """
UPDATE address_changes SET ended_at = $3 WHERE customer_id = $1 AND contact_id = $2 AND ended_at IS NULL
"""
_END_OF_MOVED = """
UPDATE address_changes AS change SET ended_at = $5
FROM contacts AS held
JOIN unnest($1::uuid[], $2::text[], $3::bigint[], $4::text[]) AS told (customer_id, contact_id, version, address)
    USING (customer_id, contact_id)
WHERE change.customer_id = held.customer_id AND change.contact_id = held.contact_id AND change.ended_at IS NULL
    AND held.version < told.version AND held.address <> told.address
"""
_END_OF_REMOVED = """
UPDATE address_changes AS change SET ended_at = $2
WHERE customer_id = ANY($1::uuid[]) AND ended_at IS NULL AND NOT EXISTS (
    SELECT FROM contacts WHERE contacts.customer_id = change.customer_id AND contacts.contact_id = change.contact_id)
"""
_ASK = """
INSERT INTO address_changes (change_id, customer_id, contact_id, token_hash, email, phone, asked_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
_FIND = "SELECT * FROM address_changes WHERE token_hash = $1 FOR UPDATE"
_FORGET = """
DELETE FROM address_changes WHERE change_id IN (SELECT change_id FROM address_changes WHERE expires_at < $1 LIMIT $2)
"""


async def of(connection: asyncpg.Connection, customer_id: UUID, contact_id: str) -> Preferences:
    """What a contact said; version 0 of who said nothing."""
    row = await connection.fetchrow(_OF, customer_id, contact_id)
    if row is None:
        named = derived_id("preferences", customer_id, contact_id)
        return Preferences(named, customer_id, contact_id)
    plain: dict[str, Any] = {name: value for name, value in row.items() if name != "changed_at"}
    channel = PreferredChannel(row["channel"]) if row["channel"] else None
    return Preferences(**plain | {"channel": channel})


async def keep(connection: asyncpg.Connection, preferences: Preferences, *, at: Moment) -> None:
    """Write them."""
    channel = preferences.channel and preferences.channel.value
    await connection.execute(
        _KEEP,
        *(preferences.preferences_id, preferences.customer_id, preferences.contact_id),
        *(preferences.version, preferences.email, preferences.phone, channel),
        *(preferences.language, preferences.reminders_by_email, at),
    )


async def pending(
    connection: asyncpg.Connection, customer_id: UUID, contact_id: str, *, now: Moment
) -> AddressChange | None:
    """The change that waits for a word, if any."""
    row = await connection.fetchrow(_PENDING, customer_id, contact_id, now)
    return None if row is None else _change(row)


async def asked_since(
    connection: asyncpg.Connection, customer_id: UUID, contact_id: str, *, since: Moment
) -> list[Moment]:
    """When changes were asked for lately, the oldest first."""
    rows = await connection.fetch(_LATELY, customer_id, contact_id, since)
    return [row["asked_at"] for row in rows]


async def ask(
    connection: asyncpg.Connection, change: AddressChange, *, token_hash: bytes, at: Moment
) -> None:
    """Write a new one; it takes the place of any before."""
    await connection.execute(_END_ALL, change.customer_id, change.contact_id, at)
    await connection.execute(
        _ASK,
        *(change.change_id, change.customer_id, change.contact_id, token_hash),
        *(change.to.email, change.to.phone, at, change.expires_at),
    )


async def find(connection: asyncpg.Connection, token_hash: bytes) -> AddressChange | None:
    """Locked, so that of two who confirm at once the second finds it used."""
    row = await connection.fetchrow(_FIND, token_hash)
    return None if row is None else _change(row)


async def end(connection: asyncpg.Connection, change: AddressChange, *, at: Moment) -> None:
    """It is confirmed, and what else was under way of the same contact is over."""
    await connection.execute(_END_ALL, change.customer_id, change.contact_id, at)


async def end_of_moved(
    connection: asyncpg.Connection, contacts: Sequence[Contact], *, at: Moment
) -> None:
    """Of contacts whose address the ERP changes: asked before these are written."""
    told = [(one.customer_id, one.contact_id, one.version, one.address) for one in contacts]
    if told:
        await connection.execute(_END_OF_MOVED, *map(list, zip(*told, strict=True)), at)


async def end_of_removed(
    connection: asyncpg.Connection, customers: Sequence[UUID], *, at: Moment
) -> None:
    """Of contacts who are none any more."""
    await connection.execute(_END_OF_REMOVED, customers, at)


async def forget(connection: asyncpg.Connection, *, before: Moment, limit: int) -> int:
    """Drop changes that were over before a moment; returns how many."""
    answer = await connection.execute(_FORGET, before, limit)
    return int(answer.rpartition(" ")[2])


def _change(row: asyncpg.Record) -> AddressChange:
    to = Addresses(row["email"], row["phone"])
    return AddressChange(
        row["change_id"],
        row["customer_id"],
        row["contact_id"],
        to,
        row["expires_at"],
        row["ended_at"],
    )
