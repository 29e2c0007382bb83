"""A stack that answers at the public doors from the play's own truth: it never errs unless told to."""

import asyncio
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
from play.errands import Answer, Asking, Deciding, End, Errand, Paying, Saying, sayings_of
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
    provider="http://provider",
    clock="http://clock",
    mail="http://mail",
    sms="http://sms",
    traces="http://traces",
    staff_token="token",
)
PORTAL_SAYS = {(Answer.PLAN, End.KEPT): "completed"}
"""States as the portal has them, where they are not called as the play calls them."""
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
        self._untold: list[Requested] = []
        self._addresses: list[str] = []
        self._said: dict[str, Saying] = {}
        self._outcomes: dict[str, str] = {}
        self._pages: dict[str, Json] = {}

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
            case "portal" | "provider" | "disputes":
                said = {"portal": self._portal, "provider": self._provider}
                return said.get(host, self._decide_dispute)(path, request)
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
        return dict(self._held(asking.as_told(derived_id(key)), asking))

    def _held(self, request: Requested, asking: Asking) -> Json:
        """A request as it is kept, and told to the ERP; once."""
        item, kind = request.item, request.TYPE.split(".")[1]
        if str(request.request_id) not in self._asked:
            self._untold.append(request)
        return self._asked.setdefault(
            str(request.request_id),
            {
                "request_id": str(request.request_id),
                "kind": kind,
                "asked_at": str(self._now),
                "state": "open" if kind in {"payment-posting", "allocation"} else "asked",
                "bank_reference": request.provider_reference,
                "credit": {"kind": "payment", "id": item.id} if item else "",
                "item": item and {"id": item.id},
                "allocations": [{"source_id": name} for name, _ in asking.parts or ()],
                **dict.fromkeys(("answered_at", "answered_by", "refused_because")),
            },
        )

    def _sunk(self, host: str, asked: Json) -> list[Json]:
        """All mails; those of one address hold a link to sign in."""
        if asked.get("to"):
            return [{"text": f"http://portal/sign-in/{self._addresses.index(asked['to']):043}"}]
        return self._mails[int(asked["skip"]) :] if host == "mail" else []

    def _portal(self, path: str, request: httpx.Request) -> Json:
        """A code, a session, and what is said then; who asks is told what became of it."""
        if request.method == "GET":
            return self._shown(path, request.headers["Authorization"].removeprefix("Bearer "))
        said = json.loads(request.content)
        if path == "/v1/sign-ins":
            self._addresses.append(said["email"])
            return {"code": "1"}
        if path == "/v1/sessions":
            return {"session_token": self._addresses[int(said["token"])]}
        said = _said(self._story.world.errands, request.headers["Idempotency-Key"])
        self._said.setdefault(said.key, said)
        page = {"id": said.key, "payment_status": "unpaid", "payment_intent": None}
        self._pages.setdefault(said.key, page)
        terms = {"text_hash": "0", "needs_approval": True}
        plan = {"quote_id": "1", "plan_id": "1", "terms": terms}
        return {"payment_id": said.key, "url": f"http://provider/pay/{said.key}", **plan}

    def _shown(self, path: str, address: str) -> Json:
        if path.endswith("/state"):
            page = self._pages[path.split("/")[3]]
            return {
                "state": {"paid": "succeeded"}.get(page["payment_status"], page["payment_status"])
            }
        if path == "/v1/invoices":
            who = next(c for c in self._story.customers if c.contacts[0].email == address)
            shown = [
                {
                    "invoice_id": str(object_id(who.entity.source, "invoice", one.id)),
                    "open": self._text(one, one.open),
                }
                for one in self._story.book.invoices_of(who)
            ]
            return {"items": shown, "next": None}
        answer, items = Answer(path.split("/")[2].removesuffix("s")), []
        for said in self._said.values():
            is_dispute = answer is Answer.DISPUTE and said.our_invoice in self._outcomes
            if said.address == address and (said.answer is answer or is_dispute):
                state = PORTAL_SAYS.get((answer, said.meant), said.meant.value)
                outcome = self._outcomes[said.our_invoice] if is_dispute else None
                shown = {"state": "closed", "outcome": outcome} if is_dispute else {"state": state}
                items.append({"items": said.items, **shown})
        return {"items": items, "next": None}

    def _provider(self, path: str, request: httpx.Request) -> Json:
        """The page: declined, slow or paid; money that came is asked of the ERP, once."""
        if request.method == "GET":
            return {"items": list(self._pages.values())}
        key, what, given = path.split("/")[2], path.split("/")[3], json.loads(request.content)
        page, number = self._pages[key], f"pi_{key}"
        page["payment_intent"] = {"id": number}
        if what == "declines" or given.get("slow"):
            page["payment_status"] = "declined" if what == "declines" else "processing"
            return {}
        page["payment_status"] = "paid"
        asks = next(
            one.asks
            for one in self._story.world.errands
            if isinstance(one, Paying) and one.said.key == key
        )
        asked = asks.as_told(derived_id(key))
        self._held(asked.model_copy(update={"provider_reference": number}), asks)
        return {}

    def _decide_dispute(self, path: str, request: httpx.Request) -> Json:
        """One of all, when they are asked for; what is upheld is asked of the ERP, once."""
        if request.method == "GET":
            said = (one if isinstance(one, Saying) else one.said for one in self._said.values())
            return {
                "items": [{"items": one.items, "dispute_id": "1"} for one in said],
                "next": None,
            }
        key = request.headers["Idempotency-Key"]
        deciding = next(
            one
            for one in self._story.world.errands
            if isinstance(one, Deciding) and key.endswith(one.said.our_invoice)
        )
        self._outcomes[deciding.said.our_invoice] = deciding.outcome.value
        if deciding.upheld is not None:
            self._held(deciding.upheld.as_told(derived_id(key)), deciding.upheld)["state"] = "open"
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
        items = [
            {"invoice_number": one.number, "open": self._text(one, one.claimed_after(day))}
            for one in overdue
        ]
        sent = {"message_id": str(number), "purpose": "reminder", "channel": "email"}
        sent |= {"contact_day": day.isoformat()}
        self._messages.setdefault(str(_ours(customer)), []).append(
            {**sent, "status": "sent", "reason": "", "items": items}
        )
        self._decide(customer, "reminder", "step-rose", day, items=items)

    def _text(self, invoice: Invoice, minor: int) -> str:
        return decimal_text(minor, invoice.customer.entity.currency)

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


def _said(errands: Sequence[Errand], key: str) -> Saying:
    """What is said under that key, whatever it is called on the way."""
    return next(one for one in sayings_of(errands) if key.endswith(one.key))


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


@pytest.fixture(scope="module")
def two_months() -> tuple[Found, Summary]:
    """Long enough for a plan to be kept, or broken."""
    return asyncio.run(played(StandIn(), Plan(seed=7, customers=24, days=62, start=START)))
