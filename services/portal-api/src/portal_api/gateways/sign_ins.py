"""Sign-ins in their table, and how often who asked."""

from collections.abc import Mapping

import asyncpg

from portal_api.domain.sign_in import SignIn
from shared.base.clock import Moment

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(encode(who, 'hex'), 0)) FROM unnest($1::bytea[]) AS who"
_ASKED = """
SELECT limits.who, count(asked_at) >= most AS is_full, min(asked_at) AS first_at
FROM unnest($1::bytea[], $2::int[]) AS limits (who, most)
LEFT JOIN LATERAL (
    SELECT asked_at FROM asks WHERE asks.who = limits.who AND asked_at > $3 ORDER BY asked_at DESC LIMIT most
) AS lately ON true
GROUP BY limits.who, most
"""
_NOTE = "INSERT INTO asks (who, asked_at) SELECT who, $2 FROM unnest($1::bytea[]) AS who"
_KEEP = """
INSERT INTO sign_ins (sign_in_id, address, token_hash, code_hash, browser_hash, asked_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
_FIND = """
SELECT sign_in_id, address, code_hash, browser_hash, expires_at, codes_wrong, used_at FROM sign_ins
WHERE token_hash = $1 FOR UPDATE
"""
_NOTE_END = "UPDATE sign_ins SET codes_wrong = $2, used_at = $3 WHERE sign_in_id = $1"
_FORGET = """
DELETE FROM sign_ins WHERE sign_in_id IN (SELECT sign_in_id FROM sign_ins WHERE expires_at < $1 LIMIT $2)
"""
_FORGET_ASKS = (
    "DELETE FROM asks WHERE ask_id IN (SELECT ask_id FROM asks WHERE asked_at < $1 LIMIT $2)"
)


async def full_until(
    connection: asyncpg.Connection, limits: Mapping[bytes, int], *, since: Moment
) -> Moment | None:
    """The earliest ask that counts against a limit that is reached; None while none is. Later asks of the same wait
    until this transaction ends.
    """
    who = sorted(limits)
    await connection.execute(_LOCK, who)
    rows = await connection.fetch(_ASKED, who, [limits[one] for one in who], since)
    return max((row["first_at"] for row in rows if row["is_full"]), default=None)


async def note_ask(connection: asyncpg.Connection, who: list[bytes], *, at: Moment) -> None:
    """Count one ask of each."""
    await connection.execute(_NOTE, who, at)


async def keep(
    connection: asyncpg.Connection, sign_in: SignIn, *, token_hash: bytes, at: Moment
) -> None:
    """Write a new one."""
    await connection.execute(
        _KEEP, sign_in.sign_in_id, sign_in.address, token_hash, sign_in.code_hash, sign_in.browser_hash,
        at, sign_in.expires_at,
    )  # fmt: skip


async def find(connection: asyncpg.Connection, token_hash: bytes) -> SignIn | None:
    """Locked, so that of two who come at once the second finds it used."""
    row = await connection.fetchrow(_FIND, token_hash)
    return None if row is None else SignIn(**dict(row))


async def note(connection: asyncpg.Connection, sign_in: SignIn) -> None:
    """Write what became of it."""
    await connection.execute(_NOTE_END, sign_in.sign_in_id, sign_in.codes_wrong, sign_in.used_at)


async def forget(connection: asyncpg.Connection, *, before: Moment, limit: int) -> int:
    """Drop sign-ins that ended, and asks, before a moment; returns how many of the more."""
    answers = [
        await connection.execute(statement, before, limit) for statement in (_FORGET, _FORGET_ASKS)
    ]
    return max(int(answer.rpartition(" ")[2]) for answer in answers)
