"""Disputes on a real database: facts of the ledger in, doors signed in, facts out."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from disputes.config import Settings
from disputes.gateways.policy_file import load_rulebook
from disputes.interfaces.disputing import Disputing
from disputes.main import build
from shared.base.clock import FileClock
from shared.contracts import ledger
from shared.contracts.company import load_company
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

    @property
    def disputing(self) -> Disputing:
        """What its doors share."""
        settings: Any = self.service.settings
        company = load_company(settings.company_file)
        return Disputing(load_rulebook(settings.disputes_terms_file, company))

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

    async def approve(self, path: str, *, seen: int | None = None, status: int = 201) -> Any:
        """As the dispute stands now, unless something else was seen."""
        version = (await self.get(path))["version"] if seen is None else seen
        answer = await self.http.post(f"{path}/approvals", headers={"If-Match": f'"{version}"'})
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


@dataclass
class Cabinet:
    """A dispute, and the folder where the bytes of its papers are."""

    office: Any
    dispute_id: str
    folder: Path

    @property
    def path(self) -> str:
        return f"/v1/disputes/{self.dispute_id}/papers"

    async def bring(
        self, content: bytes, name: str = "list.csv", declared: str = "", **more: Any
    ) -> httpx.Response:
        http: httpx.AsyncClient = self.office.http
        return await http.post(self.path, files={"file": (name, content, declared)}, **more)

    async def brought(self, content: bytes, name: str = "list.csv") -> Any:
        answer = await self.bring(content, name)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def beside(self, *, dispute_id: str = "", http: Any = None) -> "Cabinet":
        """That of another dispute, or behind another door."""
        office = self.office if http is None else replace(self.office, http=http)
        return Cabinet(office, dispute_id or self.dispute_id, self.folder)

    async def get(self, paper: Any) -> httpx.Response:
        answer: httpx.Response = await self.office.http.get(f"/v1/papers/{paper['paper_id']}")
        return answer

    async def states(self) -> list[str]:
        return [one["scan"] for one in (await self.office.get(self.path))["items"]]

    def objects(self) -> list[str]:
        """What lies in the store."""
        return sorted(one.name for one in self.folder.rglob("*") if one.is_file())

    async def sql(self, statement: str) -> None:
        async with self.office.service.database.work(self.office.service.clock.now()) as work:
            await work.connection.execute(statement)

    async def wait_is_over(self) -> None:
        """As if the machine had waited until the next try at the scanner."""
        await self.sql("UPDATE papers SET try_after = '-infinity'")

    async def hours_pass(self) -> None:
        """As if the machine had been up that long."""
        await self.sql(
            "UPDATE loose_objects SET begun_at = begun_at - interval '2 hours', "
            "given_up_at = given_up_at - interval '2 hours'"
        )


@pytest.fixture
async def cabinet(office: Any, tmp_path: Path) -> Cabinet:
    dispute = await office.open()
    return Cabinet(office, dispute["dispute_id"], tmp_path / "papers")
