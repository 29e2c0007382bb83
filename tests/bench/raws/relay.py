"""The floor of the relay: rows of the outbox to Kafka, 500 at a time, and a cursor."""

import asyncio
import json
import os

import asyncpg
from aiokafka import AIOKafkaProducer
from raws.ingest import ROWS_MAX

_READ = "SELECT seq, topic, key, headers, payload FROM outbox WHERE seq > $1 ORDER BY seq LIMIT $2"
_ADVANCE = "UPDATE relay_cursor SET position = $1"


async def relay() -> None:
    """Read, send, gather, move on."""
    prefix = os.environ["KAFKA_TOPIC_PREFIX"]
    connection = await asyncpg.connect(os.environ["DATABASE_URL"].replace("+asyncpg", ""))
    producer = AIOKafkaProducer(
        bootstrap_servers=os.environ["KAFKA_BOOTSTRAP_SERVERS"],
        acks="all",
        enable_idempotence=True,
        max_batch_size=256 * 1024,
    )
    await producer.start()
    position = 0
    while True:
        rows = await connection.fetch(_READ, position, ROWS_MAX)
        if not rows:
            await asyncio.sleep(0.01)
            continue
        sent = []
        for _, topic, key, headers, payload in rows:
            wire = [(name, value.encode()) for name, value in json.loads(headers).items()]
            sent.append(await producer.send(prefix + topic, payload, key.encode(), headers=wire))
        await asyncio.gather(*sent)
        position = rows[-1]["seq"]
        await connection.execute(_ADVANCE, position)
