"""A stack that answers at the public doors from the play's own truth: it never errs unless told to."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import parse_qs, urlparse
from uuid import UUID

import httpx
import pytest

from play.cast.company import ENTITIES
from play.cast.customers import Customer
from play.doors import Doors, Endpoints
from play.erp.documents import Invoice
from play.errands import Asking, Deciding
from play.findings import summary_of
from play.record import ErpRecord
from play.run import Found, Plan, Run
from play.story import START, Story
from play.summary import Summary
from shared.base.days import DAY
from shared.base.ids import derived_id, object_id
from shared.base.money import decimal_text
from shared.contracts.erp import CreditKind, ErpOpenItemsCompleted, ErpRequestRefused
from shared.contracts.inbox import Requested

REMINDER_EVERY_DAYS = 15
ENDPOINTS = Endpoints(
    kafka="stand-in:9092",
    ledger="http://ledger",
    scheduler="http://scheduler",
    notifier="http://notifier",
    disputes="http://disputes",
    portal_api="http://portal",
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
        self._asked: dict[str, Json] = {}
        self._disputes: list[Json] = []
        self._untold: list[Requested] = []

    async def publish(self, records: Sequence[ErpRecord]) -> None:
        self.published += records
        self._known |= {record.event_id: record for record in records}

    async def news(self) -> list[Requested]:
        told, self._untold = self._untold, []
        return told

    def answer(self, request: httpx.Request) -> httpx.Response:
        url = urlparse(str(request.url))
        asked = {name: values[0] for name, values in parse_qs(url.query).items()}
        if (url.hostname, request.method) == ("ledger", "POST"):
            answer = self._ask(url.path, request.headers)
        else:
            answer = self._answer(url.hostname or "", url.path, asked, request)
        return httpx.Response(200, json=self.lie(url.path, answer))

    def _answer(self, host: str, path: str, asked: Json, request: httpx.Request) -> Json:
        match host:
            case "clock":
                return self._clock(path, request)
            case "mail" | "sms":
                return {"items": self._sunk(host, asked)}
            case "portal" | "disputes":
                said = self._portal if host == "portal" else self._decide_dispute
                return said(path, request)
            case "scheduler" | "notifier":
                held = self._timeline if host == "scheduler" else self._messages
                return {"items": held.get(path.split("/")[3], []), "next": None}
            case _:
                return self._ledger(path, asked)

    def _ask(self, path: str, headers: Mapping[str, str]) -> Json:
        *_, owner, noun = path.split("/")
        if noun in {"approvals", "closures"}:
            assert noun == "closures" or headers["Authorization"] == "Bearer second"
            self._asked[owner]["state"] = "closed" if noun == "closures" else "open"
            return {}
        key, errands = headers["Idempotency-Key"], self._story.world.errands
        asking = next(one for one in errands if isinstance(one, Asking) and one.key == key)
        request, request_id = asking.as_told(derived_id(key)), str(derived_id(key))
        self._untold.append(request)
        item, kind = request.item, request.TYPE.split(".")[1]
        self._asked[request_id] = {
            "request_id": request_id,
            "kind": kind,
            "asked_at": str(self._now),
            "state": "open" if kind in {"payment-posting", "allocation"} else "asked",
            "bank_reference": asking.reference,
            "credit": {"kind": "payment", "id": item.id} if item else "",
            **dict.fromkeys(("answered_at", "answered_by", "refused_because")),
        }
        return dict(self._asked[request_id])

    def _sunk(self, host: str, asked: Json) -> list[Json]:
        """All mails; those of one address hold a link to sign in."""
        if asked.get("to"):
            return [{"text": f"http://portal/sign-in/{'x' * 43}"}]
        return self._mails[int(asked["skip"]) :] if host == "mail" else []

    def _portal(self, path: str, request: httpx.Request) -> Json:
        """A code, a session, and what is said then."""
        said = json.loads(request.content)
        if path == "/v1/disputes" and {"items": said["items"]} not in self._disputes:
            self._disputes.append({"items": said["items"]})
        return {"code": "1", "session_token": "session"}

    def _decide_dispute(self, path: str, request: httpx.Request) -> Json:
        """One of all, when they are asked for; what is upheld is asked of the ERP, once."""
        if request.method == "GET":
            return {"items": [one | {"dispute_id": "1"} for one in self._disputes], "next": None}
        key = request.headers["Idempotency-Key"]
        upheld = next(
            one.upheld
            for one in self._story.world.errands
            if isinstance(one, Deciding) and key.endswith(one.said.items[0]["invoice_id"])
        )
        if upheld is not None and (request_id := str(derived_id(key))) not in self._asked:
            self._untold.append(upheld.as_told(derived_id(key)))
            self._asked[request_id] = {
                "request_id": request_id,
                "kind": "credit-note",
                "asked_at": str(self._now),
                "state": "open",
                "bank_reference": None,
                "credit": "",
                **dict.fromkeys(("answered_at", "answered_by", "refused_because")),
            }
        return {"proposal": None}

    def _requests(self) -> Iterator[Json]:
        """As the ERP's records leave them; a no is less than what is posted after all."""
        for held in self._asked.values():
            found = dict(held)
            for record in self._known.values():
                said = {} if record.code else json.loads(record.body)
                names = ("request_id", "bank_reference", "credit")
                if not any(name in said and said[name] == held[name] for name in names):
                    continue
                found["answered_at"] = record.time
                if record.type == ErpRequestRefused.TYPE:
                    found["refused_because"] = said["reason"]
                else:
                    ours = object_id(record.source, "payment", said.get("payment_id", ""))
                    found |= {"answered_by": str(ours), "state": "echoed"}
            yield found

    def _clock(self, path: str, request: httpx.Request) -> Json:
        if path == "/tokens":
            return {"token": "second"}
        if path == "/clock/advance":
            self._now = datetime.fromisoformat(json.loads(request.content)["to"])
            self._remind((self._now - DAY).date())
        return {"now": self._now.isoformat(), "stops": 3}

    def _remind(self, day: date) -> None:
        if self._story.world.today < START or (day - START).days % REMINDER_EVERY_DAYS != 3:
            return
        for customer in self._story.customers:
            overdue = [
                invoice
                for invoice in self._open(customer, day)
                if invoice.overdue_after(day) and invoice.claimed_after(day)
            ]
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
            case ["balance-runs" | "parked" | "requests" as noun]:
                held = {"balance-runs": self._runs, "requests": self._requests, "parked": tuple}
                return {"items": list(held[noun]()), "next": None}
            case ["intake"]:
                return self._intake(asked["event_id"])
            case ["customers", ours, "open-items" | "unapplied" as noun]:
                items = self._open_items(ours) if noun == "open-items" else self._unapplied(ours)
                return {"items": list(items), "next": None}
        raise AssertionError(f"no such door: {path}")

    def _aging(self, as_of: date) -> Iterator[Json]:
        for entity in ENTITIES:
            open_, overdue = 0, 0
            for invoice in self._story.book.invoices.values():
                if invoice.customer.entity is entity:
                    open_ += invoice.open_after(as_of)
                    overdue += invoice.overdue_after(as_of)
            buckets = {"current": open_ - overdue, "1-30": overdue}
            texts = {name: decimal_text(m, entity.currency) for name, m in buckets.items()}
            yield {"legal_entity": entity.code, "currency": entity.currency, "buckets": texts}

    def _balances(self, as_of: date) -> Iterator[Json]:
        book = self._story.book
        notes, cash = map(book.unapplied_by_currency, (CreditKind.CREDIT_NOTE, CreditKind.PAYMENT))
        for entity in ENTITIES:
            mine = [i for i in book.invoices.values() if i.customer.entity is entity]
            own = (entity.code, entity.currency)
            owed = sum(invoice.open_after(as_of) for invoice in mine) - notes[own]
            sold = sum(invoice.total for invoice in mine if invoice.issued_on <= as_of)
            yield from _entries(*own, {"1200": owed, "2100": -cash[own], "4000": -sold})
            for of in cash.keys() - {own}:
                if of[0] == entity.code:
                    yield from _entries(*of, {"2100": -cash[of]})

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
            currency = customer.entity.currency
            parts = [
                {"due_on": on and on.isoformat(), "open": decimal_text(minor, currency)}
                for on, minor in invoice.opens_after(date.max)
            ]
            yield {
                "source_id": invoice.id,
                "open": decimal_text(invoice.open, currency),
                "instalments": parts if invoice.instalments else [],
            }

    def _unapplied(self, ours: str) -> Iterator[Json]:
        for credit in self._story.book.credits.values():
            if credit.unapplied and str(_ours(credit.customer)) == ours:
                text = decimal_text(credit.unapplied, credit.currency)
                yield {"source_id": credit.id, "unapplied": text}

    def _open(self, customer: Customer, day: date) -> list[Invoice]:
        invoices = self._story.book.invoices_of(customer)
        return [invoice for invoice in invoices if invoice.open_after(day) > 0]

    @property
    def _story(self) -> Story:
        assert self.story is not None
        return self.story


class Nobody:
    """Watches and says nothing."""

    def day_played(self, *_: object) -> None: ...

    def looking(self, at: str) -> None: ...


def _ours(customer: Customer) -> UUID:
    return object_id(customer.entity.source, "customer", customer.number)


def _entries(entity: str, currency: str, accounts: dict[str, int]) -> Iterator[Json]:
    """The bank takes what is left over."""
    for account, minor in (accounts | {"1000": -sum(accounts.values())}).items():
        balance = decimal_text(minor, currency)
        of = {"legal_entity": entity, "currency": currency, "account": account}
        yield {**of, "balance": balance}


async def played(stack: StandIn, plan: Plan) -> tuple[Found, Summary]:
    """A whole run of the plan against the stand-in."""
    async with Doors(ENDPOINTS, transport=httpx.MockTransport(stack.answer)) as doors:
        run = Run(plan, doors, stack, stack, Nobody())
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
