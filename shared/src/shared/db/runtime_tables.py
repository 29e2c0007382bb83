"""The tables that every service's database has. A released version is never edited; the next change is `create_v2`."""

from collections.abc import Callable

OUTBOX_PARTITION_ROWS = 1_000_000
OUTBOX_PARTITIONS_AT_FIRST = 4

_V1 = """
CREATE TABLE consumer_offsets (
    topic text NOT NULL, partition int NOT NULL, next_offset bigint NOT NULL,
    PRIMARY KEY (topic, partition)
);
CREATE TABLE inbox (event_id uuid PRIMARY KEY);
CREATE TABLE timers (
    kind text NOT NULL, key text NOT NULL, due_at timestamptz NOT NULL, fired_at timestamptz,
    PRIMARY KEY (kind, key)
);
CREATE INDEX timers_due ON timers (due_at) WHERE fired_at IS NULL;
CREATE TABLE outbox (
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    seq bigint GENERATED ALWAYS AS IDENTITY (CACHE 1),
    event_id uuid NOT NULL, topic text NOT NULL, key text NOT NULL,
    headers text NOT NULL, payload bytea NOT NULL, recorded_at timestamptz NOT NULL,
    PRIMARY KEY (seq)
) PARTITION BY RANGE (seq);
CREATE TABLE relay_cursor (
    shard int PRIMARY KEY, position bigint NOT NULL, gaps jsonb NOT NULL,
    owner text NOT NULL, epoch bigint NOT NULL, leased_until timestamptz NOT NULL
);
INSERT INTO relay_cursor VALUES (0, 0, '[]', '', 0, '-infinity');
CREATE TABLE parked_events (
    parked_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic text NOT NULL, partition int NOT NULL, "offset" bigint NOT NULL,
    key text NOT NULL, type text NOT NULL, event_id text NOT NULL,
    headers jsonb NOT NULL, payload bytea NOT NULL,
    code text NOT NULL, pointer text NOT NULL DEFAULT '', detail text NOT NULL,
    parked_at timestamptz NOT NULL, ended_at timestamptz, ending text, ended_why text,
    UNIQUE (topic, partition, "offset")
);
CREATE INDEX parked_events_standing ON parked_events (key, parked_id) WHERE ended_at IS NULL;
CREATE TABLE idempotency_keys (
    scope text NOT NULL, key text NOT NULL, request_hash bytea NOT NULL,
    status int, headers jsonb, body bytea, stored_at timestamptz NOT NULL,
    PRIMARY KEY (scope, key)
);
CREATE INDEX idempotency_keys_age ON idempotency_keys (stored_at)
"""


def create_v1(execute: Callable[[str], object]) -> None:
    """Create them; `execute` is Alembic's `op.execute` (one statement a call)."""
    for statement in _V1.split(";"):
        execute(statement)
    for number in range(OUTBOX_PARTITIONS_AT_FIRST):
        execute(outbox_partition(number))


def outbox_partition(number: int) -> str:
    """SQL that creates the outbox's partition of that number, when it is not there."""
    first = number * OUTBOX_PARTITION_ROWS
    return (
        f"CREATE TABLE IF NOT EXISTS outbox_{number} PARTITION OF outbox "
        f"FOR VALUES FROM ({first}) TO ({first + OUTBOX_PARTITION_ROWS})"
    )
