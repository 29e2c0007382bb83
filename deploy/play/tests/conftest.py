"""A stack that answers at the public doors from the play's own truth: it never errs unless told to."""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import parse_qs, urlparse
from uuid import UUID

import httpx
import pytest

from play.cast.company import ENTITIES
from play.cast.customers import Customer
from play.doors import Doors, Endpoints
from play.erp.book import Invoice
from play.findings import summary_of
from play.record import DayOfEvents, ErpRecord
from play.run import Found, Plan, Run
from play.story import START, Story
from play.summary import Summary
from shared.base.days import DAY
from shared.base.ids import object_id
from shared.base.money import decimal_text
from shared.contracts.erp import CreditKind, ErpOpenItemsCompleted

REMINDER_EVERY_DAYS = 15
ENDPOINTS = Endpoints(
    kafka="stand-in:9092",
    ledger="http://ledger",
    scheduler="http://scheduler",
    notifier="http://notifier",
    clock="http://clock",
    mail="http://mail",
    sms="http://sms",
    traces="http://traces",
    staff_token="token",
)
Json = dict[str, Any]


class StandIn:
    """Answers as the services would. `lie` may spoil an answer of a path before it is given."""

    def __init__(self) -> None:
        self.story: Story | None = None
        self.lie: Callable[[str, Json], Json] = lambda _, answer: answer
        self.published: list[ErpRecord] = []
        self._known: dict[str, ErpRecord] = {}
        self._now = datetime.fromisoformat("2026-01-01T00:00:00+00:00")
        self._mails: list[Json] = []
        self._messages: dict[str, list[Json]] = {}
        self._timeline: dict[str, list[Json]] = {}

    async def publish(self, records: Sequence[ErpRecord]) -> None:
        self.published += records
        self._known |= {record.event_id: record for record in records}

    def answer(self, request: httpx.Request) -> httpx.Response:
        url = urlparse(str(request.url))
        asked = {name: values[0] for name, values in parse_qs(url.query).items()}
        answer = self._answer(url.hostname or "", url.path, asked, request)
        return httpx.Response(200, json=self.lie(url.path, answer))

    def _answer(self, host: str, path: str, asked: Json, request: httpx.Request) -> Json:
        match host:
            case "clock":
                return self._clock(path, request)
            case "mail":
                return {"items": self._mails[int(asked["skip"]) :]}
            case "sms":
                return {"items": []}
            case "scheduler":
                return {"items": self._timeline.get(path.split("/")[3], []), "next": None}
            case "notifier":
                return {"items": self._messages.get(path.split("/")[3], []), "next": None}
            case _:
                return self._ledger(path, asked)

    def _clock(self, path: str, request: httpx.Request) -> Json:
        if path == "/clock/advance":
            self._now = datetime.fromisoformat(json.loads(request.content)["to"])
            self._remind((self._now - DAY).date())
        return {"now": self._now.isoformat(), "stops": 3}

    def _remind(self, day: date) -> None:
        if self._story.world.today < START or (day - START).days % REMINDER_EVERY_DAYS != 3:
            return
        for customer in self._story.customers:
            overdue = [i for i in self._open(customer, day) if i.due_on < day]
            if overdue:
                self._mail(customer, overdue, day)
            else:
                self._decide(customer, "silence", "nothing-overdue", day)

    def _mail(self, customer: Customer, overdue: Sequence[Invoice], day: date) -> None:
        number = len(self._mails)
        listed = "\n".join(invoice.number for invoice in overdue)
        self._mails.append(
            {"message_id": f"<{number}@acme>", "to": customer.contacts[0].email, "text": listed}
        )
        items = [{"invoice_number": invoice.number} for invoice in overdue]
        sent = {"message_id": str(number), "purpose": "reminder", "channel": "email"}
        self._messages.setdefault(str(_ours(customer)), []).append(
            {**sent, "status": "sent", "reason": "", "items": items}
        )
        self._decide(customer, "reminder", "step-rose", day, items=items)

    def _decide(
        self, customer: Customer, kind: str, reason: str, day: date, *, items: Sequence[Json] = ()
    ) -> None:
        self._timeline.setdefault(str(_ours(customer)), []).append(
            {
                "at": f"{day.isoformat()}T09:00:00+00:00",
                "kind": kind,
                "step": 1,
                "reason": reason,
                "rule": f"rule.{reason}",
                "policy_version": 1,
                "facts": {"items": items},
            }
        )

    def _ledger(self, path: str, asked: Json) -> Json:
        as_of = date.fromisoformat(asked["as_of"]) if "as_of" in asked else date.max
        match path.split("/")[2:]:
            case ["aging"]:
                return {"items": list(self._aging(as_of)), "next": None}
            case ["trial-balance"]:
                return {"items": list(self._balances(as_of)), "next": None}
            case ["proof"]:
                return {"imbalance": "0"}
            case ["balance-runs" | "parked" as noun]:
                runs = list(self._runs()) if noun == "balance-runs" else []
                return {"items": runs, "next": None}
            case ["intake"]:
                return self._intake(asked["event_id"])
            case ["customers", ours, "open-items"]:
                return {"items": list(self._open_items(ours)), "next": None}
        raise AssertionError(f"no such door: {path}")

    def _aging(self, as_of: date) -> Iterator[Json]:
        for entity in ENTITIES:
            open_, overdue = 0, 0
            for invoice in self._story.book.invoices.values():
                if invoice.customer.entity is entity:
                    open_ += invoice.open_after(as_of)
                    overdue += invoice.open_after(as_of) if invoice.due_on < as_of else 0
            buckets = {"current": open_ - overdue, "1-30": overdue}
            texts = {name: decimal_text(m, entity.currency) for name, m in buckets.items()}
            yield {"legal_entity": entity.code, "currency": entity.currency, "buckets": texts}

    def _balances(self, as_of: date) -> Iterator[Json]:
        book = self._story.book
        for entity in ENTITIES:
            mine = [i for i in book.invoices.values() if i.customer.entity is entity]
            owed = sum(invoice.open_after(as_of) for invoice in mine)
            sold = sum(invoice.total for invoice in mine if invoice.issued_on <= as_of)
            accounts = {
                "1200": owed - book.unapplied_of(entity, CreditKind.CREDIT_NOTE),
                "2100": -book.unapplied_of(entity, CreditKind.PAYMENT),
                "4000": -sold,
            }
            accounts["1000"] = -sum(accounts.values())
            for account, minor in accounts.items():
                balance = decimal_text(minor, entity.currency)
                yield {"legal_entity": entity.code, "account": account, "balance": balance}

    def _runs(self) -> Iterator[Json]:
        for record in self._known.values():
            if record.type == ErpOpenItemsCompleted.TYPE:
                run_id = json.loads(record.body)["run_id"]
                yield {"run_id": run_id, "ending": "judged", "differences": 0}

    def _intake(self, event_id: str) -> Json:
        record = self._known[event_id]
        return {"outcome": record.expected[0], "code": record.code or None}

    def _open_items(self, ours: str) -> Iterator[Json]:
        customer = next(c for c in self._story.customers if str(_ours(c)) == ours)
        for invoice in self._open(customer, date.max):
            text = decimal_text(invoice.open, customer.entity.currency)
            yield {"source_id": invoice.id, "open": text}

    def _open(self, customer: Customer, day: date) -> list[Invoice]:
        invoices = self._story.book.invoices_of(customer)
        return [invoice for invoice in invoices if invoice.open_after(day) > 0]

    @property
    def _story(self) -> Story:
        assert self.story is not None
        return self.story


class Nobody:
    """Watches and says nothing."""

    def day_played(self, number: int, today: DayOfEvents, sent: Sequence[Any]) -> None:
        pass

    def looking(self, at: str) -> None:
        pass


def _ours(customer: Customer) -> UUID:
    return object_id(customer.entity.source, "customer", customer.number)


async def played(stack: StandIn, plan: Plan) -> tuple[Found, Summary]:
    """A whole run of the plan against the stand-in."""
    async with Doors(ENDPOINTS, transport=httpx.MockTransport(stack.answer)) as doors:
        run = Run(plan, doors, stack, Nobody())
        stack.story = run.story
        found = await run.play()
    return found, summary_of(plan, found, total_s=12.5, look_at={"mail box": "http://mail"})


@pytest.fixture
def stack() -> StandIn:
    return StandIn()


@pytest.fixture
def plan() -> Plan:
    return Plan(seed=7, customers=24, days=28, start=START)


@pytest.fixture
def play(stack: StandIn) -> Callable[[Plan], Any]:
    return lambda plan: played(stack, plan)
