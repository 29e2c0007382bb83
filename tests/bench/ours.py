"""The program itself, one part at a time, beside the floor: `python tests/bench/ours.py ingest`."""

import asyncio
import sys

from ledger.config import Settings
from ledger.main import build
from shared.messaging.consumer import Consumer
from shared.worker.description import kafka_at


async def ingest() -> None:
    """The ledger's consumer alone: validate, book, outbox and offset, without the relay."""
    settings = Settings()
    service = build(settings)
    consumer = Consumer(
        service=service.name,
        hearings=service.hearings,
        database=service.database,
        at=kafka_at(settings),
        clock=service.clock,
    )
    await consumer.run(asyncio.Event())


if __name__ == "__main__":
    asyncio.run({"ingest": ingest}[sys.argv[1]]())
