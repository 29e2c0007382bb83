"""The program itself, one part at a time, beside the floor: `python tests/bench/ours.py ingest`.

Each part runs until SIGTERM. With `BENCH_PICTURE` it draws where its CPU went to that file.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from flame import sampled

from shared.messaging.consumer import Consumer
from shared.messaging.kafka import KafkaBus
from shared.messaging.relay import Relay
from shared.worker.description import Service, kafka_at
from shared.worker.life import live
from shared.worker.memory import settle
from shared.worker.server import event_loop

IDLE_SECONDS = 0.01

Part = Callable[[asyncio.Event], Awaitable[None]]


class AllHeard:
    """A watermark that waits for nothing: no consumer runs here."""

    async def behind(self) -> list[str]:
        return []


def service_of(name: str) -> Service:
    """The service as its settings in the environment describe it."""
    settings = import_module(f"{name}.config").Settings()
    service: Service = import_module(f"{name}.main").build(settings)
    settle()
    return service


async def hear(name: str, stopping: asyncio.Event) -> None:
    """A service's consumer alone, without its relay and jobs."""
    service = service_of(name)
    consumer = Consumer(
        service=service.name,
        hearings=service.hearings,
        database=service.database,
        at=kafka_at(service.settings),
        clock=service.clock,
    )
    await consumer.run(stopping)


async def relay(stopping: asyncio.Event) -> None:
    """The ledger's relay alone."""
    service = service_of("ledger")
    bus = KafkaBus(kafka_at(service.settings))
    await bus.start()
    one = Relay(
        service=service.name,
        database=service.database,
        bus=bus,
        clock=service.clock,
        owner="bench",
    )
    await one.run(stopping)
    await bus.stop()


async def again_and_again(job: Callable[[], Awaitable[bool]], stopping: asyncio.Event) -> None:
    while not stopping.is_set():
        if not await job():
            await asyncio.sleep(IDLE_SECONDS)


async def decide(stopping: asyncio.Event) -> None:
    """The scheduler's looks, as if everything had been heard."""
    looking: Any = service_of("scheduler").jobs[0].run.__self__
    looking.watermark = AllHeard()
    await again_and_again(looking.run, stopping)


async def reads(_: asyncio.Event) -> None:
    """The ledger's API, without its consumer and jobs. It listens to signals itself."""
    await live(service_of("ledger"), doors=True, works=False, tracing=None)


async def portal(_: asyncio.Event) -> None:
    """The portal's doors."""
    await live(service_of("portal_api"), doors=True, works=False, tracing=None)


async def mail(stopping: asyncio.Event) -> None:
    """The notifier's dispatch, as if everything had been heard."""
    lanes = [job.run for job in service_of("notifier").jobs if job.name == "dispatch"]
    dispatch: Any = lanes[0].__self__
    dispatch.watermark = AllHeard()
    await asyncio.gather(*(again_and_again(run, stopping) for run in lanes))


PARTS: dict[str, Part] = {
    "ingest": partial(hear, "ledger"),
    "relay": relay,
    "projection": partial(hear, "scheduler"),
    "decide": decide,
    "mail": mail,
    "reads": reads,
    "portal": portal,
}


async def run(part: Part) -> None:
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    await part(stopping)


if __name__ == "__main__":
    name, picture = sys.argv[1], os.environ.get("BENCH_PICTURE")
    with (
        sampled(Path(picture), name) if picture else nullcontext(),
        asyncio.Runner(loop_factory=event_loop) as runner,
    ):
        runner.run(run(PARTS[name]))
