"""The ledger's facts reach the tables, once and only forward."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest

from portal_api.config import Settings
from portal_api.interfaces.consumers import HEARING
from portal_api.main import build
from shared.contracts import ledger
from shared.contracts.event import Event
from shared.messaging.cloudevents import Record
from shared.testing.examples import our_examples
from shared.testing.plugin import DatabaseOf
from shared.web.app import create_app
from shared.worker.run import Service

NOON = datetime(2026, 4, 20, 12, tzinfo=UTC)
FACTS = [fact for fact in our_examples() if fact.TOPIC == ledger.TOPIC]


@pytest.fixture
async def service(database_of: DatabaseOf) -> AsyncIterator[Service]:
    url = await database_of("portal-api")
    service = build(Settings(database_url=url, kafka_bootstrap_servers="none:1"))
    yield service
    await service.database.close()


def record_of(fact: Event, offset: int) -> Record:
    return Record(
        topic=fact.TOPIC,
        partition=0,
        offset=offset,
        key=str(fact.customer_id),
        attributes={"type": fact.TYPE, "id": str(fact.event_id)},
        data=fact.model_dump_json().encode(),
    )


async def take(service: Service, facts: list[Event]) -> tuple[object, ...]:
    """Hear the facts as one slice; returns what is held of the one invoice."""
    async with service.database.work(NOON) as work:
        await HEARING.take(work, [record_of(fact, offset) for offset, fact in enumerate(facts)])
    async with service.database.look() as connection:
        row = await connection.fetchrow("SELECT version, open_minor, status FROM invoices")
        assert await connection.fetchval("SELECT name FROM customers") is not None
    return tuple(row or ())


async def contacts(service: Service) -> list[str]:
    """The addresses from which somebody may sign in."""
    async with service.database.look() as connection:
        return [row["address"] for row in await connection.fetch("SELECT address FROM contacts")]


class TestProjection:
    async def test_holds_the_newest(self, service: Service) -> None:
        assert await take(service, FACTS) == (6, 0, "cancelled")

    async def test_never_goes_back(self, service: Service) -> None:
        await take(service, FACTS)

        assert await take(service, FACTS[:2]) == (6, 0, "cancelled")


class TestContacts:
    async def test_whoever_is_not_named_any_more_is_gone(self, service: Service) -> None:
        changed = next(fact for fact in FACTS if isinstance(fact, ledger.CustomerChanged))
        gone = changed.model_copy(update={"version": changed.version + 1, "contacts": ()})

        await take(service, [changed])
        assert await contacts(service) == ["erika@muster.example"]

        await take(service, [gone])
        assert await contacts(service) == []

    async def test_a_late_fact_takes_nobody_away(self, service: Service) -> None:
        changed = next(fact for fact in FACTS if isinstance(fact, ledger.CustomerChanged))
        await take(service, [changed.model_copy(update={"version": changed.version + 1})])

        await take(service, [changed])

        assert await contacts(service) == ["erika@muster.example"]

    async def test_a_late_fact_brings_nobody_back(self, service: Service) -> None:
        changed = next(fact for fact in FACTS if isinstance(fact, ledger.CustomerChanged))
        gone = changed.model_copy(update={"version": changed.version + 1, "contacts": ()})
        await take(service, [gone])

        await take(service, [changed])

        assert await contacts(service) == []


class TestHouse:
    async def test_is_ready_and_at_rest(self, service: Service) -> None:
        transport = httpx.ASGITransport(create_app(service))
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as http:
            ready, pulse = await http.get("/readyz"), await http.get("/pulse")

        assert ready.status_code == 200
        assert (pulse.json()["service"], pulse.json()["busy"]) == ("portal-api", [])
