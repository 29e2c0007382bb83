"""Every record of the ERP and its outcome; those set aside, and the doubts they cause."""

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg

from ledger.domain.books import Books
from ledger.domain.parked import Parked
from ledger.gateways.tables import DOUBTS, INTAKE, PARKED_RECORDS
from shared.base.clock import Moment
from shared.db.condition import Standing
from shared.db.work import Row, Work
from shared.messaging.cloudevents import Record

_RELEASE = """
UPDATE intake SET outcome = CASE WHEN intake.version < released.version THEN 'superseded' ELSE 'accepted' END
FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::bigint[]) AS released (object_id, waits_for, version, upto)
WHERE intake.object_id = released.object_id AND intake.waits_for = released.waits_for
  AND intake.outcome = 'waiting' AND intake.version <= released.upto
"""
_KNOWN = "SELECT parked_id FROM parked_records WHERE parked_id = ANY($1::uuid[])"
_END = """
UPDATE parked_records SET ended_at = $3, ending = ended.ending, ended_why = $4
FROM unnest($1::uuid[], $2::text[]) AS ended (parked_id, ending)
WHERE parked_records.parked_id = ended.parked_id AND ended_at IS NULL
"""
_UNDOUBT = "DELETE FROM doubts WHERE parked_id = ANY($1::uuid[])"
_STANDING = "SELECT * FROM parked_records WHERE parked_id = $1 AND ended_at IS NULL FOR UPDATE"
_STILL = "UPDATE parked_records SET outcome = $2, code = $3, pointer = $4, detail = $5 WHERE parked_id = $1"
_RETAKEN = """
UPDATE intake SET outcome = $4, waits_for = $5, code = $6, pointer = $7, detail = $8
WHERE topic = $1 AND partition = $2 AND "offset" = $3
"""
_OVER_AGE = """
SELECT topic, partition, "offset", source, event_id, type, object_id, line, version, customer_id
FROM intake WHERE outcome = 'waiting' AND alarmed_at IS NULL AND recorded_at <= $1
ORDER BY recorded_at LIMIT $2 FOR UPDATE SKIP LOCKED
"""
_ALARMED = """
UPDATE intake SET alarmed_at = $4
FROM unnest($1::text[], $2::int[], $3::bigint[]) AS old (topic, partition, "offset")
WHERE intake.topic = old.topic AND intake.partition = old.partition AND intake."offset" = old."offset"
"""
_OLDEST_WAITING = (
    "SELECT min(recorded_at) FROM intake WHERE outcome = 'waiting' AND alarmed_at IS NULL"
)
_PARKED = """
WITH standing AS (
    SELECT parked_at FROM parked_records WHERE ended_at IS NULL
    UNION ALL SELECT parked_at FROM parked_events WHERE ended_at IS NULL
), waiting AS (
    SELECT customer_id::text AS key FROM doubts UNION SELECT key FROM parked_events WHERE ended_at IS NULL
)
SELECT count(*) AS records, (SELECT count(*) FROM waiting) AS keys, min(parked_at) AS since FROM standing
"""


async def count_parked(connection: asyncpg.Connection) -> Standing:
    """Records of ERPs and facts of ours that stand parked, and how many customers are in doubt or wait for it."""
    row = await connection.fetchrow(_PARKED)
    assert row is not None
    return Standing(**row)


async def record(work: Work, rows: Sequence[Row]) -> None:
    """Keep the outcomes of a slice."""
    await INTAKE.insert(work, rows)


async def release(work: Work, books: Books) -> None:
    """Give waiting records the outcome that they waited for, those of this slice too."""
    if books.released:
        await work.write()
        work.later(_RELEASE, [(*key, *versions) for key, versions in books.released.items()])


async def known_parked(connection: asyncpg.Connection, parked_ids: Sequence[UUID]) -> set[UUID]:
    """Which of these were parked before, standing or not."""
    return {row["parked_id"] for row in await connection.fetch(_KNOWN, parked_ids)}


async def park(work: Work, parked: Sequence[tuple[Parked, Record, UUID | None]]) -> None:
    """Keep records that are set aside, with all that a retry needs, and the doubts they cause."""
    await PARKED_RECORDS.insert(
        work, [_parked_row(one, record, customer) for one, record, customer in parked]
    )
    await work.write()  # doubts refer to them
    await DOUBTS.insert(
        work, [(customer, one.parked_id) for one, _, _ in parked for customer in one.customer_ids]
    )
    await work.write()  # what ends in the same slice must find them


async def end(
    connection: asyncpg.Connection, books: Books, *, moment: Moment, why: str = ""
) -> None:
    """Close what a newer version, a retry or a person made obsolete."""
    if not books.ended:
        return
    endings = [ending.value for ending in books.ended.values()]
    await connection.execute(_END, list(books.ended), endings, moment, why)
    await connection.execute(_UNDOUBT, list(books.ended))


async def standing(connection: asyncpg.Connection, parked_id: UUID) -> Any:
    """One record that stands aside, locked; None when there is none."""
    return await connection.fetchrow(_STANDING, parked_id)


async def still_parked(connection: asyncpg.Connection, parked_id: UUID, outcome: Row) -> None:
    """A retry that failed again: `outcome` is (outcome, code, pointer, detail)."""
    await connection.execute(_STILL, parked_id, *outcome)


async def retaken(connection: asyncpg.Connection, place: Row, outcome: Row) -> None:
    """The record at (topic, partition, offset) has another outcome: (outcome, waits_for, code, pointer, detail)."""
    await connection.execute(_RETAKEN, *place, *outcome)


async def over_age(
    connection: asyncpg.Connection, *, before: Moment, limit: int
) -> list[asyncpg.Record]:
    """Records that have waited since `before` without an alarm, oldest first, locked."""
    rows: list[asyncpg.Record] = await connection.fetch(_OVER_AGE, before, limit)
    return rows


async def alarmed(connection: asyncpg.Connection, places: Sequence[Row], *, moment: Moment) -> None:
    """Remember that these have been reported."""
    await connection.execute(_ALARMED, *map(list, zip(*places, strict=True)), moment)


async def oldest_waiting(connection: asyncpg.Connection) -> Moment | None:
    """When the oldest record that still waits without an alarm came."""
    moment: Moment | None = await connection.fetchval(_OLDEST_WAITING)
    return moment


def record_of(row: Any) -> Record:
    """A parked record as it came."""
    attributes = json.loads(row["attributes"])
    return Record(row["topic"], row["partition"], row["offset"], "", attributes, row["data"])


def _parked_row(parked: Parked, record: Record, customer_id: UUID | None) -> Row:
    return (
        parked.parked_id,
        *parked.place,
        json.dumps(record.attributes),
        record.data,
        parked.object_id,
        parked.line,
        parked.version,
        parked.outcome.value,
        parked.code,
        parked.pointer,
        parked.detail,
        customer_id,
        parked.parked_at,
    )
