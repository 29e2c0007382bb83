"""Fixtures: `servers`, `database_of`, `topic_prefix`, `kafka_at`. Nothing starts before a test asks for it."""

import asyncio
import logging
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from importlib.util import find_spec
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from hypothesis import settings

from local_stack import topics
from shared.db.migrate import upgrade
from shared.instruments.logs import QUIET, JsonLines
from shared.messaging.kafka import KafkaAt
from shared.messaging.routes import Routes
from shared.testing.servers import Servers, ask_for, locked

FOLDER = "DUNWELL_TEST_FOLDER"
RUN = "DUNWELL_TEST_RUN"
TEST_PARTITIONS = 3

DatabaseOf = Callable[[str], Awaitable[str]]
"""`await database_of("ledger")` → URL of a fresh, migrated database of that service."""


def pytest_configure(config: pytest.Config) -> None:
    """The first process of the run names the folder and the life of its servers; workers inherit both."""
    settings.register_profile("dunwell", deadline=None)  # tests never assert on time
    settings.load_profile("dunwell")
    if FOLDER not in os.environ:
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="dunwell-test-")
        os.environ[RUN] = str(os.getpid())


def pytest_unconfigure(config: pytest.Config) -> None:
    if os.environ.get(RUN) == str(os.getpid()):
        shutil.rmtree(os.environ[FOLDER], ignore_errors=True)


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Callable[[str], str]:
    """`logged("ledger")` → everything said so far, as that service writes it at its most talkative."""
    caplog.set_level(logging.DEBUG)
    for name, quiet in QUIET.items():
        caplog.set_level(quiet, logger=name)
    return lambda service: "\n".join(map(JsonLines(service).format, caplog.records))


@pytest.fixture(scope="session")
def servers() -> Servers:
    """The run's PostgreSQL and broker, both real."""
    return ask_for(Path(os.environ[FOLDER]), until_ends=int(os.environ[RUN]))


@pytest.fixture
async def database_of(servers: Servers) -> AsyncIterator[DatabaseOf]:
    """Fresh databases from each service's migrated template, dropped after the test."""
    async with AsyncExitStack() as stack:

        async def fresh(service: str) -> str:
            template = await _template(servers, service)
            name = f"{template}_{uuid4().hex[:12]}"
            await _run(servers, f"CREATE DATABASE {name} TEMPLATE {template}")
            stack.push_async_callback(_run, servers, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            return _named(servers.postgres, name)

        yield fresh


@pytest.fixture
def topic_prefix(servers: Servers) -> str:
    """Topics of this test's own on the shared broker."""
    prefix = f"t{uuid4().hex[:10]}."
    topics.create(servers.kafka, prefix=prefix, partitions=TEST_PARTITIONS)
    return prefix


@pytest.fixture
def kafka_at(servers: Servers, topic_prefix: str) -> KafkaAt:
    """Where the bus is, with this test's own topics."""
    real = servers.broker == "kafka"
    return KafkaAt(servers.kafka, Routes(topic_prefix), idempotence=real, end_offsets=real)


async def _template(servers: Servers, service: str) -> str:
    """The service's migrated template; made once per run, under a lock."""
    name = f"template_{service.replace('-', '_')}"
    with locked(Path(os.environ[FOLDER]), name):
        if not await _run(servers, "SELECT 1 FROM pg_database WHERE datname = $1", name):
            await _run(servers, f"CREATE DATABASE {name}")
            await _migrate(_named(servers.postgres, name), migrations_of(service))
    return name


async def _migrate(url: str, migrations: Path) -> None:
    await asyncio.to_thread(upgrade, url, migrations)


def migrations_of(service: str) -> Path:
    """A service's folder of migrations; `runtime` is shared's own, with nothing but the runtime's tables."""
    if service == "runtime":
        return Path(__file__).parent / "runtime_migrations"
    spec = find_spec(service.replace("-", "_"))
    assert spec is not None, f"{service} is not installed"
    assert spec.origin is not None
    return Path(spec.origin).parents[2] / "migrations"


async def _run(servers: Servers, sql: str, *arguments: object) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(servers.postgres)
    try:
        rows: list[asyncpg.Record] = await connection.fetch(sql, *arguments)
        return rows
    finally:
        await connection.close()


def _named(url: str, database: str) -> str:
    return url.rpartition("/")[0].replace("postgresql:", "postgresql+asyncpg:") + "/" + database
