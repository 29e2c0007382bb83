"""How far a service has heard: kept beside the effects and moved with them, as compare-and-set.

Two owners of a partition (a zombie and its successor) cannot both move the same offset, so an effect happens once
whatever the broker's group protocol does.
"""

from collections.abc import Iterable

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
UPDATE consumer_offsets SET next_offset = $4 WHERE topic = $1 AND partition = $2 AND next_offset = $3
"""


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


async def move(
    connection: asyncpg.Connection, topic: str, partition: int, *, expected: int, new: int
) -> None:
    """Move the offset if it still is where we believe it; raises `OffsetMoved` otherwise."""
    answer = await connection.execute(_MOVE, topic, partition, expected, new)
    if answer != "UPDATE 1":
        raise OffsetMoved(f"{topic}[{partition}] is no longer at {expected}")
