"""The service as an ordinary database user: the tests' own is a superuser, whom no policy holds."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from portal_api.config import Settings
from portal_api.gateways.own_rows import ROLE, own_rows
from portal_api.interfaces.consumers import HEARING
from portal_api.main import MIGRATIONS, build
from shared.db.migrate import upgrade
from shared.messaging.cloudevents import Record
from shared.testing.examples import CUSTOMER, our_examples
from shared.testing.plugin import DatabaseOf
from shared.testing.servers import Servers


@pytest.fixture
async def url(servers: Servers, database_of: DatabaseOf) -> AsyncIterator[str]:
    """A database of a user who may nothing but be `portal_customer`, which an administrator has made before."""
    await database_of("portal-api")
    user = f"portal_{uuid4().hex[:12]}"
    admin = await asyncpg.connect(servers.postgres)
    await admin.execute(f"CREATE ROLE {user} LOGIN")
    await admin.execute(f"GRANT {ROLE} TO {user}")
    await admin.execute(f"CREATE DATABASE {user} OWNER {user}")
    address = servers.postgres.rpartition("@")[2].rpartition("/")[0]
    yield f"postgresql+asyncpg://{user}@{address}/{user}"
    await admin.execute(f"DROP DATABASE {user} WITH (FORCE)")
    await admin.execute(f"DROP ROLE {user}")
    await admin.close()


class TestOrdinaryUser:
    async def test_migrates_hears_and_shows_each_customer_their_own(self, url: str) -> None:
        await asyncio.to_thread(upgrade, url, MIGRATIONS)
        service = build(Settings(database_url=url, kafka_bootstrap_servers="none:1"))
        facts = [fact for fact in our_examples() if fact.TOPIC in HEARING.topics]

        async with service.database.work(service.clock.now()) as work:
            await HEARING.take(work, [record_of(*one) for one in enumerate(facts)])

        async with service.database.look() as connection:
            assert await connection.fetchval("SELECT count(*) FROM invoices") == 1
        for customer_id, seen in ((CUSTOMER, 1), (uuid4(), 0)):
            async with own_rows(service.database, customer_id) as connection:
                assert await connection.fetchval("SELECT count(*) FROM invoices") == seen
        await service.database.close()


def record_of(offset: int, fact: Any) -> Record:
    attributes = {"type": fact.TYPE, "id": str(fact.event_id)}
    data = fact.model_dump_json().encode()
    return Record(fact.TOPIC, 0, offset, str(fact.customer_id), attributes, data)
