"""Records set aside: in order, with their reason, until somebody retries or discards them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg

from shared.base.clock import Moment
from shared.messaging.cloudevents import Record

DETAIL_CHARACTERS_MAX = 8_000
RETRIES_AT_ONCE_MAX = 500

_PARK = """
INSERT INTO parked_events (topic, partition, "offset", key, type, event_id, headers, payload,
                           code, pointer, detail, parked_at)
SELECT *, $12 FROM unnest($1::text[], $2::int[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::jsonb[],
                          $8::bytea[], $9::text[], $10::text[], $11::text[])
ON CONFLICT (topic, partition, "offset") DO NOTHING
RETURNING parked_id
"""
_STANDING_KEYS = (
    "SELECT DISTINCT key FROM parked_events WHERE key = ANY($1::text[]) AND ended_at IS NULL"
)
_STANDING = "SELECT * FROM parked_events WHERE key = $1 AND ended_at IS NULL ORDER BY parked_id LIMIT $2 FOR UPDATE"
_PAGE = """
SELECT parked_id, key AS customer_id, topic, type, code, detail, parked_at FROM parked_events
WHERE ended_at IS NULL AND parked_id > $1 ORDER BY parked_id LIMIT $2
"""
_KEY = "SELECT key FROM parked_events WHERE parked_id = $1 AND ended_at IS NULL"
_END = """
UPDATE parked_events SET ended_at = $2, ending = $3, ended_why = $4
WHERE parked_id = ANY($1::bigint[]) AND ended_at IS NULL
"""
_COUNT = """
SELECT count(*) FILTER (WHERE ended_at IS NULL) AS standing, count(*) + count(ended_at) AS changes
FROM parked_events WHERE key = $1
"""


@dataclass(frozen=True, slots=True)
class Parked:
    """A record and why it stands aside: a stable code, a JSON pointer, words or a traceback."""

    record: Record
    code: str
    detail: str
    pointer: str = ""
    key: str | None = None
    """Whose later records wait behind it; the record's own key when None."""


async def park(connection: asyncpg.Connection, parked: Sequence[Parked], *, at: Moment) -> None:
    """Set records aside, in one statement; one that is parked already stays as it was."""
    if not parked:
        return

    records = [one.record for one in parked]
    await connection.fetch(
        _PARK,
        [record.topic for record in records],
        [record.partition for record in records],
        [record.offset for record in records],
        [
            record.key if one.key is None else one.key
            for one, record in zip(parked, records, strict=True)
        ],
        [record.type for record in records],
        [record.id for record in records],
        [json.dumps(record.attributes) for record in records],
        [record.data for record in records],
        [one.code for one in parked],
        [one.pointer for one in parked],
        [one.detail[:DETAIL_CHARACTERS_MAX].replace("\x00", "") for one in parked],
        at,
    )


async def standing_keys(connection: asyncpg.Connection, keys: Sequence[str]) -> set[str]:
    """Which of these keys have a record set aside, so that later ones must queue behind it."""
    return {row["key"] for row in await connection.fetch(_STANDING_KEYS, keys)}


async def standing(connection: asyncpg.Connection, key: str) -> list[asyncpg.Record]:
    """The records of a key in the order in which they came, locked for retrying."""
    rows: list[asyncpg.Record] = await connection.fetch(_STANDING, key, RETRIES_AT_ONCE_MAX)
    return rows


async def page(connection: asyncpg.Connection, *, after: int, limit: int) -> list[asyncpg.Record]:
    """Records that stand aside, by number, beyond `after`."""
    rows: list[asyncpg.Record] = await connection.fetch(_PAGE, after, limit)
    return rows


async def key_of(connection: asyncpg.Connection, parked_id: int) -> str | None:
    """The key of a record that stands aside; None when it does not (any more)."""
    key: str | None = await connection.fetchval(_KEY, parked_id)
    return key


async def count(connection: asyncpg.Connection, key: str) -> tuple[int, int]:
    """How many stand for the key, and how many parkings and endings it has seen (a version that only rises)."""
    (row,) = await connection.fetch(_COUNT, key)
    return row["standing"], row["changes"]


async def end(
    connection: asyncpg.Connection, parked_ids: Sequence[int], *, at: Moment, ending: str, why: str
) -> None:
    """Close them: `ending` is "retried", "superseded" or "discarded"."""
    await connection.execute(_END, parked_ids, at, ending, why)


def record_of(row: asyncpg.Record) -> Record:
    """The record as it was when it was parked."""
    return Record(
        topic=row["topic"],
        partition=row["partition"],
        offset=row["offset"],
        key=row["key"],
        attributes=row["headers"],
        data=row["payload"],
    )
