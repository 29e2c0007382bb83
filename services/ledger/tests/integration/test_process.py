"""A real ledger on a real bus: from the ERP's topics to its own."""

import asyncio
import os
import socket
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import asyncpg
import pytest

from ledger.config import HOME
from shared.base.clock import FileClock
from shared.messaging.kafka import KafkaAt, KafkaBus
from shared.testing import builders
from shared.testing.builders import Voice
from shared.testing.plugin import DatabaseOf

SECONDS_MAX = 60
NOON = datetime(2026, 4, 1, 12, tzinfo=UTC)


@pytest.fixture
async def settings(database_of: DatabaseOf, kafka_at: KafkaAt, tmp_path: Path) -> dict[str, str]:
    FileClock.move(tmp_path / "clock", NOON)
    with socket.create_server(("127.0.0.1", 0)) as sock:
        port = sock.getsockname()[1]
    return {
        "DATABASE_URL": await database_of("ledger"),
        "KAFKA_BOOTSTRAP_SERVERS": kafka_at.bootstrap,
        "KAFKA_TOPIC_PREFIX": kafka_at.routes.prefix,
        "KAFKA_IDEMPOTENCE": str(kafka_at.idempotence),
        "KAFKA_END_OFFSETS": str(kafka_at.end_offsets),
        "CLOCK_FILE": str(tmp_path / "clock"),
        "COMPANY_FILE": str(HOME.parents[1] / "deploy" / "company" / "example.yaml"),
        "HTTP_PORT": str(port),
    }


class TestProcess:
    async def test_hears_the_erp_and_tells_the_books(
        self, settings: dict[str, str], kafka_at: KafkaAt
    ) -> None:
        voice, bus = Voice(), KafkaBus(kafka_at)
        await bus.start()
        await bus.publish(
            [
                voice.says(builders.payment("P1", "C1", "40.00", on=date(2026, 3, 20), to="I1")),
                voice.says(builders.invoice("I1", "C1", "100.00", due=date(2026, 3, 31))),
                voice.says(builders.customer("C1")),
                voice.utters("erp.invoices.v1", "erp.invoice.posted.v1", b"{"),
            ]
        )
        await bus.stop()

        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "ledger.main", "all", env={**os.environ, **settings},
            stdout=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            outcomes, told = await settled(settings["DATABASE_URL"])
            assert outcomes == ["accepted", "accepted", "accepted", "refused"]
            assert told == 4  # customer, invoice, payment, refusal: customers are taken first
        finally:
            process.terminate()
            code = await asyncio.wait_for(process.wait(), SECONDS_MAX)
        assert code == 0


async def settled(url: str) -> tuple[list[str], int]:
    """Outcomes of the four records, and how many facts the relay has told, once nothing is left to tell."""
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        for _ in range(SECONDS_MAX * 10):
            outcomes = [
                row["outcome"]
                for row in await connection.fetch("SELECT outcome FROM intake ORDER BY outcome")
            ]
            told = await connection.fetchval("SELECT position FROM relay_cursor")
            if (
                len(outcomes) == 4
                and "waiting" not in outcomes
                and told == await connection.fetchval("SELECT max(seq) FROM outbox")
            ):
                return outcomes, told
            await asyncio.sleep(0.1)
        raise AssertionError("not settled in time")
    finally:
        await connection.close()
