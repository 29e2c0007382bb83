"""The public doors of the stack, as the play uses them: HTTP only, every call with a timeout."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any, Self, TypeVar
from uuid import UUID

import httpx
from pydantic import BaseModel, ConfigDict

from play.errands import Asking, Closing, Deciding
from play.record import present
from shared.base.ids import object_id
from shared.contracts.inbox import PaymentPostingRequested

Item = dict[str, Any]
_Asked = TypeVar("_Asked")
_Answer = TypeVar("_Answer")

CALL_TIMEOUT_S = 60.0
MOVE_TIMEOUT_S = 600.0
CALLS_AT_ONCE = 6
PAGE_MAX = 200
WANTS_A_SECOND = "asked"
"""State of a request that somebody else has yet to approve."""


class Endpoints(BaseModel):
    """`.local/endpoints.json`: where everything is."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    kafka: str
    ledger: str
    scheduler: str
    notifier: str
    disputes: str
    portal_api: str
    provider: str
    clock: str
    mail: str
    sms: str
    traces: str | None = None
    staff_token: str

    @classmethod
    def read(cls, path: Path) -> "Endpoints":
        """Raises FileNotFoundError when the stack is not up."""
        return cls.model_validate(json.loads(path.read_text(encoding="utf-8")))


class DoorClosedError(Exception):
    """A door answered with something else than success; the text says which door and what it said."""


class Doors:
    """One HTTP client for all doors; used as an async context manager."""

    def __init__(
        self, endpoints: Endpoints, *, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self.at = endpoints
        self._token_of_second = ""
        self._http = httpx.AsyncClient(
            timeout=CALL_TIMEOUT_S,
            headers={"Authorization": f"Bearer {endpoints.staff_token}"},
            limits=httpx.Limits(max_connections=CALLS_AT_ONCE + 2, keepalive_expiry=60),
            transport=transport,
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    # --- clock

    async def now(self) -> datetime:
        return datetime.fromisoformat((await self.get(f"{self.at.clock}/clock"))["now"])

    async def advance(self, to: datetime) -> int:
        """Move the clock and return at rest; answers how often it stopped on the way."""
        answer = await self.post(
            f"{self.at.clock}/clock/advance",
            {"to": to.isoformat()},
            timeout_s=MOVE_TIMEOUT_S,
        )
        return int(answer.get("stops", 0))

    async def settle(self) -> None:
        """Return when nothing is left to do."""
        await self.post(f"{self.at.clock}/settle", {}, timeout_s=MOVE_TIMEOUT_S)

    # --- sinks

    async def mails(self, *, skip: int = 0, to: str = "") -> list[Item]:
        """What the mail box holds, oldest first, without the first `skip`; of one address, or all."""
        return await self._sunk(self.at.mail, skip, to)

    async def texts(self, *, skip: int) -> list[Item]:
        return await self._sunk(self.at.sms, skip)

    # --- services

    async def company(self) -> Item:
        return await self.get(f"{self.at.ledger}/v1/company")

    async def aging(self, as_of: date) -> list[Item]:
        return await self.all(f"{self.at.ledger}/v1/aging", as_of=as_of.isoformat())

    async def trial_balance(self, as_of: date | None = None) -> list[Item]:
        bound = {} if as_of is None else {"as_of": as_of.isoformat()}
        return await self.all(f"{self.at.ledger}/v1/trial-balance", **bound)

    async def proof(self) -> Item:
        return await self.get(f"{self.at.ledger}/v1/proof")

    async def open_items(self, customer_id: object) -> list[Item]:
        return await self.all(f"{self.at.ledger}/v1/customers/{customer_id}/open-items")

    async def unapplied(self, customer_id: object) -> list[Item]:
        return await self.all(f"{self.at.ledger}/v1/customers/{customer_id}/unapplied")

    async def intake(self, source: str, event_id: str) -> Item:
        return await self.get(f"{self.at.ledger}/v1/intake", source=source, event_id=event_id)

    async def parked(self) -> list[Item]:
        return await self.all(f"{self.at.ledger}/v1/parked")

    async def balance_runs(self) -> list[Item]:
        return await self.all(f"{self.at.ledger}/v1/balance-runs")

    async def discard(self, parked_id: object, *, reason: str) -> None:
        await self.post(
            f"{self.at.ledger}/v1/parked/{parked_id}/discards",
            {"reason": reason},
            key=f"discard-{parked_id}",
        )

    # --- people of ours

    async def ask(self, asking: Asking) -> UUID:
        """Enter a payment, or ask the ERP for something; what wants two people is approved by a second one."""
        by_kind, door = _own_words(asking)
        asked = await self.post(
            f"{self.at.ledger}/v1/{door}",
            by_kind
            | present(
                customer_id=str(object_id(asking.source, "customer", asking.customer_number)),
                legal_entity=asking.legal_entity,
                currency=asking.currency,
                amount=asking.amount,
                allocations=None
                if asking.allocations is None
                else [{"invoice_id": name, "amount": text} for name, text in asking.allocations],
            ),
            key=asking.key,
        )
        request_id = UUID(asked["request_id"])
        if asked["state"] == WANTS_A_SECOND:
            await self.post(
                f"{self.at.ledger}/v1/requests/{request_id}/approvals",
                {},
                key=f"approve-{request_id}",
                token=await self._second_person(),
            )
        return request_id

    async def close(self, closing: Closing) -> None:
        await self.post(
            f"{self.at.ledger}/v1/requests/{closing.request_id}/closures",
            {"reason": closing.reason},
            key=f"close-{closing.request_id}",
        )

    async def decide(self, deciding: Deciding) -> None:
        """Uphold or reject the dispute of that invoice; more than one may decide alone is approved by a second one."""
        ours = str(object_id(deciding.said.source, "customer", deciding.customer_number))
        wanted = deciding.said.items[0]["invoice_id"]
        held = await self.all(f"{self.at.disputes}/v1/disputes", customer_id=ours)
        dispute = next(one for one in held if one["items"][0]["invoice_id"] == wanted)
        below = f"{self.at.disputes}/v1/disputes/{dispute['dispute_id']}"
        words = {
            "outcome": deciding.outcome,
            "why": "looked into it",
            "words": "We looked into it.",
        }
        decided = await self.post(f"{below}/resolutions", words, key=f"decide-{wanted}")
        if decided["proposal"]:
            second = await self._second_person()
            seen, key = decided["version"], f"approve-{wanted}"
            await self.post(f"{below}/approvals", {}, key=key, token=second, seen=seen)

    async def requests(self) -> list[Item]:
        return await self.all(f"{self.at.ledger}/v1/requests")

    async def _second_person(self) -> str:
        """A token of somebody else."""
        if not self._token_of_second:
            asked = {"subject": "second-person", "roles": ["operator"]}
            answer = await self.post(f"{self.at.clock}/tokens", asked)
            self._token_of_second = answer["token"]
        return self._token_of_second

    # --- what is told of customers

    async def timeline(self, customer_id: object) -> list[Item]:
        return await self.all(f"{self.at.scheduler}/v1/customers/{customer_id}/timeline")

    async def messages(self, customer_id: object) -> list[Item]:
        return await self.all(f"{self.at.notifier}/v1/customers/{customer_id}/messages")

    # --- calls

    async def get(self, url: str, *, token: str = "", **query: str | int) -> Item:
        """One GET; raises DoorClosedError for any answer but 2xx."""
        answer = await self._http.get(url, params=query, headers=_as(token))
        return _opened(answer)

    async def all(self, url: str, *, token: str = "", **query: str | int) -> list[Item]:
        """All items of a list, page by page."""
        return [item async for item in self._pages(url, token, query)]

    async def of_each(
        self, asked: Iterable[_Asked], ask: Callable[[_Asked], Awaitable[_Answer]]
    ) -> list[_Answer]:
        """Ask the same of many, a few at a time; answers in the order asked."""
        turn = asyncio.Semaphore(CALLS_AT_ONCE)

        async def one(subject: _Asked) -> _Answer:
            async with turn:
                return await ask(subject)

        return await asyncio.gather(*(one(subject) for subject in asked))

    async def _pages(
        self, url: str, token: str, query: dict[str, str | int]
    ) -> AsyncIterator[Item]:
        cursor: str | None = None
        while True:
            more = {"cursor": cursor} if cursor else {}
            page = await self.get(url, token=token, **query, **more)
            for item in page["items"]:
                yield item
            cursor = page.get("next")
            if not cursor:
                return

    async def _sunk(self, sink: str, skip: int, to: str = "") -> list[Item]:
        items: list[Item] = (await self.get(f"{sink}/messages", skip=skip, to=to))["items"]
        return items

    async def post(
        self,
        url: str,
        body: Item,
        *,
        key: str = "",
        token: str = "",
        seen: int | None = None,
        timeout_s: float = CALL_TIMEOUT_S,
    ) -> Item:
        """`seen`: the version that whoever decides has looked at."""
        headers = _as(token) | ({"Idempotency-Key": key} if key else {})
        if seen is not None:
            headers["If-Match"] = f'"{seen}"'
        return _opened(await self._http.post(url, json=body, headers=headers, timeout=timeout_s))


def _as(token: str) -> dict[str, str]:
    """Somebody else than our first person."""
    return {"Authorization": f"Bearer {token}"} if token else {}


def _own_words(asking: Asking) -> tuple[Item, str]:
    """What only one of the two doors takes, and which one it is."""
    if asking.asks is PaymentPostingRequested:
        dated = {"value_date": asking.on.isoformat()}
        return dated | present(bank_reference=asking.reference), "payments"
    item = asking.item and {"kind": asking.item[0].value, "id": asking.item[1]}
    return {"kind": asking.asks.TYPE.split(".")[1]} | present(item=item), "requests"


def _opened(answer: httpx.Response) -> Item:
    if answer.is_success:
        return dict(answer.json()) if answer.content else {}
    asked = f"{answer.request.method} {answer.request.url}"
    raise DoorClosedError(f"{asked} answered {answer.status_code}: {answer.text[:500]}")
