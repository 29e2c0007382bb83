"""Differences: read by place or id, kept with every run that saw them."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import asyncpg

from ledger.domain.comparison import Item
from ledger.domain.difference import Difference, Ending, Word
from ledger.domain.run import Scope
from shared.db.work import Row, Work

Rows = list[asyncpg.Record]

_COLUMNS = """difference_id, source, legal_entity, customer_id, customer_number, kind, item_id, source_id, currency,
since_key, since_run_id, since_as_of, since_at, last_key, last_run_id, last_as_of, last_at, ours_minor, theirs_minor,
version, asked_by, asked_at, accepted_by, ended_at, ending"""
_STANDING = f"""
SELECT {_COLUMNS} FROM differences
WHERE customer_id = ANY($1::uuid[]) AND source = $2 AND legal_entity = $3 AND ended_at IS NULL
"""
_ONE = f"SELECT {_COLUMNS} FROM differences WHERE difference_id = $1"
_KEEP = f"""
INSERT INTO differences AS kept ({_COLUMNS})
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::text[], $6::text[], $7::uuid[], $8::text[],
    $9::text[], $10::uuid[], $11::text[], $12::date[], $13::timestamptz[], $14::uuid[], $15::text[], $16::date[],
    $17::timestamptz[], $18::bigint[], $19::bigint[], $20::int[], $21::text[], $22::timestamptz[], $23::text[],
    $24::timestamptz[], $25::text[])
ON CONFLICT (difference_id) DO UPDATE SET
    last_key = excluded.last_key, last_run_id = excluded.last_run_id, last_as_of = excluded.last_as_of,
    last_at = excluded.last_at, ours_minor = excluded.ours_minor, theirs_minor = excluded.theirs_minor,
    version = greatest(kept.version, excluded.version), asked_by = excluded.asked_by, asked_at = excluded.asked_at,
    accepted_by = excluded.accepted_by, ended_at = excluded.ended_at, ending = excluded.ending
"""
_SEE = """
INSERT INTO difference_sightings AS seen (run_key, difference_id, run_id, ours_minor, theirs_minor)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::bigint[], $5::bigint[])
ON CONFLICT (run_key, difference_id) DO UPDATE SET
    ours_minor = excluded.ours_minor, theirs_minor = excluded.theirs_minor
"""
_LISTED = f"""
SELECT {_COLUMNS} FROM differences
WHERE ended_at IS NULL AND ($1::timestamptz IS NULL OR (since_at, difference_id) > ($1::timestamptz, $2::uuid))
ORDER BY since_at, difference_id LIMIT $3
"""
_SEEN_BY = f"""
SELECT {_COLUMNS.replace("ours_minor, theirs_minor", "seen.ours_minor, seen.theirs_minor")}
FROM difference_sightings AS seen JOIN differences USING (difference_id)
WHERE seen.run_id = $4 AND ($1::timestamptz IS NULL OR (since_at, difference_id) > ($1::timestamptz, $2::uuid))
ORDER BY since_at, difference_id LIMIT $3
"""


async def standing(
    connection: asyncpg.Connection, customer_ids: Sequence[UUID], scope: Scope
) -> list[Difference]:
    """What stands of these customers in one scope."""
    return [difference_of(row) for row in await connection.fetch(_STANDING, customer_ids, *scope)]


async def one(connection: asyncpg.Connection, difference_id: UUID) -> Difference | None:
    """A difference, standing or not; None when there is none."""
    row = await connection.fetchrow(_ONE, difference_id)
    return difference_of(row) if row is not None else None


async def listed(
    connection: asyncpg.Connection,
    run_id: str | None,
    *,
    after: tuple[object, object] | None,
    limit: int,
) -> list[Difference]:
    """Those that stand, or with its own figures all that a run saw; the oldest first."""
    page = (*(after or (None, None)), limit)
    if run_id is None:
        rows = await connection.fetch(_LISTED, *page)
    else:
        rows = await connection.fetch(_SEEN_BY, *page, run_id)
    return [difference_of(row) for row in rows]


async def keep(work: Work, changed: Iterable[Difference], seen: Iterable[Difference] = ()) -> None:
    """Write what changed, and that the last run of each has seen it."""
    work.later(_KEEP, [_row(difference) for difference in changed])
    await work.write()  # sightings refer to them
    sightings: list[Row] = [
        (
            each.last.run_key,
            each.difference_id,
            each.last.run_id,
            each.ours_minor,
            each.theirs_minor,
        )
        for each in seen
    ]
    work.later(_SEE, sightings)


def difference_of(row: Any) -> Difference:
    return Difference(
        difference_id=row["difference_id"],
        source=row["source"],
        legal_entity=row["legal_entity"],
        customer_id=row["customer_id"],
        customer_number=row["customer_number"],
        item=Item(row["kind"], row["item_id"], row["source_id"], row["currency"]),
        since=Word(*row[9:13]),
        last=Word(*row[13:17]),
        ours_minor=row["ours_minor"],
        theirs_minor=row["theirs_minor"],
        version=row["version"],
        asked_by=row["asked_by"],
        asked_at=row["asked_at"],
        accepted_by=row["accepted_by"],
        ended_at=row["ended_at"],
        ending=Ending(row["ending"]) if row["ending"] is not None else None,
    )


def _row(difference: Difference) -> Row:
    item = difference.item
    return (
        difference.difference_id,
        difference.source,
        difference.legal_entity,
        difference.customer_id,
        difference.customer_number,
        item.kind,
        item.item_id,
        item.source_id,
        item.currency,
        *difference.since,
        *difference.last,
        difference.ours_minor,
        difference.theirs_minor,
        difference.version,
        difference.asked_by,
        difference.asked_at,
        difference.accepted_by,
        difference.ended_at,
        difference.ending and difference.ending.value,
    )
