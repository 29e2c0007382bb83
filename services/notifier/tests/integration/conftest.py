"""A notifier on a real database, with a real mail server and provider of texts, and facts to tell it."""

import asyncio
import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from local_stack.faults import Faults
from local_stack.mail.box import MailBox
from local_stack.mail.smtp import listen
from local_stack.sms.box import TextBox
from local_stack.sms.provider import ProviderError, provider_doors
from notifier.config import HOME
from notifier.domain.contact import Channel
from notifier.domain.sending import Mode, Sending
from notifier.gateways.letter import Writer
from notifier.gateways.mail_carrier import MailCarrier, MailServer
from notifier.gateways.stationery import Stationery
from notifier.gateways.text_carrier import TextCarrier
from notifier.interfaces.consumers import projection
from notifier.interfaces.jobs import Dispatch
from shared.base.clock import FrozenClock
from shared.base.ids import derived_id, object_id
from shared.contracts import disputes, erp, ledger, scheduler
from shared.contracts.company import load_company
from shared.contracts.event import Event
from shared.db.work import Database
from shared.messaging.cloudevents import Record
from shared.messaging.seal import Seal
from shared.testing.plugin import DatabaseOf

COMPANY = HOME.parents[1] / "deploy" / "company" / "example.yaml"
SOURCE = "urn:acme:erp:de01"
CUSTOMER = object_id(SOURCE, "customer", "K1")
MORNING = datetime(2026, 4, 20, 7, 30, tzinfo=UTC)
TODAY = date(2026, 4, 20)
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
ORIGIN = "0af7651916cd43dd8448eb211c80319c"
LINK_KEYS = base64.urlsafe_b64encode(bytes(range(32))).decode()
ACCOUNT, TOKEN = "AC" + "0" * 32, "a-token-for-tests"


@dataclass
class Watermark:
    """What the notifier has not heard yet."""

    missing: list[str] = field(default_factory=list)

    async def behind(self) -> list[str]:
        return self.missing


@dataclass
class Office:
    """The notifier under test and what it meets outside."""

    database: Database
    clock: FrozenClock
    dispatch: Dispatch
    watermark: Watermark
    mail_box: MailBox
    mail_faults: Faults
    text_box: TextBox
    text_faults: Faults
    heard: int = 0

    async def hear(self, *events: Event) -> None:
        """One slice, as the consumer takes it."""
        records = [self._record(event) for event in events]
        async with self.database.work(self.clock.now()) as work:
            await projection().take(work, records)

    def _record(self, event: Event) -> Record:
        self.heard += 1
        attributes = {"type": event.TYPE, "id": str(event.event_id), "origintraces": ORIGIN}
        attributes["traceparent"] = f"00-{TRACE}-00f067aa0ba902b7-01"
        data = event.model_dump_json(exclude_none=True).encode()
        return Record(event.TOPIC, 0, self.heard, str(event.customer_id), attributes, data)

    async def planned(self, **changes: Any) -> None:
        """The customer, an overdue invoice, and a reminder of it that may leave now."""
        await self.hear(customer(), invoice())
        await self.hear(reminder(**changes))

    async def rows(self, sql: str, *arguments: object) -> list[asyncpg.Record]:
        async with self.database.look() as connection:
            rows: list[asyncpg.Record] = await connection.fetch(sql, *arguments)
            return rows

    async def statuses(self) -> list[tuple[str, str]]:
        """Status and reason of every message, oldest first."""
        rows = await self.rows(
            "SELECT status, reason FROM messages ORDER BY planned_at, message_id"
        )
        return [(row["status"], row["reason"]) for row in rows]

    async def told(self) -> list[str]:
        """Types of the facts told, in order."""
        rows = await self.rows(
            "SELECT headers::jsonb ->> 'ce_type' AS type FROM outbox ORDER BY seq"
        )
        return [row["type"] for row in rows]

    def mails(self) -> list[EmailMessage]:
        return [mail.message for mail in self.mail_box.all()]

    def later(self, by: timedelta) -> None:
        self.clock.at += by


def customer(version: int = 1, **changes: Any) -> ledger.CustomerChanged:
    """A business in Berlin with one contact, reachable by mail and text."""
    anna = ledger.Contact(
        contact_id="1",
        name="Anna Schröder",
        role=erp.Role.ACCOUNTS_PAYABLE,
        email="anna@blue-boat.example",
        phone="030 901820",
        language="de",
    )
    given: dict[str, Any] = {
        "customer_id": CUSTOMER,
        "version": version,
        "source": SOURCE,
        "customer_number": "K1",
        "known": True,
        "name": "Blue Boat GmbH",
        "kind": erp.Kind.BUSINESS,
        "country": "DE",
        "language": "de",
        "time_zone": "Europe/Berlin",
        "contacts": (anna,),
    }
    return ledger.CustomerChanged(**given | changes)


def invoice(
    number: str = "R1", open_: str = "100.00", version: int = 1, **changes: Any
) -> ledger.InvoiceOpened:
    """An invoice of 100.00 EUR that fell due on 1 April."""
    given: dict[str, Any] = {
        "invoice_id": object_id(SOURCE, "invoice", number),
        "customer_id": CUSTOMER,
        "version": version,
        "source": SOURCE,
        "source_id": number,
        "invoice_number": number,
        "kind": erp.InvoiceKind.INVOICE,
        "legal_entity": "DE01",
        "issued_on": date(2026, 3, 1),
        "due_on": date(2026, 4, 1),
        "currency": "EUR",
        "total": "100.00",
        "open": open_,
        "status": ledger.InvoiceStatus.OPEN if Decimal(open_) else ledger.InvoiceStatus.SETTLED,
    }
    state = given | changes
    whole = ledger.Instalment(
        number=1, due_on=state["due_on"], amount=state["total"], open=state["open"]
    )
    return ledger.InvoiceOpened(**{"instalments": (whole,), **state})


def reminder(
    *numbers: str, cause: str = "look 1", version: int = 1, **changes: Any
) -> scheduler.ReminderPlanned:
    """A friendly reminder of these invoices, to leave today between 9 and 17 in Berlin, by mail before text."""
    step = scheduler.StepTaken(number=1, name="friendly", tone=scheduler.Tone.FRIENDLY)
    items = tuple(
        scheduler.ReminderItem(
            invoice_id=object_id(SOURCE, "invoice", number),
            invoice_number=number,
            due_on=date(2026, 4, 1),
            currency="EUR",
            open="100.00",
            step=step,
        )
        for number in numbers or ("R1",)
    )
    given: dict[str, Any] = {
        "reminder_id": derived_id("reminder", cause),
        "customer_id": CUSTOMER,
        "version": version,
        "legal_entity": "DE01",
        "policy": "standard",
        "policy_version": 1,
        "segment": "standard",
        "step": step,
        "firmest_step_max": 1,
        "channels": (erp.Channel.EMAIL, erp.Channel.SMS),
        "contact_day": TODAY,
        "not_before": datetime(2026, 4, 20, 7, tzinfo=UTC),
        "not_after": datetime(2026, 4, 20, 15, tzinfo=UTC),
        "time_zone": "Europe/Berlin",
        "gap_days": 15,
        "items": items,
    }
    return scheduler.ReminderPlanned(**given | changes)


def withdrawal() -> scheduler.ReminderWithdrawn:
    """The reminder is taken back."""
    return scheduler.ReminderWithdrawn(
        customer_id=CUSTOMER,
        version=2,
        reminder_id=derived_id("reminder", "look 1"),
        legal_entity="DE01",
        reason="hold",
    )


def dispute(
    fact: type[disputes.DisputeEvent] = disputes.DisputeAcknowledged,
    version: int = 2,
    **changes: Any,
) -> disputes.DisputeEvent:
    """40.00 of R1 are disputed; a customer's act, or ours, by what it is."""
    held = {disputes.DisputeSettled: "0.00", disputes.DisputeWithdrawn: "0.00"}.get(fact, "40.00")
    item = disputes.DisputedItem(
        invoice_id=object_id(SOURCE, "invoice", "R1"),
        invoice_number="R1",
        amount="40.00",
        held=changes.pop("held", held),
        upheld=changes.pop("upheld", None),
    )
    given: dict[str, Any] = {
        "customer_id": CUSTOMER,
        "dispute_id": derived_id("dispute", CUSTOMER, 0),
        "version": version,
        "legal_entity": "DE01",
        "currency": "EUR",
        "reason": disputes.Reason.DAMAGED,
        "state": disputes.State.IN_REVIEW,
        "items": (item,),
        "team": "logistics",
        "opened_at": MORNING,
        "at": MORNING,
        "by": disputes.Actor.STAFF,
    }
    return fact(**given | changes)


def warning(per_cent: int = 50, version: int = 3, **changes: Any) -> disputes.ClockWarned:
    """So much of the time for a first answer is over; it is owed by four in the afternoon of 22 April, in Hamburg."""
    known = dispute()
    given: dict[str, Any] = {
        "customer_id": CUSTOMER,
        "version": version,
        "dispute_id": known.dispute_id,
        "legal_entity": "DE01",
        "reason": known.reason,
        "clock": disputes.ClockKind.FIRST_ANSWER,
        "per_cent": per_cent,
        "due_at": datetime(2026, 4, 22, 14, tzinfo=UTC),
        "team": "logistics",
        "at": MORNING,
        "currency": "EUR",
        "items": known.items,
    }
    return disputes.ClockWarned(**given | changes)


@pytest.fixture
def tell() -> Any:
    """The builders of facts, for tests that cannot import from here."""

    class Tell:
        customer = staticmethod(customer)
        invoice = staticmethod(invoice)
        reminder = staticmethod(reminder)
        withdrawal = staticmethod(withdrawal)
        dispute = staticmethod(dispute)
        warning = staticmethod(warning)
        customer_id = CUSTOMER
        trace, origin = TRACE, ORIGIN

        @staticmethod
        def invoice_id(number: str) -> UUID:
            return object_id(SOURCE, "invoice", number)

    return Tell


@pytest.fixture
def morning() -> datetime:
    return MORNING


@pytest.fixture
async def office(database_of: DatabaseOf, tmp_path: Path) -> AsyncIterator[Office]:
    clock = FrozenClock(MORNING)
    mail_box, mail_faults = MailBox(tmp_path / "mail", clock.now), Faults()
    text_box, text_faults = TextBox(tmp_path / "texts", clock.now), Faults()
    server = await listen(mail_box, mail_faults, 0)
    port = server.sockets[0].getsockname()[1]
    mail = MailCarrier(MailServer("127.0.0.1", port, timeout_s=0.5), lines_max=4)
    texts = TextCarrier(_provider(text_box, text_faults), ACCOUNT)
    database, watermark = Database(await database_of("notifier")), Watermark()
    company = load_company(COMPANY)
    dispatch = Dispatch(
        database=database,
        clock=clock,
        company=company,
        writer=Writer(Stationery(HOME / "templates"), company, Seal.of(LINK_KEYS)),
        carriers={Channel.EMAIL: mail, Channel.SMS: texts},
        watermark=watermark,
        sending=Sending(Mode.LIVE),
        claim_messages=10,
        lease=timedelta(seconds=30),
    )
    yield Office(database, clock, dispatch, watermark, mail_box, mail_faults, text_box, text_faults)
    mail_faults.mode = text_faults.mode = "none"
    await mail.close()
    await texts.close()
    server.close()
    await database.close()
    await asyncio.sleep(0)


def _provider(box: TextBox, faults: Faults) -> httpx.AsyncClient:
    app = FastAPI()
    app.include_router(provider_doors(box, faults, ACCOUNT, TOKEN))
    app.add_exception_handler(ProviderError, ProviderError.answer_to)
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://provider",
        auth=(ACCOUNT, TOKEN),
        timeout=1,
    )
