"""The program itself, one part at a time, beside the floor: `python tests/bench/ours.py ingest`."""

import asyncio
import os
import sys
from importlib import import_module
from pathlib import Path

from flame import arm

from shared.messaging.consumer import Consumer
from shared.worker.description import Service, kafka_at
from shared.worker.server import event_loop


def service_of(name: str) -> Service:
    """The service as its settings in the environment describe it."""
    settings = import_module(f"{name}.config").Settings()
    service: Service = import_module(f"{name}.main").build(settings)
    return service


async def hear(name: str) -> None:
    """A service's consumer alone, without its relay and jobs."""
    service = service_of(name)
    consumer = Consumer(
        service=service.name,
        hearings=service.hearings,
        database=service.database,
        at=kafka_at(service.settings),
        clock=service.clock,
    )
    await consumer.run(asyncio.Event())


async def ingest() -> None:
    """The ledger: validate, book, outbox and offset."""
    await hear("ledger")


WORKS = {"ingest": ingest}

if __name__ == "__main__":
    if picture := os.environ.get("BENCH_PICTURE"):
        arm(Path(picture), sys.argv[1])
    with asyncio.Runner(loop_factory=event_loop) as runner:
        runner.run(WORKS[sys.argv[1]]())
