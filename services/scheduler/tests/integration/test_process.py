"""The scheduler as it is wired: facts from a real broker, looks by its own job, reminders in its outbox."""

import asyncio
from pathlib import Path
from typing import Any

from scheduler.config import Settings
from scheduler.main import build
from shared.base.clock import FileClock
from shared.messaging.bus import Outgoing
from shared.messaging.cloudevents import wire_headers
from shared.messaging.consumer import Consumer
from shared.messaging.kafka import KafkaAt, KafkaBus
from shared.testing.plugin import DatabaseOf

COMPANY = Path(__file__).parents[4] / "deploy" / "company" / "example.yaml"
SECONDS_MAX = 60


class TestScheduler:
    async def test_hears_decides_and_tells(
        self, facts: Any, desk: Any, kafka_at: KafkaAt, database_of: DatabaseOf, tmp_path: Path
    ) -> None:
        clock = tmp_path / "clock"
        FileClock.move(clock, facts.at(facts.monday))
        settings = Settings(
            database_url=await database_of("scheduler"),
            kafka_bootstrap_servers=kafka_at.bootstrap,
            kafka_topic_prefix=kafka_at.routes.on_broker(""),
            kafka_idempotence=kafka_at.idempotence,
            kafka_end_offsets=kafka_at.end_offsets,
            clock_file=str(clock),
            company_file=COMPANY,
        )
        service = build(settings)
        desk.database = service.database
        await publish(
            kafka_at, facts.customer(), facts.opened("R1", facts.monday.replace(month=2, day=9))
        )
        consumer = Consumer(
            service="scheduler",
            hearings=service.hearings,
            database=service.database,
            at=kafka_at,
            clock=service.clock,
        )
        assert service.watermarks is not None
        service.watermarks.attach(consumer)
        stopping = asyncio.Event()
        running = asyncio.create_task(consumer.run(stopping))
        (look,) = service.jobs

        async with asyncio.timeout(SECONDS_MAX):
            while not await desk.rows("SELECT 1 FROM standings WHERE look_at IS NOT NULL"):
                await look.run()
                await asyncio.sleep(0.02)
            FileClock.move(clock, facts.at(facts.monday, 9))
            while not await desk.told("reminder.planned"):
                await look.run()
                await asyncio.sleep(0.02)

        stopping.set()
        await running
        await service.database.close()


async def publish(at: KafkaAt, *events: Any) -> None:
    bus = KafkaBus(at)
    await bus.start()
    messages = [
        Outgoing(
            event.TOPIC,
            str(event.customer_id).encode(),
            event.model_dump_json().encode(),
            wire_headers(
                {
                    "content-type": "application/json",
                    "ce_specversion": "1.0",
                    "ce_id": str(event.event_id),
                    "ce_source": "urn:dunwell:ledger",
                    "ce_type": event.TYPE,
                }
            ),
        )
        for event in events
    ]
    await bus.publish(messages)
    await bus.stop()
