"""Disputes on a real database: facts of the ledger in, doors signed in, facts out."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from disputes.config import Settings
from disputes.main import build
from shared.base.clock import FileClock
from shared.contracts import ledger
from shared.contracts.event import Event
from shared.messaging.cloudevents import Record
from shared.testing.examples import CUSTOMER, INVOICE, our_examples
from shared.testing.plugin import DatabaseOf
from shared.web.app import create_app
from shared.web.auth import Staff, signed_in
from shared.worker.description import Service

COMPANY = Path(__file__).parents[4] / "deploy/company/example.yaml"
MONDAY = datetime(2026, 4, 20, 7, tzinfo=UTC)
"""Nine o'clock in Hamburg."""


def record_of(fact: Event, offset: int) -> Record:
    return Record(
        topic=fact.TOPIC,
        partition=0,
        offset=offset,
        key=str(fact.customer_id),
        attributes={"type": fact.TYPE, "id": str(fact.event_id)},
        data=fact.model_dump_json().encode(),
    )


@dataclass
class Office:
    """The office of a legal entity: what it hears, asks and tells."""

    service: Service
    clock: Path
    http: httpx.AsyncClient
    person: str = "ada"
    heard: int = 0

    async def hear(self, *facts: Event) -> None:
        """As one slice."""
        async with self.service.database.work(self.service.clock.now()) as work:
            records = [record_of(fact, self.heard + n) for n, fact in enumerate(facts)]
            (hearing,) = self.service.hearings
            await hearing.take(work, records)
        self.heard += len(facts)

    async def post(self, path: str, *, status: int = 201, **body: Any) -> Any:
        answer = await self.http.post(path, json=body)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def get(self, path: str, **asked: Any) -> Any:
        answer = await self.http.get(path, params=asked)
        assert answer.is_success, answer.text
        return answer.json()

    async def open(self, amount: str = "100.00", **more: Any) -> Any:
        items = [{"invoice_id": str(INVOICE), "amount": amount}]
        said = {"reason": "damaged", "words": "two are broken", "items": items}
        return await self.post("/v1/disputes", customer_id=str(CUSTOMER), **said | more)

    async def told(self, kind: str = "disputes.") -> list[dict[str, Any]]:
        """What was told, oldest first."""
        async with self.service.database.look() as connection:
            rows = await connection.fetch(
                "SELECT headers::json ->> 'ce_type' AS type, convert_from(payload, 'utf8')::json AS body "
                "FROM outbox ORDER BY seq"
            )
        return [
            {"type": row["type"], **row["body"]} for row in rows if row["type"].startswith(kind)
        ]

    def move(self, to: datetime) -> None:
        FileClock.move(self.clock, to)

    async def watch(self) -> None:
        """Run the clocks' job until there is no more of it."""
        await self.work("clocks")

    async def work(self, job: str) -> None:
        """Run a job until there is no more of it."""
        (wanted,) = (one for one in self.service.jobs if one.name == job)
        while await wanted.run():
            pass


@pytest.fixture
async def office(database_of: DatabaseOf, tmp_path: Path) -> AsyncIterator[Office]:
    """A customer owes 1,000.00 on one invoice, at nine on a Monday."""
    clock = tmp_path / "clock"
    FileClock.move(clock, MONDAY)
    service = build(
        Settings(
            database_url=await database_of("disputes"),
            kafka_bootstrap_servers="unused:1",
            clock_file=str(clock),
            company_file=COMPANY,
            disputes_papers_url=(tmp_path / "papers").as_uri(),
            disputes_scanner="stand-in",
        )
    )
    app = create_app(service)
    app.dependency_overrides[signed_in] = lambda: Staff(made.person, frozenset({"operator"}))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://disputes"
    ) as http:
        made = Office(service, clock, http)
        await made.hear(*owed())
        yield made
    await service.database.close()


def owed() -> list[Event]:
    """A customer, and an invoice of 1,000.00 of which all is open."""
    facts = list(our_examples())
    customer = next(one for one in facts if isinstance(one, ledger.CustomerChanged))
    opened = next(one for one in facts if isinstance(one, ledger.InvoiceOpened))
    part = ledger.Instalment(number=1, due_on=date(2026, 4, 9), amount="1000.00", open="1000.00")
    whole = {"total": "1000.00", "open": "1000.00", "instalments": (part,), "version": 1}
    return [customer, opened.model_copy(update=whole)]
