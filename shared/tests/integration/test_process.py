"""A real process: how it begins, says that it is ready, drains on SIGTERM, and dies of a bug."""

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from local_stack import topics
from shared.contracts import ledger
from shared.db import outbox
from shared.db.outbox import OutboxRow
from shared.db.work import Database
from shared.messaging.kafka import KafkaAt
from shared.testing.plugin import DatabaseOf

GREETER = Path(__file__).parent / "greeter" / "main.py"
SECONDS_MAX = 90
NOON = datetime(2026, 4, 20, 12, tzinfo=UTC)


@dataclass
class Process:
    """A greeter that runs, and what it logged so far."""

    run: asyncio.subprocess.Process
    http: httpx.AsyncClient

    async def end(self) -> tuple[int, list[dict[str, Any]]]:
        """Exit code and log."""
        out, _ = await asyncio.wait_for(self.run.communicate(), SECONDS_MAX)
        assert self.run.returncode is not None
        return self.run.returncode, [json.loads(line) for line in out.decode().splitlines()]

    async def ready(self) -> None:
        for _ in range(SECONDS_MAX * 10):
            if self.run.returncode is not None:
                raise AssertionError(await self.end())
            if await self.answer("/readyz") == 200:
                return
            await asyncio.sleep(0.1)
        raise AssertionError("not ready in time")

    async def pulse(self) -> dict[str, Any]:
        pulse: dict[str, Any] = (await self.http.get("/pulse")).json()
        return pulse

    async def answer(self, path: str) -> int:
        """Its status; 0 when nobody answers."""
        try:
            return (await self.http.get(path)).status_code
        except httpx.TransportError:
            return 0


@dataclass(frozen=True)
class World:
    """Settings of a greeter with a database and a bus of its own."""

    settings: dict[str, str]

    @asynccontextmanager
    async def greeter(self, mode: str, **settings: str) -> AsyncIterator[Process]:
        port = _free_port()
        run = await asyncio.create_subprocess_exec(
            sys.executable, str(GREETER), mode,
            env={**os.environ, **self.settings, "HTTP_PORT": str(port), **settings},
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=10) as http:
            yield Process(run, http)
        if run.returncode is None:
            run.kill()
            await run.wait()


@pytest.fixture
async def world(database_of: DatabaseOf, kafka_at: KafkaAt) -> World:
    return World(
        {
            "DATABASE_URL": await database_of("runtime"),
            "KAFKA_BOOTSTRAP_SERVERS": kafka_at.bootstrap,
            "KAFKA_TOPIC_PREFIX": kafka_at.routes.prefix,
            "KAFKA_IDEMPOTENCE": str(kafka_at.idempotence),
            "KAFKA_END_OFFSETS": str(kafka_at.end_offsets),
        }
    )


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        port: int = sock.getsockname()[1]
        return port


class TestWorking:
    async def test_hears_what_it_has_told(self, world: World) -> None:
        database = Database(world.settings["DATABASE_URL"])
        async with database.work(NOON) as work:
            outbox.append(work, [OutboxRow(uuid4(), ledger.TOPIC, "k", {}, b"{}")])

        async with world.greeter("worker") as process:
            await process.ready()
            pulse = await process.pulse()
            while not any(pulse["consumed"].get(ledger.TOPIC, {}).values()):
                await asyncio.sleep(0.1)
                pulse = await process.pulse()

        await database.close()
        assert pulse["busy"] == []
        assert pulse["told_seq"] == 1

    async def test_is_not_at_rest_before_its_topics_are_there(
        self, world: World, kafka_at: KafkaAt
    ) -> None:
        """A broker that does not know them yet is no reason to believe that nothing was ever said."""
        prefix = f"t{uuid4().hex[:10]}."
        async with world.greeter("worker", KAFKA_TOPIC_PREFIX=prefix) as process:
            while not await process.answer("/healthz"):
                await asyncio.sleep(0.1)
            await asyncio.sleep(2)
            before = await process.pulse(), await process.answer("/readyz")

            await topics.create_missing(kafka_at.bootstrap, prefix)
            await process.ready()

            assert before[0]["busy"] == ["not listening yet"]
            assert before[1] == 503
            assert (await process.pulse())["busy"] == []


class TestDraining:
    async def test_finishes_what_was_begun_and_ends_well(self, world: World) -> None:
        slow = {"GREETER_SLOW_SECONDS": "1.5", "DRAIN_NOTICE_SECONDS": "1"}
        async with world.greeter("all", **slow) as process:
            await process.ready()
            greeting = asyncio.create_task(process.http.get("/v1/greetings"))
            await asyncio.sleep(0.2)

            process.run.send_signal(signal.SIGTERM)
            await asyncio.sleep(0.3)

            assert await process.answer("/readyz") == 503
            assert (await greeting).json() == {"greeting": "hello"}
            code, log = await process.end()
        assert code == 0
        assert [line["message"] for line in log][-2:] == ["draining", "drained"]

    async def test_that_takes_too_long_is_ended(self, world: World) -> None:
        async with world.greeter("api", GREETER_SLOW_SECONDS="20", DRAIN_SECONDS="1") as process:
            await process.ready()
            greeting = asyncio.create_task(process.answer("/v1/greetings"))
            await asyncio.sleep(0.2)

            process.run.send_signal(signal.SIGTERM)
            began = asyncio.get_running_loop().time()
            code, _ = await process.end()

            assert asyncio.get_running_loop().time() - began < 5
            assert code in {0, 70}
            assert await greeting in {0, 500, 503, 504}


class TestDying:
    async def test_of_a_bug_in_a_job_ends_the_process(self, world: World) -> None:
        async with world.greeter("all", GREETER_BUG="true") as process:
            code, log = await process.end()

        assert code == 70
        assert log[-1]["message"] == "process ends"
        assert "a bug" in log[-1]["traceback"]

    async def test_of_settings_that_are_missing_names_them(self, world: World) -> None:
        async with world.greeter("all", DATABASE_URL="") as process:
            _, errors = await process.run.communicate()

        assert process.run.returncode == 78
        assert errors.decode() == "DATABASE_URL: Field required\n"


class TestModes:
    async def test_api_does_no_jobs(self, world: World) -> None:
        async with world.greeter("api", GREETER_BUG="true") as process:
            await process.ready()

            assert await process.answer("/v1/greetings") == 200

    async def test_worker_serves_operations_only(self, world: World) -> None:
        async with world.greeter("worker") as process:
            await process.ready()

            assert await process.answer("/metrics") == 200
            assert await process.answer("/v1/greetings") == 404

    async def test_commands_run_once(self, world: World) -> None:
        async with world.greeter("republish") as process:
            out, _ = await process.run.communicate()

        assert (process.run.returncode, out) == (0, b"told again\n")

    async def test_migrate_prepares_an_empty_database(self, world: World) -> None:
        url = world.settings["DATABASE_URL"]
        connection = await asyncpg.connect(url.replace("+asyncpg", ""))
        await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")

        async with world.greeter("migrate") as process:
            await process.run.communicate()

        assert process.run.returncode == 0
        assert await connection.fetchval("SELECT to_regclass('outbox') IS NOT NULL")
        await connection.close()
