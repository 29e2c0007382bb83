"""Builders of values for tests without a database."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid5

import pytest

from notifier.domain.brief import PlannedItem, ReminderBrief, Step
from notifier.domain.contact import Channel, Contact
from notifier.domain.customer import Customer
from notifier.domain.invoice import Instalment, Invoice
from notifier.domain.message import Message, Purpose
from notifier.domain.sending import Mode, Sending
from notifier.domain.silence import Facts

NAMES = UUID(int=7)
CUSTOMER = UUID(int=1)
NOW = datetime(2026, 4, 20, 8, tzinfo=UTC)
FRIENDLY, FIRM = Step(1, "friendly", "friendly"), Step(2, "firm", "firm")


class Make:
    """One customer in Berlin, invoices due on 1 April, a reminder for today from nine to five."""

    now = NOW
    friendly, firm = FRIENDLY, FIRM

    def id(self, name: str) -> UUID:
        return uuid5(NAMES, name)

    def contact(self, **changes: Any) -> Contact:
        anna = Contact("1", "Anna", "billing", email="anna@blue.example", phone="+491701234567")
        return replace(anna, **changes)

    def customer(self, **changes: Any) -> Customer:
        blue = Customer(
            CUSTOMER, 1, known=True, name="Blue", kind="business", country="DE", language="de"
        )
        return replace(
            replace(blue, time_zone="Europe/Berlin", contacts=(self.contact(),)), **changes
        )

    def invoice(
        self,
        name: str = "R1",
        minor: int = 10_000,
        due_on: date | None = date(2026, 4, 1),
        **changes: Any,
    ) -> Invoice:
        return self.in_parts(name, (due_on, minor), **changes)

    def in_parts(self, name: str, *parts: tuple[date | None, int], **changes: Any) -> Invoice:
        """An invoice in instalments, each with its due date and what is open of it."""
        instalments = tuple(
            Instalment(number, due_on, minor)
            for number, (due_on, minor) in enumerate(parts, start=1)
        )
        left = sum(minor for _, minor in parts)
        made = Invoice(
            invoice_id=self.id(name),
            customer_id=CUSTOMER,
            version=1,
            legal_entity="DE01",
            source="urn:x",
            invoice_number=name,
            currency="EUR",
            open_minor=left,
            status="open" if left else "settled",
            instalments=instalments,
        )
        return replace(made, **changes)

    def brief(self, *items: tuple[Any, ...], **changes: Any) -> ReminderBrief:
        """Items are an invoice's name, a step, and the instalment's number when it is not 1."""
        planned = ReminderBrief(
            version=1,
            policy="standard",
            policy_version=1,
            segment="standard",
            step=FRIENDLY,
            firmest_step_max=9,
            channels=(Channel.EMAIL, Channel.SMS),
            contact_day=date(2026, 4, 20),
            not_before=datetime(2026, 4, 20, 7, tzinfo=UTC),
            not_after=datetime(2026, 4, 20, 15, tzinfo=UTC),
            time_zone="Europe/Berlin",
            gap_days=15,
            items=tuple(
                PlannedItem(self.id(name), *which) for name, *which in items or (("R1", FRIENDLY),)
            ),
        )
        return replace(planned, **changes)

    def message(self, brief: ReminderBrief | None = None, **changes: Any) -> Message:
        made = Message(
            message_id=self.id("message"),
            customer_id=CUSTOMER,
            purpose=Purpose.REMINDER,
            legal_entity="DE01",
            due_at=NOW,
            planned_at=NOW,
            contact_day=date(2026, 4, 20),
            brief=brief or self.brief(),
        )
        return replace(made, **changes)

    def facts(self, *invoices: Invoice, **changes: Any) -> Facts:
        known = {one.invoice_id: one for one in invoices or (self.invoice(),)}
        facts = Facts(self.customer(), "Europe/Berlin", Sending(Mode.LIVE), invoices=known)
        return replace(facts, **changes)


@pytest.fixture(scope="session")
def make() -> Make:
    return Make()
