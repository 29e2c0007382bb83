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


def append(work: Work, rows: Sequence[OutboxRow]) -> None:
    """Have rows written in order, at the end of the work."""
    written = [
        (event_id, topic, key, to_json(headers).decode(), payload)
        for event_id, topic, key, headers, payload in rows
    ]
    work.later(_APPEND, written, work.moment)
    work.told += len(rows)
