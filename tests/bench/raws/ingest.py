"""The floor of ledger ingest: invoices from Kafka into the ledger's own tables, by COPY and three statements a poll."""

import json
import os
from datetime import UTC, date, datetime
from uuid import NAMESPACE_OID, UUID, uuid5

import asyncpg
from aiokafka import AIOKafkaConsumer

ROWS_MAX = 500
NAMESPACE = UUID("6f1c1f2e-9a4b-5d0e-8f57-0b1d5a0c7e11")
"""The contract's: ids of objects are the same on both sides."""

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)

COLUMNS = {
    "invoices": [
        "invoice_id",
        "source",
        "source_id",
        "customer_id",
        "body_version",
        "body_content",
        "top_version",
        "top_content",
        "invoice_number",
        "kind",
        "legal_entity",
        "issued_on",
        "due_on",
        "currency",
        "total_minor",
        "tax_minor",
        "payment_reference",
        "status",
        "open_minor",
        "adjusted_minor",
        "returned",
        "version",
        "entry_id",
        "tax_entry_id",
    ],
    "entries": [
        "entry_id",
        "kind",
        "debit",
        "debit_item",
        "credit",
        "credit_item",
        "minor",
        "currency",
        "effective_on",
        "legal_entity",
        "customer_id",
        "recorded_at",
    ],
    "invoice_history": [
        "invoice_id",
        "version",
        "recorded_at",
        "change",
        "status",
        "invoice_number",
        "total_minor",
        "open_minor",
        "due_on",
    ],
    "intake": [
        "topic",
        "partition",
        "offset",
        "source",
        "event_id",
        "type",
        "object_id",
        "line",
        "version",
        "customer_id",
        "outcome",
        "waits_for",
        "code",
        "pointer",
        "detail",
        "recorded_at",
    ],
}
TOTALS = """
INSERT INTO totals AS total (customer_id, legal_entity, currency, receivable_minor, unapplied_minor)
SELECT customer_id, 'DE01', 'EUR', sum(minor), 0 FROM unnest($1::uuid[], $2::bigint[]) AS row (customer_id, minor)
GROUP BY customer_id ON CONFLICT (customer_id, legal_entity, currency)
DO UPDATE SET receivable_minor = total.receivable_minor + excluded.receivable_minor
"""
OUTBOX = """
INSERT INTO outbox (event_id, topic, key, headers, payload, recorded_at)
SELECT *, $6 FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::bytea[])
"""
OFFSET = """
INSERT INTO consumer_offsets SELECT $1, * FROM unnest($2::int[], $3::bigint[])
ON CONFLICT (topic, partition) DO UPDATE SET next_offset = excluded.next_offset
"""


async def ingest() -> None:
    """Invoices from Kafka into the ledger's own tables."""
    topic = os.environ["KAFKA_TOPIC_PREFIX"] + "erp.invoices.v1"
    connection = await asyncpg.connect(os.environ["DATABASE_URL"].replace("+asyncpg", ""))
    consumer = AIOKafkaConsumer(
        topic,
        bootstrap_servers=os.environ["KAFKA_BOOTSTRAP_SERVERS"],
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=2**21,
    )
    await consumer.start()
    next_entry = 1
    while True:
        batch = await consumer.getmany(timeout_ms=500, max_records=ROWS_MAX)
        if messages := [message for one in batch.values() for message in one]:
            async with connection.transaction():
                next_entry = await write(connection, messages, next_entry)


async def write(connection: asyncpg.Connection, messages: list, next_entry: int) -> int:
    """One poll, in seven statements."""
    invoices, entries, history, intake, totals, outbox = [], [], [], [], [], []
    offsets = {}
    for message in messages:
        headers = dict(message.headers)
        source, event_id = headers["ce_source"].decode(), headers["ce_id"].decode()
        body = json.loads(message.value)
        invoice_id = identity(source, "invoice", body["invoice_id"])
        customer_id = identity(source, "customer", body["customer_number"])
        total, tax = cents(body["total"]), cents(body["tax"])
        issued, due = date.fromisoformat(body["issued_on"]), date.fromisoformat(body["due_on"])

        invoices.append((
            invoice_id, source, body["invoice_id"], customer_id, body["version"], b"0" * 16, body["version"], b"0" * 16,
            body["invoice_number"], "invoice", "DE01", issued, due, "EUR", total, tax, body.get("payment_reference"),
            "open", total, 0, False, 1, next_entry, next_entry + 1,
        ))  # fmt: skip
        for account, minor in ((4000, total - tax), (2200, tax)):
            entries.append((
                next_entry, "invoice", 1200, invoice_id, account, None, minor, "EUR", issued, "DE01", customer_id, NOW,
            ))  # fmt: skip
            next_entry += 1
        history.append(
            (invoice_id, 1, NOW, "InvoiceOpened", "open", body["invoice_number"], total, total, due)
        )
        intake.append((
            "erp.invoices.v1", message.partition, message.offset, source, event_id, "erp.invoice.posted.v1", invoice_id,
            "main", body["version"], customer_id, "accepted", "", "", "", "", NOW,
        ))  # fmt: skip
        totals.append((customer_id, total))
        outbox.append(fact(invoice_id, customer_id, source, body, event_id))
        offsets[message.partition] = message.offset + 1

    for table, rows in (
        ("invoices", invoices),
        ("entries", entries),
        ("invoice_history", history),
        ("intake", intake),
    ):
        await connection.copy_records_to_table(table, records=rows, columns=COLUMNS[table])
    await connection.execute(TOTALS, *map(list, zip(*totals, strict=False)))
    await connection.execute(OUTBOX, *map(list, zip(*outbox, strict=False)), NOW)
    await connection.execute(OFFSET, "erp.invoices.v1", list(offsets), list(offsets.values()))
    return next_entry


def fact(invoice_id: UUID, customer_id: UUID, source: str, body: dict, cause: str) -> tuple:
    """The outbox row: what the ledger tells of an opened invoice, byte for byte as long."""
    event_id, key = uuid5(NAMESPACE_OID, f"opened{invoice_id}1"), str(customer_id)
    headers = {
        "content-type": "application/json", "ce_specversion": "1.0", "ce_id": str(event_id),
        "ce_source": "urn:dunwell:ledger", "ce_type": "ledger.invoice.opened.v1", "ce_subject": str(invoice_id),
        "ce_time": NOW.isoformat(), "ce_recordedtime": NOW.isoformat(),
        "ce_dataschema": "urn:dunwell:schema:ledger.invoice.opened.v1", "ce_partitionkey": key,
        "ce_sequence": "0000000000000001", "ce_causationid": cause, "ce_correlationid": cause,
    }  # fmt: skip
    payload = {
        "customer_id": key, "version": 1, "invoice_id": str(invoice_id), "source": source,
        "source_id": body["invoice_id"], "invoice_number": body["invoice_number"], "kind": body["kind"],
        "legal_entity": "DE01", "issued_on": body["issued_on"], "due_on": body["due_on"], "currency": "EUR",
        "total": body["total"], "open": body["total"], "status": "open",
        "instalments": [{"number": 1, "due_on": body["due_on"], "amount": body["total"], "open": body["total"]}],
        "payment_reference": body.get("payment_reference"), "returned": False, "holds": [],
    }  # fmt: skip
    return event_id, "ledger.events.v1", key, json.dumps(headers), json.dumps(payload).encode()


def identity(source: str, kind: str, name: str) -> UUID:
    return uuid5(NAMESPACE, f'["{source}","{kind}","{name}"]')


def cents(text: str) -> int:
    whole, _, part = text.partition(".")
    return int(whole) * 100 + int(part)
