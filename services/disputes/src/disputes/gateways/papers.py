"""Papers in tables: what they are, what the scanner said, and which objects may lie in the store without one.

Leases and tries are on the machine's clock; what is told of a paper is on the business's.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg

from disputes.domain.folder import Folder
from disputes.domain.move import Actor, State
from disputes.domain.paper import Kind, Paper, Scan
from shared.base.clock import Moment

_COLUMNS = (
    "paper_id, dispute_id, object_id, kind, name, size_bytes, sha256, added_at, added_by, who, "
    "scan, found, scanned_at, shared_at"
)
_STATE = "SELECT state FROM disputes WHERE dispute_id = $1"
_OF_DISPUTE = f"SELECT {_COLUMNS} FROM papers WHERE dispute_id = $1"
_ONE = f"SELECT {_COLUMNS} FROM papers WHERE paper_id = $1"
_PAGE = f"""
WITH RECURSIVE told (dispute_id) AS (
    SELECT $1::uuid
    UNION SELECT merged.dispute_id FROM disputes AS merged JOIN told ON merged.merged_into = told.dispute_id)
SELECT {_COLUMNS} FROM papers
WHERE dispute_id IN (SELECT dispute_id FROM told) AND ($2::timestamptz IS NULL OR (added_at, paper_id) > ($2, $3))
ORDER BY added_at, paper_id LIMIT $4
"""
_KEEP = f"""
INSERT INTO papers ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
"""
_SHARE = "UPDATE papers SET shared_at = $2 WHERE paper_id = $1 AND shared_at IS NULL"
_CLAIM = f"""
UPDATE papers SET tries = tries + 1, try_after = clock_timestamp() + $2
WHERE paper_id IN (
    SELECT paper_id FROM papers WHERE scan = 'waiting' AND try_after <= clock_timestamp()
    ORDER BY try_after, paper_id LIMIT $1 FOR UPDATE SKIP LOCKED)
RETURNING tries, {_COLUMNS}
"""
_SCANNED = """
UPDATE papers SET scan = $2, found = $3, scanned_at = $4 WHERE paper_id = $1 AND scan = 'waiting'
RETURNING paper_id
"""
_PUT_OFF = (
    "UPDATE papers SET try_after = clock_timestamp() + $2 WHERE paper_id = $1 AND scan = 'waiting'"
)
_BEGIN = "INSERT INTO loose_objects DEFAULT VALUES RETURNING object_id"
_TIE = "DELETE FROM loose_objects WHERE object_id = $1 AND given_up_at IS NULL RETURNING object_id"
_LOOSEN = """
INSERT INTO loose_objects (object_id, given_up_at) VALUES ($1, '-infinity') ON CONFLICT DO NOTHING
"""
_GIVE_UP = """
UPDATE loose_objects SET given_up_at = clock_timestamp()
WHERE object_id IN (
    SELECT object_id FROM loose_objects
    WHERE (given_up_at IS NULL AND begun_at < clock_timestamp() - $2::interval)
        OR given_up_at < clock_timestamp() - $3::interval
    ORDER BY begun_at LIMIT $1 FOR UPDATE SKIP LOCKED)
RETURNING object_id
"""
_FORGET = "DELETE FROM loose_objects WHERE object_id = ANY($1::uuid[])"


async def folder_of(
    connection: asyncpg.Connection, dispute_id: UUID, *, lock: bool = False
) -> Folder | None:
    """All papers of a dispute; locked, nobody else adds one until the transaction ends. None without the dispute."""
    state = await connection.fetchval(_STATE + " FOR UPDATE" * lock, dispute_id)
    if state is None:
        return None
    rows = await connection.fetch(_OF_DISPUTE, dispute_id)
    papers = [_paper_of(row) for row in rows]
    return Folder(dispute_id, State(state), {one.paper_id: one for one in papers})


async def save(connection: asyncpg.Connection, folder: Folder) -> None:
    """Write what was added, and what is shared from now on."""
    for paper in folder.added:
        await connection.execute(_KEEP, *_row(paper))
    for paper in folder.shared:
        await connection.execute(_SHARE, paper.paper_id, paper.shared_at)


async def one(connection: asyncpg.Connection, paper_id: UUID) -> Paper | None:
    """None when there is none of that id."""
    row = await connection.fetchrow(_ONE, paper_id)
    return None if row is None else _paper_of(row)


async def page(
    connection: asyncpg.Connection,
    dispute_id: UUID,
    *,
    after: tuple[Moment, UUID] | None,
    limit: int,
) -> list[Paper]:
    """Of a dispute and of those that were merged into it: the oldest first, after a position."""
    rows = await connection.fetch(_PAGE, dispute_id, *(after or (None, None)), limit)
    return [_paper_of(row) for row in rows]


async def claim(
    connection: asyncpg.Connection, *, limit: int, lease: timedelta
) -> list[tuple[Paper, int]]:
    """Papers whose turn at the scanner it is, each with the number of this try; nobody else tries within the lease."""
    rows = await connection.fetch(_CLAIM, limit, lease)
    return [(_paper_of(row), row["tries"]) for row in rows]


async def note_scan(connection: asyncpg.Connection, paper: Paper) -> None:
    """The scanner's word, unless somebody noted one before. The bytes of what is infected are given up."""
    row = (paper.paper_id, paper.scan.value, paper.found, paper.scanned_at)
    noted = await connection.fetchval(_SCANNED, *row)
    if noted and paper.scan is Scan.INFECTED:
        await connection.execute(_LOOSEN, paper.object_id)


async def put_off(connection: asyncpg.Connection, paper_id: UUID, by: timedelta) -> None:
    """Another try, later."""
    await connection.execute(_PUT_OFF, paper_id, by)


async def begin_object(connection: asyncpg.Connection) -> UUID:
    """A place in the store that no paper speaks of yet."""
    object_id: UUID = await connection.fetchval(_BEGIN)
    return object_id


async def tie_object(connection: asyncpg.Connection, object_id: UUID) -> bool:
    """From this transaction on a paper speaks of it; False when it was given up meanwhile."""
    return await connection.fetchval(_TIE, object_id) is not None


async def give_up_objects(
    connection: asyncpg.Connection, *, limit: int, after: timedelta, lease: timedelta
) -> list[UUID]:
    """Objects that no paper has spoken of for so long: from now on none ever will. Those given up before are named
    again when whoever was to delete them has not said that it did within the lease.
    """
    rows = await connection.fetch(_GIVE_UP, limit, after, lease)
    return [row["object_id"] for row in rows]


async def forget_objects(connection: asyncpg.Connection, object_ids: Sequence[UUID]) -> None:
    """They are deleted."""
    await connection.execute(_FORGET, object_ids)


def _paper_of(row: asyncpg.Record) -> Paper:
    return Paper(
        paper_id=row["paper_id"],
        dispute_id=row["dispute_id"],
        object_id=row["object_id"],
        kind=Kind(row["kind"]),
        name=row["name"],
        size_bytes=row["size_bytes"],
        sha256=row["sha256"],
        added_at=row["added_at"],
        added_by=Actor(row["added_by"]),
        who=row["who"],
        scan=Scan(row["scan"]),
        found=row["found"],
        scanned_at=row["scanned_at"],
        shared_at=row["shared_at"],
    )


def _row(paper: Paper) -> tuple[Any, ...]:
    return (
        *(paper.paper_id, paper.dispute_id, paper.object_id, paper.kind.value, paper.name),
        *(paper.size_bytes, paper.sha256, paper.added_at, paper.added_by.value, paper.who),
        *(paper.scan.value, paper.found, paper.scanned_at, paper.shared_at),
    )
