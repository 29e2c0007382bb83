"""Jobs that every service has: reading the gauges, forgetting old idempotency keys."""

from datetime import timedelta

from shared.base.clock import Moment, machine_seconds
from shared.db import condition
from shared.instruments import metrics
from shared.messaging.consumer import Consumer
from shared.web import idempotency
from shared.worker.description import Service
from shared.worker.jobs import Job

FORGET_EVERY_SECONDS = 300
FORGET_KEYS_AT_ONCE = 5_000


def housekeeping(service: Service, consumer: Consumer | None) -> list[Job]:
    """The jobs, for the process that works."""

    async def measure() -> bool:
        await _measure(service)
        if consumer is not None:
            lag = sum(consumer.lag().values())
            metrics.gauge("consumer_lag_events", lag, service=service.name)
        return False

    async def forget() -> bool:
        moment = service.clock.now()
        before = moment - timedelta(hours=service.settings.idempotency_hours)
        async with service.database.work(moment) as work:
            forgotten = await idempotency.forget(
                work.connection, before=before, limit=FORGET_KEYS_AT_ONCE
            )
        return forgotten == FORGET_KEYS_AT_ONCE

    return [
        Job("measure", measure, service.settings.measure_seconds),
        Job("forget-idempotency-keys", forget, FORGET_EVERY_SECONDS),
    ]


async def _measure(service: Service) -> None:
    began, now = machine_seconds(), service.clock.now()
    async with service.database.look() as connection:
        waited = machine_seconds() - began
        found = await condition.read(connection, now=now)
        parked = await service.count_parked(connection)

    gauges: dict[str, float] = {
        "database_pool_wait_seconds": waited,
        "outbox_waiting_events": found.outbox_waiting,
        "outbox_oldest_age_seconds": _age(now, found.outbox_oldest_at),
        "parked_events": parked.records,
        "parked_keys": parked.keys,
        "parked_oldest_age_seconds": _age(now, parked.since),
        "timers_overdue": found.timers_due,
        "timers_overdue_age_seconds": _age(now, found.timers_due_since),
    }
    for name, value in gauges.items():
        metrics.gauge(name, value, service=service.name)


def _age(now: Moment, since: Moment | None) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0
