"""Facts waiting to be told: an append-only table, written in the transaction of the effect.

Per-key order needs that whoever writes for a key has locked that key's row first; then `seq` follows commit order
within the key. Rows are never updated: the relay moves a cursor and drops whole partitions behind it.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from pydantic_core import to_json

from shared.db.work import Work

_APPEND = """
INSERT INTO outbox (event_id, topic, key, headers, payload, recorded_at)
SELECT event_id, topic, key, headers, payload, $6
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::bytea[])
     WITH ORDINALITY AS row (event_id, topic, key, headers, payload, place)
ORDER BY place
"""


class OutboxRow(NamedTuple):
    """A finished message: `headers` are complete, `payload` are the bytes that travel."""

    event_id: UUID
    topic: str
    key: str
    headers: Mapping[str, str]
    payload: bytes


async def append(work: Work, rows: Sequence[OutboxRow]) -> None:
    """Write rows in order, in one statement."""
    if not rows:
        return

    event_ids, topics, keys, headers, payloads = zip(*rows, strict=True)
    texts = [to_json(one).decode() for one in headers]
    await work.connection.execute(_APPEND, event_ids, topics, keys, texts, payloads, work.moment)
    work.told += len(rows)
