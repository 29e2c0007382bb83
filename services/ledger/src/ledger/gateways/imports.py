"""Imports in the database: the file in parts until it is read, its rows until they are told, and what was rejected."""

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from shared.base.clock import Moment
from shared.db.work import Row

ROWS_AT_ONCE = 2_000
MICROSECOND = timedelta(microseconds=1)

_BEGIN = """
INSERT INTO imports (import_id, state, dry_run, file_name, file_digest, begun_by, begun_at, given)
VALUES ($1, 'received', $2, $3, $4, $5, $6, $7)
"""
_CLAIM = """
SELECT * FROM imports WHERE ended_at IS NULL ORDER BY begun_at, import_id LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('imports', 0))"
_END = """
UPDATE imports SET state = $2, ended_at = $3, code = $4, pointer = $5, detail = $6 WHERE import_id = $1
"""
_SURVEYED = """
UPDATE imports SET state = 'turning', profile = $2, content = $3, stamp = $4, version = $5, as_of = $6, notices = $7,
    position = $8
WHERE import_id = $1
"""
_ADVANCED = """
UPDATE imports SET position = $2, accepted = accepted + $3, rejected = rejected + $4, told = told + $5, totals = $6
WHERE import_id = $1
"""
_NUMBERS_TAKEN = """
INSERT INTO import_numbers (import_id, kind, number)
SELECT $1, kind, number FROM unnest($2::text[], $3::text[]) AS given (kind, number)
ON CONFLICT DO NOTHING RETURNING kind, number
"""
_SWEPT = (
    "DELETE FROM import_parts WHERE import_id = $1",
    "DELETE FROM import_numbers WHERE import_id = $1",
    """
    DELETE FROM import_rows AS kept WHERE import_id = $1 AND row <> $2 AND NOT EXISTS (
        SELECT FROM import_rejections AS bad WHERE (bad.import_id, bad.row) = (kept.import_id, kept.row)
    )
    """,
)
_REJECTED = """
SELECT row, "column", code, message, cells FROM import_rejections JOIN import_rows USING (import_id, row)
WHERE import_id = $1 AND row > $2 ORDER BY row LIMIT $3
"""
_HEARD = """
SELECT outcome, count(*) AS events FROM (
    SELECT DISTINCT ON (event_id) outcome FROM intake
    WHERE event_id > $1 AND event_id < $2 ORDER BY event_id, outcome = 'duplicate'
) AS first_word GROUP BY outcome
"""


async def runs_of_file(connection: asyncpg.Connection, digest: bytes) -> int:
    """How often this file has been imported; until the transaction ends nobody else begins an import."""
    await connection.execute(_ONE_AT_A_TIME)
    found: int = await connection.fetchval(
        "SELECT count(*) FROM imports WHERE file_digest = $1", digest
    )
    return found


async def begin(  # noqa: PLR0917 - one for each column
    connection: asyncpg.Connection,
    import_id: UUID,
    dry_run: bool,
    file_name: str,
    digest: bytes,
    begun_by: str,
    begun_at: Moment,
    given: str,
) -> None:
    """A new import, whose parts follow."""
    await connection.execute(
        _BEGIN, import_id, dry_run, file_name, digest, begun_by, begun_at, given
    )


async def add_part(
    connection: asyncpg.Connection, import_id: UUID, part: int, block: bytes
) -> None:
    """The next piece of the file."""
    await connection.execute("INSERT INTO import_parts VALUES ($1, $2, $3)", import_id, part, block)


async def claim(connection: asyncpg.Connection) -> Any:
    """The oldest import that is not ended and that nobody else works on, locked; None when there is none."""
    return await connection.fetchrow(_CLAIM)


async def parts(connection: asyncpg.Connection, import_id: UUID) -> AsyncIterator[bytes]:
    """The file, piece by piece."""
    sql = "SELECT bytes FROM import_parts WHERE import_id = $1 ORDER BY part"
    async for row in connection.cursor(sql, import_id, prefetch=4):
        yield row["bytes"]


async def keep_rows(
    connection: asyncpg.Connection, import_id: UUID, rows: Iterable[tuple[int, list[str]]]
) -> None:
    """Rows of the file, by their numbers."""
    await connection.copy_records_to_table(
        "import_rows",
        records=[(import_id, number, cells) for number, cells in rows],
        columns=["import_id", "row", "cells"],
    )


async def have_read(connection: asyncpg.Connection, import_id: UUID, *, rows: int) -> None:
    """All rows are kept; the file itself is not needed any more."""
    await connection.execute("DELETE FROM import_parts WHERE import_id = $1", import_id)
    await connection.execute(
        "UPDATE imports SET state = 'read', rows = $2 WHERE import_id = $1", import_id, rows
    )


async def rows_after(
    connection: asyncpg.Connection, import_id: UUID, row: int, *, limit: int
) -> list[Any]:
    """The next rows, with `row` and `cells`."""
    sql = (
        "SELECT row, cells FROM import_rows WHERE import_id = $1 AND row > $2 ORDER BY row LIMIT $3"
    )
    return list(await connection.fetch(sql, import_id, row, limit))


async def stamp_of(connection: asyncpg.Connection, content: bytes, *, moment: Moment) -> datetime:
    """When this content was first imported; if that is now, a moment after that of all other content."""
    await connection.execute(_ONE_AT_A_TIME)
    first = await connection.fetchval("SELECT min(stamp) FROM imports WHERE content = $1", content)
    last = await connection.fetchval("SELECT max(stamp) FROM imports")
    return first or max(moment, last + MICROSECOND if last else moment)


async def have_surveyed(connection: asyncpg.Connection, import_id: UUID, *surveyed: object) -> None:
    """Profile, content, stamp, version, day, notices and the row of the headers."""
    await connection.execute(_SURVEYED, import_id, *surveyed)


async def have_guessed(connection: asyncpg.Connection, import_id: UUID, profile: str) -> None:
    """What could be completed of the profile, to be shown with what must be said."""
    await connection.execute(
        "UPDATE imports SET profile = $2 WHERE import_id = $1", import_id, profile
    )


async def take_numbers(
    connection: asyncpg.Connection, import_id: UUID, numbers: Sequence[tuple[str, str]]
) -> set[tuple[str, str]]:
    """Which of these (kind, number) the import has not named before."""
    kinds, texts = [kind for kind, _ in numbers], [text for _, text in numbers]
    rows = await connection.fetch(_NUMBERS_TAKEN, import_id, kinds, texts)
    return {(row["kind"], row["number"]) for row in rows}


async def known_customers(
    connection: asyncpg.Connection, source: str, numbers: Sequence[str]
) -> set[str]:
    """Which of these the ERP, or an earlier file, has told of."""
    sql = (
        "SELECT customer_number FROM customers "
        "WHERE source = $1 AND customer_number = ANY($2::text[]) AND body_version > 0"
    )
    return {row["customer_number"] for row in await connection.fetch(sql, source, numbers)}


async def reject(connection: asyncpg.Connection, import_id: UUID, rejected: Sequence[Row]) -> None:
    """Rows with column, code and message."""
    if rejected:
        await connection.copy_records_to_table(
            "import_rejections",
            records=[(import_id, *one) for one in rejected],
            columns=["import_id", "row", "column", "code", "message"],
        )


async def have_advanced(connection: asyncpg.Connection, import_id: UUID, *counted: object) -> None:
    """Position, rows accepted and rejected, events told, and the totals so far."""
    await connection.execute(_ADVANCED, import_id, *counted)


async def end(  # noqa: PLR0917 - one for each column
    connection: asyncpg.Connection,
    import_id: UUID,
    state: str,
    moment: Moment,
    code: str = "",
    pointer: str = "",
    detail: str = "",
) -> None:
    """It is over; of its rows the headers and those rejected are kept."""
    found = await connection.fetchval(
        "SELECT profile::json ->> 'header_row' FROM imports WHERE import_id = $1", import_id
    )
    for sql in _SWEPT:
        header = (int(found or 0),) if "$2" in sql else ()
        await connection.execute(sql, import_id, *header)
    await connection.execute(_END, import_id, state, moment, code, pointer, detail)


async def find(connection: asyncpg.Connection, import_id: UUID) -> Any:
    """One import; None when there is none of that id."""
    return await connection.fetchrow("SELECT * FROM imports WHERE import_id = $1", import_id)


async def rejected_after(
    connection: asyncpg.Connection, import_id: UUID, row: int, *, limit: int
) -> list[Any]:
    """Rejected rows in the file's order."""
    return list(await connection.fetch(_REJECTED, import_id, row, limit))


async def heard(connection: asyncpg.Connection, prefix: str) -> dict[str, int]:
    """What became of the events whose ids begin so, as the ledger heard them: outcome → how many."""
    rows = await connection.fetch(_HEARD, prefix, prefix + "\U0010ffff")
    return {row["outcome"]: row["events"] for row in rows}


async def are_under_way(connection: asyncpg.Connection) -> bool:
    """Whether some import is not ended."""
    found: bool = await connection.fetchval(
        "SELECT EXISTS (SELECT FROM imports WHERE ended_at IS NULL)"
    )
    return found
