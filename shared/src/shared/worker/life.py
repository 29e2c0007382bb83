"""The life of a process: its tasks are watched, and it ends in one of two ways.

A task that dies ends the process at once and without ceremony (crash-only: closing a producer whose broker is gone
would hang for ever), and the supervisor starts it again. SIGTERM or SIGINT drains it: /readyz says no, slices and jobs
are finished, requests answered, the outbox's batch sent; then exit 0.
"""

import asyncio
import logging
import os
import signal
import socket
from collections.abc import Coroutine
from typing import Any, Final

from opentelemetry.sdk.trace import TracerProvider

from shared.instruments.exporters import stop_tracing
from shared.messaging.consumer import Consumer
from shared.messaging.kafka import KafkaBus
from shared.messaging.recall import Recall
from shared.messaging.relay import Relay
from shared.web.app import create_app
from shared.web.health import Health
from shared.worker.description import Service, kafka_at
from shared.worker.housekeeping import housekeeping
from shared.worker.jobs import Job
from shared.worker.server import Server, listen

EXIT_DIED: Final = 70
"""A task died, or draining took too long: start me again."""

CLOCK_LOOK_SECONDS: Final = 0.02
"""How often a clock that others move is looked at."""

_log = logging.getLogger(__name__)


async def live(
    service: Service, *, doors: bool, works: bool, tracing: TracerProvider | None
) -> int:
    """Run until asked to stop; returns the exit code 0. A death inside ends the process right here.

    `doors`: serve the service's own routes. `works`: hear, tell and do jobs.
    """
    asked = _signals()
    life = _Life(service, doors=doors, works=works)

    try:
        await life.until(asked)
        async with asyncio.timeout(service.settings.drain_seconds):
            await life.drain()
    except BaseException:  # noqa: BLE001 - whatever it is, this process is over
        _log.critical("process ends", exc_info=True)
        await asyncio.to_thread(stop_tracing, tracing)
        logging.shutdown()
        os._exit(EXIT_DIED)
    _log.info("drained")
    return 0


class _Life:
    """The tasks of one process, and the order in which they stop."""

    def __init__(self, service: Service, *, doors: bool, works: bool) -> None:
        self._service = service
        self._at = kafka_at(service.settings)
        self._working, self._telling = asyncio.Event(), asyncio.Event()
        self._recalled = asyncio.Event()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._health = Health()
        self._bus = KafkaBus(self._at) if works else None
        if works:
            self._start_work()
        self._start_server(doors=doors)

    async def until(self, asked: asyncio.Event) -> None:
        """Wait to be asked to stop. Raises when a task ends before that."""
        waiting = asyncio.create_task(asked.wait())
        done, _ = await asyncio.wait(
            [waiting, *self._tasks.values()], return_when=asyncio.FIRST_COMPLETED
        )
        if waiting in done:
            return

        died = done.pop()
        raise RuntimeError(f"{died.get_name()} ended") from died.exception()

    async def drain(self) -> None:
        """Stop taking, finish what was taken, let everything go."""
        _log.info("draining")
        self._health.draining = True
        await asyncio.sleep(self._service.settings.drain_notice_seconds)

        self._working.set()
        await asyncio.gather(
            *(task for name, task in self._tasks.items() if name not in {"relay", "server"})
        )
        self._server.should_exit = True
        await self._tasks["server"]
        self._telling.set()
        if self._bus is not None:
            await self._tasks["relay"]
            await self._bus.stop()
        if self._service.watermarks is not None:
            await self._service.watermarks.close()
        await self._service.database.close()

    def _start_work(self) -> None:
        service = self._service
        service.database.when_told(self._wake_jobs)
        if not service.clock.moves_by_itself:
            self._start("clock", self._follow_clock())
        consumer = self._consumer() if service.hearings else None
        if consumer is not None:
            self._health.ailments.append(lambda: None if consumer.joined else "not listening yet")
            self._start("consumer", self._hear(consumer))
        else:
            self._recalled.set()
        for job in service.jobs:
            self._start(f"job {job.name}", self._do(job))
        for job in housekeeping(service, consumer):
            self._start(f"job {job.name}", job.keep_running(self._working))
        self._start("relay", self._tell())

    def _consumer(self) -> Consumer:
        service = self._service
        consumer = Consumer(
            service=service.name,
            hearings=service.hearings,
            database=service.database,
            at=self._at,
            clock=service.clock,
            slice_records=service.settings.slice_records_max,
            after_slice=self._wake_jobs,
        )
        if service.watermarks is not None:
            service.watermarks.attach(consumer)
        return consumer

    async def _hear(self, consumer: Consumer) -> None:
        """What we said ourselves comes first: nothing is heard or done by a database that has forgotten."""
        service = self._service
        recall = Recall(database=service.database, at=self._at, clock=service.clock)
        await recall.run(service.recalls, heard=consumer.topics, stopping=self._working)
        self._recalled.set()
        await consumer.run(self._working)

    async def _do(self, job: Job) -> None:
        await self._recalled.wait()
        await job.keep_running(self._working)

    def _wake_jobs(self) -> None:
        """New facts or a moved clock: whoever waits for them need not wait for the next tick."""
        for job in self._service.jobs:
            job.wake()

    async def _follow_clock(self) -> None:
        stood_at = self._service.clock.now()
        while not self._working.is_set():
            await asyncio.sleep(CLOCK_LOOK_SECONDS)
            if (now := self._service.clock.now()) != stood_at:
                stood_at = now
                self._wake_jobs()

    async def _tell(self) -> None:
        assert self._bus is not None
        service = self._service
        relay = Relay(
            service=service.name,
            database=service.database,
            bus=self._bus,
            clock=service.clock,
            owner=service.settings.instance_name or f"{socket.gethostname()}-{os.getpid()}",
        )
        await self._bus.start()
        await relay.run(self._telling)

    def _start_server(self, *, doors: bool) -> None:
        settings = self._service.settings
        sock = listen(settings.http_host, settings.http_port)
        app = create_app(self._service, self._health, doors=doors)
        self._server = Server(app, drain_seconds=settings.drain_seconds / 2)
        self._start("server", self._server.serve([sock]))
        _log.info("listening", extra={"port": sock.getsockname()[1]})

    def _start(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        self._tasks[name] = asyncio.create_task(work, name=name)


def _signals() -> asyncio.Event:
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked.set)
    return asked
