"""Sessions in their table. What a contact may do is read with it, so that it is true at every request."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from portal_api.domain.contact import Role
from portal_api.domain.session import Session
from shared.base.clock import Moment
from shared.base.ids import derived_id

_OPEN = """
INSERT INTO sessions (session_id, token_hash, address, customer_id, opened_at, seen_at, ends_at)
VALUES ($1, $2, $3, $4, $5, $5, $6)
"""
_FIND = """
SELECT session_id, address, customer_id, seen_at, ends_at, ended_at,
    ARRAY(SELECT DISTINCT unnest(roles) FROM contacts
          WHERE contacts.customer_id = sessions.customer_id AND contacts.address = sessions.address) AS roles,
    (SELECT coalesce(min(contact_id), '') FROM contacts
     WHERE contacts.customer_id = sessions.customer_id AND contacts.address = sessions.address) AS contact_id
FROM sessions WHERE token_hash = $1
"""
_SEEN = (
    "UPDATE sessions SET seen_at = $2 WHERE session_id = $1 AND seen_at < $2 AND ended_at IS NULL"
)
_END = "UPDATE sessions SET ended_at = $2 WHERE session_id = $1 AND ended_at IS NULL"
_END_ALL = "UPDATE sessions SET ended_at = $2 WHERE address = $1 AND ended_at IS NULL"
_END_OF_REMOVED = """
UPDATE sessions SET ended_at = $2
WHERE customer_id = ANY($1::uuid[]) AND ended_at IS NULL AND NOT EXISTS (
    SELECT FROM contacts WHERE contacts.customer_id = sessions.customer_id AND contacts.address = sessions.address
        AND contacts.roles <> '{}')
"""
_FORGET = "DELETE FROM sessions WHERE session_id IN (SELECT session_id FROM sessions WHERE ends_at < $1 LIMIT $2)"


async def open_(
    connection: asyncpg.Connection, session: Session, *, token_hash: bytes, at: Moment
) -> None:
    """Write a new one."""
    await connection.execute(
        _OPEN, session.session_id, token_hash, session.address, session.customer_id, at, session.ends_at
    )  # fmt: skip


async def change(
    connection: asyncpg.Connection,
    session: Session,
    *,
    customer_id: UUID,
    token_hash: bytes,
    at: Moment,
) -> None:
    """Another customer of the same address: this one ends, and its place takes one that lasts no longer."""
    await end(connection, session.session_id, at=at)
    session_id = derived_id("session", session.session_id, token_hash.hex())
    await connection.execute(
        _OPEN, session_id, token_hash, session.address, customer_id, at, session.ends_at
    )


async def find(connection: asyncpg.Connection, token_hash: bytes) -> Session | None:
    """By the hash of its token, as it is now."""
    row = await connection.fetchrow(_FIND, token_hash)
    if row is None:
        return None
    return Session(**dict(row) | {"roles": frozenset(map(Role, row["roles"]))})


async def seen(connection: asyncpg.Connection, session_id: UUID, *, at: Moment) -> None:
    """It was used."""
    await connection.execute(_SEEN, session_id, at)


async def end(connection: asyncpg.Connection, session_id: UUID, *, at: Moment) -> None:
    """This one."""
    await connection.execute(_END, session_id, at)


async def end_all(connection: asyncpg.Connection, address: str, *, at: Moment) -> None:
    """All of an address, whatever customer they are for."""
    await connection.execute(_END_ALL, address, at)


async def end_of_removed(
    connection: asyncpg.Connection, customers: Sequence[UUID], *, at: Moment
) -> None:
    """Those whose address is no contact's of their customer any more, or of one who may do nothing."""
    await connection.execute(_END_OF_REMOVED, customers, at)


async def forget(connection: asyncpg.Connection, *, before: Moment, limit: int) -> int:
    """Drop those that were over before a moment; returns how many."""
    answer = await connection.execute(_FORGET, before, limit)
    return int(answer.rpartition(" ")[2])
