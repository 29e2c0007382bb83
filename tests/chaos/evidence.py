"""What is left to be seen after a fire: rows of databases, records of topics."""

import json
from collections import Counter
from collections.abc import Sequence

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from world import World

from local_stack import topics

Rows = list[asyncpg.Record]

_HELD = """
SELECT customer_id::text, until, sum(minor)::bigint AS minor FROM amount_holds
WHERE kind = 'autopay' AND minor > 0 GROUP BY 1, 2
"""
_QUERIES = {
    "ledger": {
        "intake": "SELECT outcome, count(*) AS count FROM intake GROUP BY 1",
        "invoices": "SELECT invoice_id, open_minor FROM invoices",
        "twice": """
            SELECT kind, count(*) FROM entries AS one
            WHERE reverses IS NULL AND NOT EXISTS (SELECT FROM entries WHERE reverses = one.entry_id)
            GROUP BY kind, debit, debit_item, credit, credit_item HAVING count(*) > 1
        """,
        "totals": "SELECT customer_id, receivable_minor, unapplied_minor FROM totals",
        "entries": """
            SELECT customer_id, sum(minor) AS minor FROM (
                SELECT customer_id, minor FROM entries WHERE debit = 1200
                UNION ALL SELECT customer_id, -minor FROM entries WHERE credit = 1200) AS moved GROUP BY 1
        """,
        "applications": "SELECT request_id::text, state FROM requests WHERE kind = 'allocation'",
        "parked": "SELECT code, detail FROM parked_records WHERE ended_at IS NULL",
    },
    "scheduler": {
        "invoices": "SELECT invoice_id, sum(open_minor)::bigint AS open_minor FROM items GROUP BY invoice_id",
        "held": _HELD,
        "reminders": "SELECT reminder_id, outcome, withdrawn_at FROM reminders",
        "parked": "SELECT code, detail FROM parked_events WHERE ended_at IS NULL",
    },
    "notifier": {
        "invoices": "SELECT invoice_id, open_minor FROM invoices",
        "held": _HELD,
        "messages": """
            SELECT message_id, reminder_id, status, reason FROM messages
        """,
        "moves": """
            SELECT id, message_id, status, claimed_by, told, pg_xact_commit_timestamp(xmin) AS at
            FROM audit_messages ORDER BY id
        """,
        "settling": """
            SELECT invoice_id, open_minor, status, pg_xact_commit_timestamp(xmin) AS at FROM audit_invoices
        """,
        "parked": "SELECT code, detail FROM parked_events WHERE ended_at IS NULL",
    },
    "disputes": {
        "invoices": "SELECT invoice_id, open_minor FROM invoices",
        "disputes": "SELECT dispute_id::text, state, outcome, settled_at FROM disputes",
        "parked": "SELECT code, detail FROM parked_events WHERE ended_at IS NULL",
    },
    "portal-api": {
        "invoices": "SELECT invoice_id, open_minor FROM invoices",
        "promises": "SELECT promise_id::text, state FROM promises",
        "payments": "SELECT payment_id::text, state FROM provider_payments WHERE charge_id IS NULL",
        "charges": "SELECT charge_id::text, customer_id::text, state FROM charges",
        "held": """
            SELECT customer_id::text, held_until, sum((item ->> 'minor')::bigint)::bigint AS minor
            FROM charges, jsonb_array_elements(items) AS item
            WHERE held_until IS NOT NULL GROUP BY 1, 2
        """,
        "disputes": "SELECT dispute_id::text, state, outcome FROM disputes",
        "parked": "SELECT code, detail FROM parked_events WHERE ended_at IS NULL",
    },
}  # fmt: skip
_EVERYWHERE = {
    "offsets": "SELECT topic, partition, old, new FROM audit_offsets ORDER BY id",
    "told": "SELECT event_id, topic FROM audit_told",
}


async def rows_of(world: World, service: str) -> dict[str, Rows]:
    """What the service's tables and witnesses say."""
    connection = await world.connected(service)
    await connection.set_type_codec("jsonb", schema="pg_catalog", encoder=str, decoder=json.loads)
    try:
        queries = {**_QUERIES[service], **_EVERYWHERE}
        return {name: await connection.fetch(sql) for name, sql in queries.items()}
    finally:
        await connection.close()


async def ids_in(world: World, topic: str) -> Counter[str]:
    """Event ids on the topic, and how often each."""
    ids: Counter[str] = Counter()
    consumer = AIOKafkaConsumer(
        bootstrap_servers=world.kafka, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        parts = [TopicPartition(topic, number) for number in range(topics.PARTITIONS)]
        consumer.assign(parts)
        left = {part: end for part, end in (await consumer.end_offsets(parts)).items() if end}
        while left:
            for part, records in (
                await consumer.getmany(timeout_ms=1_000, max_records=5_000)
            ).items():
                ids.update(_id_of(record.headers) for record in records)
                if records[-1].offset + 1 >= left.get(part, 0):
                    left.pop(part, None)
    finally:
        await consumer.stop()
    return ids


def _id_of(headers: Sequence[tuple[str, bytes]]) -> str:
    return next(value.decode() for name, value in headers if name == "ce_id")


async def end_of(world: World, topic: str) -> int:
    """How many records the topic has."""
    consumer = AIOKafkaConsumer(bootstrap_servers=world.kafka, enable_auto_commit=False)
    await consumer.start()
    try:
        parts = [TopicPartition(topic, number) for number in range(topics.PARTITIONS)]
        return sum((await consumer.end_offsets(parts)).values())
    finally:
        await consumer.stop()
