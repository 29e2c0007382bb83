"""The first hop of the floor for one payment: from the ERP's topic into the ledger's tables and its outbox.

The relay and the projection of the floor carry it on.
"""

import json
import os
from datetime import date
from uuid import NAMESPACE_OID, UUID, uuid5

import asyncpg
from aiokafka import AIOKafkaConsumer
from raws.ingest import COLUMNS, NOW, OFFSET, OUTBOX, ROWS_MAX, cents, identity

TOPIC = "erp.payments.v1"
_PAY = """
UPDATE invoices SET open_minor = open_minor - paid.minor, status = 'settled', version = version + 1
FROM unnest($1::uuid[], $2::bigint[]) AS paid (invoice_id, minor) WHERE invoices.invoice_id = paid.invoice_id
"""


async def payment() -> None:
    """A poll is a transaction."""
    connection = await asyncpg.connect(os.environ["DATABASE_URL"].replace("+asyncpg", ""))
    consumer = AIOKafkaConsumer(
        os.environ["KAFKA_TOPIC_PREFIX"] + TOPIC,
        bootstrap_servers=os.environ["KAFKA_BOOTSTRAP_SERVERS"],
        auto_offset_reset="earliest",
    )
    await consumer.start()
    next_entry = -1
    while True:
        batch = await consumer.getmany(timeout_ms=500, max_records=ROWS_MAX)
        if messages := [message for one in batch.values() for message in one]:
            async with connection.transaction():
                next_entry = await write(connection, messages, next_entry)


async def write(connection: asyncpg.Connection, messages: list, next_entry: int) -> int:
    """One poll. Entries are numbered downwards, away from those of the template."""
    paid, entries, intake, outbox, offsets = [], [], [], [], {}
    for message in messages:
        source, body = dict(message.headers)["ce_source"].decode(), json.loads(message.value)
        payment_id = identity(source, "payment", body["payment_id"])
        customer_id = identity(source, "customer", body["customer_number"])
        (allocation,), minor = body["allocations"], cents(body["amount"])
        invoice_id, on = (
            identity(source, "invoice", allocation["invoice_id"]),
            date.fromisoformat(body["value_date"]),
        )

        paid.append((invoice_id, minor))
        for debit, item in ((1000, None), (2100, payment_id)):
            credit = (2100, payment_id) if item is None else (1200, invoice_id)
            entries.append((
                next_entry, "payment", debit, item, *credit, minor, "EUR", on, "DE01", customer_id, NOW,
            ))  # fmt: skip
            next_entry -= 1
        intake.append((
            TOPIC, message.partition, message.offset, source, str(payment_id), "erp.payment.received.v1", payment_id,
            "main", 1, customer_id, "accepted", "", "", "", "", NOW,
        ))  # fmt: skip
        outbox.append(fact(payment_id, customer_id, invoice_id, body))
        offsets[message.partition] = message.offset + 1

    await connection.execute(_PAY, *map(list, zip(*paid, strict=True)))
    await connection.copy_records_to_table("entries", records=entries, columns=COLUMNS["entries"])
    await connection.copy_records_to_table("intake", records=intake, columns=COLUMNS["intake"])
    await connection.execute(OUTBOX, *map(list, zip(*outbox, strict=True)), NOW)
    await connection.execute(OFFSET, TOPIC, list(offsets), list(offsets.values()))
    return next_entry


def fact(payment_id: UUID, customer_id: UUID, invoice_id: UUID, body: dict) -> tuple:
    """The outbox row: a payment received, and the invoice that it settled."""
    key, event_id = str(customer_id), uuid5(NAMESPACE_OID, f"received{payment_id}1")
    invoice = {
        "invoice_id": str(invoice_id), "customer_id": key, "version": 2, "legal_entity": "DE01",
        "invoice_number": body["allocations"][0]["invoice_id"], "currency": "EUR", "due_on": body["value_date"],
        "total": "1190.00", "open": "0.00", "status": "settled",
    }  # fmt: skip
    payload = {
        "payment_id": str(payment_id), "customer_id": key, "version": 1, "legal_entity": "DE01", "currency": "EUR",
        "value_date": body["value_date"], "amount": body["amount"], "unapplied": "0.00", "invoices": [invoice],
    }  # fmt: skip
    headers = {
        "content-type": "application/json",
        "ce_id": str(event_id),
        "ce_type": "ledger.payment.received.v1",
    }
    return event_id, "ledger.events.v1", key, json.dumps(headers), json.dumps(payload).encode()
