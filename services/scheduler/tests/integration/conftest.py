"""A scheduler on a real database, with facts to tell it and a clock to move."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import asyncpg
import httpx
import pytest

from scheduler.config import Settings
from scheduler.gateways.policy_files import load_rulebook
from scheduler.interfaces.consumers import OwnParkings, hearing
from scheduler.interfaces.http import holds, tasks, timeline
from scheduler.interfaces.http.policies import policies_router
from scheduler.interfaces.jobs import Looking
from shared.base.clock import FrozenClock
from shared.base.ids import derived_id, object_id
from shared.contracts import ledger, notifier
from shared.contracts.company import load_company
from shared.contracts.event import Event
from shared.contracts.scheduler import ReminderPlanned
from shared.db.work import Database
from shared.messaging.cloudevents import Record
from shared.testing.plugin import DatabaseOf
from shared.web.app import create_app
from shared.web.auth import Staff, signed_in
from shared.web.parked import parked_router

SERVICE = Path(__file__).parents[2]
COMPANY = SERVICE.parents[1] / "deploy" / "company" / "example.yaml"
SOURCE = "urn:acme:erp:de01"
CUSTOMER = object_id(SOURCE, "customer", "K1")
MONDAY = date(2026, 3, 2)
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@dataclass
class Watermark:
    """What the scheduler has not heard yet."""

    missing: list[str] = field(default_factory=list)

    async def behind(self) -> list[str]:
        return self.missing


@dataclass
class Desk:
    """The scheduler under test."""

    database: Database
    clock: FrozenClock
    looking: Looking
    watermark: Watermark
    heard: int = 0

    async def hear(self, *events: Event) -> None:
        """One slice, as the consumer takes it."""
        records = [self.record(event) for event in events]
        async with self.database.work(self.clock.now()) as work:
            await hearing().take(work, records)

    async def hear_parked(self, event: Event) -> None:
        """Our own topic."""
        async with self.database.work(self.clock.now()) as work:
            await OwnParkings().take(work, [self.record(event)])

    def record(self, event: Event) -> Record:
        self.heard += 1
        attributes = {
            "type": event.TYPE,
            "id": str(event.event_id),
            "traceparent": f"00-{TRACE}-00f067aa0ba902b7-01",
        }
        data = event.model_dump_json(exclude_none=True).encode()
        return Record(event.TOPIC, 0, self.heard, str(event.customer_id), attributes, data)

    async def look(self) -> None:
        """All looks that are due at this moment."""
        while await self.looking.run():
            pass

    async def advance(self, to: datetime) -> None:
        """Stop at every timer on the way, as the local stack's clock does."""
        await self.look()
        while (due := await self.next_due()) is not None and due <= to:
            self.clock.at = max(due, self.clock.at)
            await self.look()
        self.clock.at = to

    async def next_due(self) -> datetime | None:
        rows = await self.rows("SELECT min(due_at) AS at FROM timers WHERE fired_at IS NULL")
        at: datetime | None = rows[0]["at"]
        return at

    async def rows(self, sql: str, *arguments: object) -> list[asyncpg.Record]:
        async with self.database.look() as connection:
            rows: list[asyncpg.Record] = await connection.fetch(sql, *arguments)
            return rows

    async def told(self, event_type: str = "") -> list[dict[str, Any]]:
        """Facts told, in order, with their headers under `headers`."""
        rows = await self.rows("SELECT headers, payload FROM outbox ORDER BY seq")
        facts = [
            json.loads(row["payload"]) | {"headers": json.loads(row["headers"])} for row in rows
        ]
        return [fact for fact in facts if event_type in fact["headers"]["ce_type"]]

    async def timeline(self) -> list[tuple[str, str]]:
        rows = await self.rows("SELECT kind, reason FROM decisions ORDER BY decision_id")
        return [(row["kind"], row["reason"]) for row in rows if row["kind"] != "segment"]


@pytest.fixture
async def desk(database_of: DatabaseOf) -> AsyncIterator[Desk]:
    database = Database(await database_of("scheduler"))
    clock = FrozenClock(at(MONDAY - timedelta(days=3)))
    rulebook = load_rulebook(SERVICE / "policies", load_company(COMPANY))
    watermark = Watermark()
    looking = Looking(
        database, clock, rulebook, watermark, customers_per_batch=200, lag_patience_s=30
    )
    yield Desk(database, clock, looking, watermark)
    await database.close()


@pytest.fixture
async def door(desk: Any, tmp_path: Any) -> AsyncIterator[httpx.AsyncClient]:
    settings = Settings(
        database_url="unused", kafka_bootstrap_servers="unused", company_file=tmp_path
    )
    routers = [
        timeline.router,
        holds.router,
        tasks.router,
        policies_router(desk.looking.rulebook),
        parked_router(hearing()),
    ]
    service = SimpleNamespace(
        name="scheduler", settings=settings, database=desk.database, clock=desk.clock, migrations=tmp_path,
        routers=routers, pulses=(), large_bodies={}, secret_paths=(), allowed_origins=(),
    )  # fmt: skip
    app = create_app(service)
    app.dependency_overrides[signed_in] = lambda: Staff("sam", frozenset({"viewer", "collector"}))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://scheduler") as client:
        yield client


def at(day: date, hour: int = 7) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def customer(version: int = 1, **changes: Any) -> ledger.CustomerChanged:
    """A business in Berlin."""
    known: dict[str, Any] = {
        "customer_id": CUSTOMER,
        "version": version,
        "source": SOURCE,
        "customer_number": "K1",
        "known": True,
        "name": "Blue Boat GmbH",
        "kind": "business",
        "country": "DE",
        "time_zone": "Europe/Berlin",
        "legal_entity": "DE01",
    }
    return ledger.CustomerChanged(**{**known, **changes})


def invoice(number: str, due_on: date, version: int = 1, **changes: Any) -> dict[str, Any]:
    known: dict[str, Any] = {
        "invoice_id": object_id(SOURCE, "invoice", number),
        "customer_id": CUSTOMER,
        "version": version,
        "source": SOURCE,
        "source_id": number,
        "invoice_number": number,
        "kind": "invoice",
        "legal_entity": "DE01",
        "issued_on": due_on - timedelta(days=30),
        "due_on": due_on,
        "currency": "EUR",
        "total": "100.00",
        "open": "100.00",
        "status": "open",
    }
    state = {**known, **changes}
    whole = {name: state[name] for name in ("due_on", "open")}
    return {"instalments": ({"number": 1, "amount": state["total"], **whole},), **state}


def opened(number: str, due_on: date, **changes: Any) -> ledger.InvoiceOpened:
    return ledger.InvoiceOpened(**invoice(number, due_on, **changes))


def in_parts(
    number: str, version: int, parts: dict[int, tuple[date | None, str]], **changes: Any
) -> ledger.InvoiceAmended:
    """An invoice in instalments, by number: when each is due, and what is open of it."""
    left = sum(Decimal(open_) for _, open_ in parts.values())
    instalments = tuple(
        ledger.Instalment(number=one, due_on=due_on, amount="400.00", open=open_)
        for one, (due_on, open_) in parts.items()
    )
    last = max(due_on for due_on, _ in parts.values() if due_on)
    total = f"{len(parts) * 400}.00"
    known = invoice(number, last, version, total=total, open=str(left), instalments=instalments)
    return ledger.InvoiceAmended(**{**known, **changes})


def paid(number: str, due_on: date, on: date, version: int = 2) -> ledger.PaymentReceived:
    """Paid in full by its own payment."""
    settled = ledger.Invoice(**invoice(number, due_on, version, open="0.00", status="settled"))
    return ledger.PaymentReceived(
        customer_id=CUSTOMER,
        payment_id=object_id(SOURCE, "payment", f"P-{number}"),
        version=1,
        source=SOURCE,
        source_id=f"P-{number}",
        legal_entity="DE01",
        value_date=on,
        currency="EUR",
        amount="100.00",
        returned="0.00",
        unapplied="0.00",
        method="transfer",
        status="received",
        allocations=(ledger.Allocation(invoice_id=settled.invoice_id, amount="100.00"),),
        invoices=(settled,),
    )


def outcome(
    planned: dict[str, Any],
    kind: type[notifier.MessageEvent] = notifier.MessageSent,
    reason: str = "",
) -> notifier.MessageEvent:
    """What the notifier says became of a reminder."""
    reminder = ReminderPlanned.model_validate(planned)
    return kind(
        customer_id=reminder.customer_id,
        version=3,
        message_id=derived_id("message", reminder.reminder_id),
        purpose=notifier.Purpose.REMINDER,
        reminder_id=reminder.reminder_id,
        legal_entity=reminder.legal_entity,
        step=reminder.step.number,
        items=tuple(
            notifier.MessageItem(
                invoice_id=item.invoice_id,
                invoice_number=item.invoice_number,
                instalment=item.instalment,
                step=item.step.number,
                currency=item.currency,
                open=item.open,
                due_on=item.due_on,
            )
            for item in reminder.items
        ),
        at=reminder.not_before,
        contact_day=reminder.contact_day,
        reason=reason,
    )


@pytest.fixture
def facts() -> Any:
    """Makers of facts, for tests that cannot import this file."""

    class Facts:
        source, customer_id, monday, trace = SOURCE, CUSTOMER, MONDAY, TRACE

    for maker in (at, customer, opened, in_parts, paid, outcome, invoice):
        setattr(Facts, maker.__name__, staticmethod(maker))
    return Facts
