"""How far a service has heard: kept beside the effects and moved with them, as compare-and-set.

Two owners of a partition (a zombie and its successor) cannot both move the same offset, so an effect happens once
whatever the broker's group protocol does.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import asyncpg

_ENSURE = """
INSERT INTO consumer_offsets (topic, partition, next_offset)
SELECT topic, partition, 0 FROM unnest($1::text[], $2::int[]) AS heard (topic, partition)
ON CONFLICT DO NOTHING
"""
_READ = """
SELECT topic, partition, next_offset FROM consumer_offsets
JOIN unnest($1::text[], $2::int[]) AS heard (topic, partition) USING (topic, partition)
"""
_MOVE = """
UPDATE consumer_offsets AS kept SET next_offset = moved.new
FROM unnest($1::text[], $2::int[], $3::bigint[], $4::bigint[]) AS moved (topic, partition, expected, new)
WHERE kept.topic = moved.topic AND kept.partition = moved.partition AND kept.next_offset = moved.expected
"""


@dataclass(frozen=True, slots=True, order=True)
class Move:
    """One partition's offset: from where we believe it to be, to where the slice ends."""

    topic: str
    partition: int
    expected: int
    new: int


class OffsetMoved(Exception):
    """Somebody else has taken this slice: roll back, and read on from where the books say."""


async def stored(
    connection: asyncpg.Connection, heard: Iterable[tuple[str, int]]
) -> dict[tuple[str, int], int]:
    """Next offset of each (topic, partition); those never heard start at 0."""
    topics, partitions = zip(*heard, strict=True) if heard else ((), ())
    await connection.execute(_ENSURE, list(topics), list(partitions))
    rows = await connection.fetch(_READ, list(topics), list(partitions))
    return {(row["topic"], row["partition"]): row["next_offset"] for row in rows}


async def everything(connection: asyncpg.Connection) -> dict[tuple[str, int], int]:
    """Next offset of every (topic, partition) this service has ever heard."""
    rows = await connection.fetch("SELECT topic, partition, next_offset FROM consumer_offsets")
    return {(row["topic"], row["partition"]): row["next_offset"] for row in rows}


async def move(connection: asyncpg.Connection, moves: Iterable[Move]) -> None:
    """Move all of these offsets if every one still is where we believe it; raises `OffsetMoved` otherwise."""
    wanted = sorted(moves)
    answer = await connection.execute(
        _MOVE,
        [one.topic for one in wanted],
        [one.partition for one in wanted],
        [one.expected for one in wanted],
        [one.new for one in wanted],
    )
    if answer != f"UPDATE {len(wanted)}":
        raise OffsetMoved(f"{answer} of {len(wanted)} partitions")
