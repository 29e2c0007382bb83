"""A ledger on a real database: slices in, rows and facts out; and its doors, signed in."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from typing_extensions import override

from ledger.config import Settings
from ledger.main import build
from shared.base.clock import FileClock
from shared.base.ids import object_id
from shared.messaging.cloudevents import Record
from shared.testing.plugin import DatabaseOf
from shared.web.app import create_app
from shared.web.auth import Staff, signed_in
from shared.worker.description import Service

COMPANY = Path(__file__).parents[4] / "deploy/company/example.yaml"
NOON = datetime(2026, 4, 1, 12, tzinfo=UTC)


@dataclass
class Till:
    """Takes slices as the consumer would, and asks the doors as a person of ours."""

    service: Service
    clock: Path
    http: httpx.AsyncClient
    pen: Any
    written: list[Record] = field(default_factory=list)
    person: str = "sam"
    roles: frozenset[str] = frozenset({"operator"})
    """Who is signed in."""

    @property
    def hearing(self) -> Any:
        return self.service.hearings[0]

    async def take(self, *, at_once: int = 500) -> list[str]:
        """Take what was written, in slices; answers the outcomes."""
        records, self.written[:] = list(self.written), []
        for begin in range(0, len(records), at_once):
            async with self.service.database.work(self.service.clock.now()) as work:
                await self.hearing.take(work, records[begin : begin + at_once])
        rows = await self.fetch(
            'SELECT outcome FROM intake WHERE "offset" = ANY($1::bigint[]) ORDER BY "offset"',
            [record.offset for record in records],
        )
        return [row["outcome"] for row in rows]

    async def fetch(self, sql: str, *arguments: object) -> list[asyncpg.Record]:
        async with self.service.database.look() as connection:
            rows: list[asyncpg.Record] = await connection.fetch(sql, *arguments)
            return rows

    async def told(self) -> list[str]:
        """Types of the facts in the outbox, in order."""
        return [
            row["type"]
            for row in await self.fetch(
                "SELECT headers::json ->> 'ce_type' AS type FROM outbox ORDER BY seq"
            )
        ]

    async def doubts(self, number: str = "C1") -> list[str]:
        """Codes of the doubts last told of a customer."""
        rows = await self.fetch(
            "SELECT convert_from(payload, 'utf8')::json -> 'doubts' AS doubts FROM outbox "
            "WHERE headers::json ->> 'ce_type' = 'ledger.customer.changed.v1' AND key = $1 ORDER BY seq DESC LIMIT 1",
            str(object_id("urn:acme:erp:de01", "customer", number)),
        )
        return [one["code"] for one in rows[0]["doubts"]] if rows else []

    async def get(self, path: str, **asked: Any) -> Any:
        answer = await self.http.get(path, params=asked)
        answer.raise_for_status()
        return answer.json()

    def move(self, to: datetime) -> None:
        FileClock.move(self.clock, to)


@pytest.fixture
async def till(database_of: DatabaseOf, tmp_path: Path, pen: type[Any]) -> AsyncIterator[Till]:
    """A fresh ledger at noon of 2026-04-01."""
    clock = tmp_path / "clock"
    FileClock.move(clock, NOON)
    service = build(
        Settings(
            database_url=await database_of("ledger"),
            kafka_bootstrap_servers="unused:1",
            clock_file=str(clock),
            company_file=COMPANY,
        )
    )
    app = create_app(service)
    app.dependency_overrides[signed_in] = lambda: Staff(made.person, made.roles)
    transport = httpx.ASGITransport(app)

    async with httpx.AsyncClient(transport=transport, base_url="http://ledger") as http:
        made = Till(service, clock, http, None)
        made.pen = _writer(pen, made.written)
        yield made
    await service.database.close()


def _writer(pen: type[Any], written: list[Record]) -> Any:
    class Writer(pen):  # type: ignore[misc]
        """Writes records down until they are taken."""

        offset = 0

        @override
        def take(self, event_type: str, *, source: str = "urn:acme:erp:de01", **body: Any) -> None:
            self.offset += 1
            written.append(self.record(event_type, self.offset, source=source, body=body))

    return Writer()
