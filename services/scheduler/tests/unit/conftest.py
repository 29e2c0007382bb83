"""A small world for unit tests: one customer, the shipped policies, and a notifier that sends at once."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
import yaml

from scheduler.domain.customer import Customer, LegalEntity, Person
from scheduler.domain.decide import decide
from scheduler.domain.decision import Decision, Kind, Reminder, Verdict
from scheduler.domain.hold import Hold, HoldKind
from scheduler.domain.item import Item
from scheduler.domain.standing import ContactDay, Standing
from scheduler.domain.view import Outstanding, Rulebook, View
from scheduler.gateways.policy_files import PolicyFile, SegmentsFile
from shared.base.clock import Moment
from shared.base.ids import derived_id

POLICIES = Path(__file__).parents[2] / "policies"
CUSTOMER = UUID("00000000-0000-0000-0000-000000000001")
MONDAY = date(2026, 3, 2)


def rulebook() -> Rulebook:
    policies = {}
    for path in POLICIES.glob("*.yaml"):
        if path.name != "segments.yaml":
            policy = PolicyFile.model_validate(yaml.safe_load(path.read_text())).build()
            policies[policy.segment] = policy
    segments = SegmentsFile.model_validate(yaml.safe_load((POLICIES / "segments.yaml").read_text()))
    entities = {
        code: LegalEntity(
            code, zone, calendar, Person(f"Manager {code}", f"{code}@acme.test".lower())
        )
        for code, zone, calendar in [
            ("DE01", "Europe/Berlin", "DE"),
            ("UK01", "Europe/London", "GB"),
        ]
    }
    return Rulebook(segments.build(), policies, entities)


RULEBOOK = rulebook()


def customer(**given: Any) -> Customer:
    known: dict[str, Any] = {
        "customer_id": CUSTOMER,
        "version": 1,
        "known": True,
        "customer_number": "C-1",
        "kind": "business",
        "country": "DE",
        "time_zone": "Europe/Berlin",
        "legal_entity": "DE01",
    }
    return Customer(**{**known, **given})


def item(number: str, due_on: date | None, /, **given: Any) -> Item:
    known: dict[str, Any] = {
        "invoice_id": derived_id("invoice", number),
        "customer_id": CUSTOMER,
        "version": 1,
        "legal_entity": "DE01",
        "invoice_number": number,
        "currency": "EUR",
        "due_on": due_on,
        "open_minor": 100_00,
    }
    return Item(**{**known, **given})


def hold(**given: Any) -> Hold:
    known: dict[str, Any] = {
        "hold_id": derived_id("hold", len(given)),
        "customer_id": CUSTOMER,
        "kind": HoldKind.MANUAL,
        "reason": "asked by sales",
        "owner": "sam",
        "placed_at": at(date(2026, 1, 1)),
    }
    return Hold(**{**known, **given})


def at(day: date, hour: int = 8, minute: int = 0) -> Moment:
    """08:00 UTC is the opening, 09:00, in Berlin in winter."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


@dataclass
class World:
    """Time passes from look to look; what is planned is sent in the same moment unless `sends` is off."""

    now: Moment
    customer: Customer = field(default_factory=customer)
    items: dict[str, Item] = field(default_factory=dict)
    unapplied: dict[tuple[str, str], int] = field(default_factory=dict)
    holds: list[Hold] = field(default_factory=list)
    contacts: dict[date, bool] = field(default_factory=dict)
    unsent_days: list[date] = field(default_factory=list)
    outstanding: list[Outstanding] = field(default_factory=list)
    planned_days: set[tuple[str, date]] = field(default_factory=set)
    standing: Standing = field(default_factory=Standing)
    reminders: list[tuple[Moment, Reminder]] = field(default_factory=list)
    decisions: list[tuple[Moment, Decision]] = field(default_factory=list)
    escalations: list[Any] = field(default_factory=list)
    withdrawals: list[Any] = field(default_factory=list)
    sends: bool = True
    verdict: Verdict | None = None

    def owes(self, number: str, due_on: date | None, /, **given: Any) -> Item:
        self.items[number] = item(number, due_on, **given)
        return self.items[number]

    def owes_in_parts(self, number: str, *parts: tuple[date | None, int], **given: Any) -> None:
        """An invoice in instalments, each with its due date and what is open of it."""
        for place, (due_on, minor) in enumerate(parts, start=1):
            self.items[f"{number}/{place}"] = item(
                number, due_on, open_minor=minor, number=place, of=len(parts), **given
            )

    def pays(self, number: str) -> None:
        del self.items[number]

    def view(self) -> View:
        return View(
            customer=self.customer,
            standing=self.standing,
            items=list(self.items.values()),
            unapplied=dict(self.unapplied),
            holds=list(self.holds),
            outstanding=list(self.outstanding),
            planned_days=set(self.planned_days),
            contacts=[ContactDay(day, overdue) for day, overdue in self.contacts.items()],
            unsent_days=list(self.unsent_days),
        )

    def look(self) -> Verdict:
        verdict = decide(self.view(), RULEBOOK, moment=self.now)
        self.verdict, self.standing = verdict, verdict.standing
        self.decisions.extend((self.now, decision) for decision in verdict.decisions)
        self.escalations.extend(verdict.escalations)
        self.withdrawals.extend(verdict.withdrawals)
        gone = {withdrawal.reminder.reminder_id for withdrawal in verdict.withdrawals}
        self.outstanding = [one for one in self.outstanding if one.reminder_id not in gone]
        ended = {one.hold_id: one for one in verdict.ended_holds}
        self.holds = [ended.get(one.hold_id, one) for one in self.holds]
        for reminder in verdict.reminders:
            self._planned(reminder)
        if verdict.reminders:
            self.look()  # the outcome is a fact, and facts are looked at
        return verdict

    def until(self, day: date) -> "World":
        """Look at every moment that was asked for, up to the start of a day (UTC)."""
        end = at(day, 0)
        self.look()
        while self.verdict and self.verdict.look_at and self.verdict.look_at < end:
            assert self.verdict.look_at > self.now, "a look must lie ahead"
            self.now = self.verdict.look_at
            self.look()
        self.now = max(self.now, end)
        return self

    def _planned(self, reminder: Reminder) -> None:
        self.reminders.append((self.now, reminder))
        self.planned_days.add((reminder.legal_entity, reminder.contact_day))
        if not self.sends:
            items = frozenset(one.item.key for one in reminder.items)
            self.outstanding.append(
                Outstanding(
                    reminder.reminder_id,
                    reminder.legal_entity,
                    reminder.contact_day,
                    reminder.step.number,
                    items,
                )
            )
            return
        day, overdue = reminder.contact_day, reminder.step.number >= 1
        self.contacts[day] = self.contacts.get(day, False) or overdue
        for one in reminder.items:
            one.item.tell(own_step=one.own.number, message_step=reminder.step.number, on=day)

    # --- what a test asks ---

    def said(self) -> list[tuple[date, int, list[str]]]:
        """Contact day, step and invoice numbers of every reminder."""
        return [
            (
                reminder.contact_day,
                reminder.step.number,
                [one.item.invoice_number for one in reminder.items],
            )
            for _, reminder in self.reminders
        ]

    def silences(self) -> list[str]:
        return [decision.reason for _, decision in self.decisions if decision.kind is Kind.SILENCE]

    def withdrawn(self) -> list[str]:
        return [withdrawal.reason for withdrawal in self.withdrawals]


@pytest.fixture(scope="session")
def make() -> SimpleNamespace:
    return SimpleNamespace(
        world=World,
        item=item,
        customer=customer,
        hold=hold,
        at=at,
        rulebook=RULEBOOK,
        monday=MONDAY,
        days=lambda count: timedelta(days=count),
    )
