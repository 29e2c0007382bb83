"""A real notifier on a real bus: facts in, mail out, outcome told; and killed at every named point of a hand-over."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from local_stack.faults import Faults
from local_stack.mail.box import MailBox
from local_stack.mail.smtp import listen
from notifier.config import HOME
from shared.base.clock import FileClock, FrozenClock
from shared.base.telling import Told
from shared.contracts.event import Event
from shared.messaging.bus import Outgoing
from shared.messaging.cloudevents import wire_headers
from shared.messaging.kafka import KafkaAt, KafkaBus
from shared.messaging.tell import row_of
from shared.testing.plugin import DatabaseOf

SECONDS_MAX = 100

pytestmark = pytest.mark.timeout(400)


@dataclass
class World:
    """A broker, a database, a mail box and a clock; the notifier comes and goes."""

    settings: dict[str, str]
    at: KafkaAt
    mail_box: MailBox
    clock: FrozenClock

    async def tell(self, *events: Event) -> None:
        """Publish, as ledger and scheduler do."""
        bus = KafkaBus(self.at)
        await bus.start()
        rows = [
            row_of(Told(event, None), recorded_at=self.clock.now().isoformat()) for event in events
        ]
        await bus.publish(
            [
                Outgoing(row.topic, row.key.encode(), row.payload, wire_headers(dict(row.headers)))
                for row in rows
            ]
        )
        await bus.stop()

    async def run(self, **settings: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "notifier.main",
            "all",
            env={**os.environ, **self.settings, **settings},
            stdout=asyncio.subprocess.DEVNULL,
        )

    async def outcome(self) -> tuple[str, int]:
        """Status of the one message once it is over, and how many facts were told of it."""
        connection = await asyncpg.connect(self.settings["DATABASE_URL"].replace("+asyncpg", ""))
        try:
            for _ in range(SECONDS_MAX * 10):
                status = await connection.fetchval(
                    "SELECT status FROM messages WHERE ended_at IS NOT NULL"
                )
                if status:
                    return status, await connection.fetchval("SELECT count(*) FROM outbox")
                await asyncio.sleep(0.1)
            rows = await connection.fetch("SELECT status, reason, due_at FROM messages")
            raise AssertionError(f"no outcome: {[tuple(row) for row in rows]}")
        finally:
            await connection.close()


@pytest.fixture
async def world(
    database_of: DatabaseOf, kafka_at: KafkaAt, tmp_path: Path, morning: Any
) -> AsyncIterator[World]:
    clock = FrozenClock(morning)
    FileClock.move(tmp_path / "clock", morning)
    mail_box = MailBox(tmp_path / "mail", clock.now)
    server = await listen(mail_box, Faults(), 0)
    with socket.create_server(("127.0.0.1", 0)) as sock:
        port = sock.getsockname()[1]
    yield World(
        {
            "DATABASE_URL": await database_of("notifier"),
            "KAFKA_BOOTSTRAP_SERVERS": kafka_at.bootstrap,
            "KAFKA_TOPIC_PREFIX": kafka_at.routes.prefix,
            "KAFKA_IDEMPOTENCE": str(kafka_at.idempotence),
            "KAFKA_END_OFFSETS": str(kafka_at.end_offsets),
            "KAFKA_STATIC_MEMBERSHIP": "test" if kafka_at.end_offsets else "",
            "CLOCK_FILE": str(tmp_path / "clock"),
            "COMPANY_FILE": str(HOME.parents[1] / "deploy" / "company" / "example.yaml"),
            "HTTP_PORT": str(port),
            "INSTANCE_NAME": "notifier-test",
            "NOTIFIER_SENDING_MODE": "live",
            "NOTIFIER_SMTP_PORT": str(server.sockets[0].getsockname()[1]),
        },
        kafka_at,
        mail_box,
        clock,
    )
    server.close()


class TestProcess:
    async def test_facts_become_one_mail_and_one_outcome(self, world: World, tell: Any) -> None:
        await world.tell(tell.customer(), tell.invoice(), tell.reminder())
        process = await world.run()

        outcome = await world.outcome()
        process.terminate()

        assert outcome == ("sent", 1)
        assert len(world.mail_box.all()) == 1
        assert await asyncio.wait_for(process.wait(), SECONDS_MAX) == 0

    @pytest.mark.parametrize(
        ("point", "status", "mails"),
        [
            ("notifier.before-handing-over", "sent", 1),
            ("notifier.after-handing-over", "unknown", 0),
            ("notifier.before-data", "unknown", 0),
            ("notifier.after-data", "unknown", 1),
            ("notifier.after-outcome", "sent", 1),
        ],
    )
    async def test_killed_at(
        self, world: World, tell: Any, point: str, status: str, mails: int
    ) -> None:
        await world.tell(tell.customer(), tell.invoice(), tell.reminder())
        doomed = await world.run(CRASH_AT=point)
        await asyncio.wait_for(doomed.wait(), SECONDS_MAX)

        successor = await world.run()
        outcome = await world.outcome()
        successor.terminate()
        await successor.wait()

        assert outcome == (status, 1)
        assert len(world.mail_box.all()) == mails
