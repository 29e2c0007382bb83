"""The floor of the scheduler's projection: facts of the ledger from Kafka into the scheduler's own tables."""

import json
import os
from datetime import UTC, date, datetime
from uuid import UUID

import asyncpg
from aiokafka import AIOKafkaConsumer
from raws.ingest import OFFSET, ROWS_MAX, cents

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TOPIC = "ledger.events.v1"

_TIMERS = """
INSERT INTO timers (kind, key, due_at) SELECT 'look', key, $2 FROM unnest($1::text[]) AS row (key)
ON CONFLICT (kind, key) DO UPDATE SET due_at = excluded.due_at, fired_at = NULL
"""
_STANDINGS = """
INSERT INTO standings (customer_id, traceparent) SELECT customer_id, '' FROM unnest($1::uuid[]) AS row (customer_id)
ON CONFLICT (customer_id) DO UPDATE SET traceparent = excluded.traceparent
"""
_CUSTOMERS = """
INSERT INTO customers (customer_id, version, known, customer_number, kind, status, country, time_zone, holds, doubts,
                       changed_at)
SELECT *, '[]', '[]', $9 FROM unnest($1::uuid[], $2::bigint[], $3::boolean[], $4::text[], $5::text[], $6::text[],
                                     $7::text[], $8::text[])
ON CONFLICT (customer_id) DO UPDATE SET version = excluded.version
"""
_ITEMS = """
INSERT INTO items (invoice_id, customer_id, version, legal_entity, invoice_number, currency, due_on, open_minor,
                   settled_on, instalment, instalments, direct_debit, returned, holds, discounts, traceparent)
SELECT *, 1, 1, false, false, '[]', '[]', ''
FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::date[], $8::bigint[],
            $9::date[])
ON CONFLICT (invoice_id, instalment) DO UPDATE SET
    version = excluded.version, open_minor = excluded.open_minor, settled_on = excluded.settled_on
"""
_CREDITS = """
INSERT INTO credits
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::bigint[])
ON CONFLICT (credit_id) DO UPDATE SET version = excluded.version, unapplied_minor = excluded.unapplied_minor
"""
_HABITS = """
INSERT INTO habits AS known
SELECT customer_id, count(*), sum(days_late), 0 FROM unnest($1::uuid[], $2::int[]) AS row (customer_id, days_late)
GROUP BY customer_id
ON CONFLICT (customer_id) DO UPDATE SET
    paid_invoices = known.paid_invoices + excluded.paid_invoices, days_late = known.days_late + excluded.days_late
"""


async def projection() -> None:
    """A poll is a transaction."""
    connection = await asyncpg.connect(os.environ["DATABASE_URL"].replace("+asyncpg", ""))
    consumer = AIOKafkaConsumer(
        os.environ["KAFKA_TOPIC_PREFIX"] + TOPIC,
        bootstrap_servers=os.environ["KAFKA_BOOTSTRAP_SERVERS"],
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=2**21,
    )
    await consumer.start()
    while True:
        batch = await consumer.getmany(timeout_ms=500, max_records=ROWS_MAX)
        if messages := [message for one in batch.values() for message in one]:
            async with connection.transaction():
                await write(connection, messages)


async def write(connection: asyncpg.Connection, messages: list) -> None:
    """The last word on each thing counts."""
    customers, items, moneys, habits, touched, offsets = {}, {}, {}, [], {}, {}
    for message in messages:
        body = json.loads(message.value)
        customer_id = UUID(body["customer_id"])
        touched[message.key.decode()] = customer_id
        offsets[message.partition] = message.offset + 1
        if "payment_id" in body:
            credit_id, on = UUID(body["payment_id"]), date.fromisoformat(body["value_date"])
            moneys[credit_id] = (
                credit_id, customer_id, body["version"], body["legal_entity"], body["currency"],
                cents(body["unapplied"]),
            )  # fmt: skip
            for one in body["invoices"]:
                items[one["invoice_id"]] = item = row_of(one, customer_id, on)
                habits.append((customer_id, max((on - item[6]).days, 0)))
        elif "invoice_id" in body:
            items[body["invoice_id"]] = row_of(body, customer_id, None)
        else:
            names = (
                "version",
                "known",
                "customer_number",
                "kind",
                "status",
                "country",
                "time_zone",
            )
            customers[customer_id] = (customer_id, *(body[name] for name in names))

    await connection.execute(_TIMERS, list(touched), NOW)
    await connection.execute(_STANDINGS, list(touched.values()))
    for statement, rows, more in (
        (_CUSTOMERS, list(customers.values()), [NOW]),
        (_ITEMS, list(items.values()), []),
        (_CREDITS, list(moneys.values()), []),
        (_HABITS, habits, []),
    ):
        if rows:
            await connection.execute(statement, *map(list, zip(*rows, strict=True)), *more)
    await connection.execute(OFFSET, TOPIC, list(offsets), list(offsets.values()))


def row_of(invoice: dict, customer_id: UUID, settled_on: date | None) -> tuple:
    return (
        UUID(invoice["invoice_id"]), customer_id, invoice["version"], invoice["legal_entity"],
        invoice["invoice_number"], invoice["currency"], date.fromisoformat(invoice["due_on"]), cents(invoice["open"]),
        settled_on,
    )  # fmt: skip
