"""What customers answer while everything burns: each says it again, with the same key, until somebody takes it.

Their invoices are their own, so that the truth stays a sum: what is upheld of a dispute is taken off, once.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final

import httpx
from story import START, Invoice, Story, said
from world import World

from shared.base.ids import derived_id, object_id
from shared.messaging.bus import Outgoing
from shared.testing.builders import SOURCE

CUSTOMERS: Final = 20
TOTAL, PROMISED, DISPUTED, PAID, ON_ACCOUNT = 100_000, 40_000, 10_000, 30_000, 5_000
"""Minor units; what is disputed is below what one person may decide."""
OVERDUE_DAYS: Final = 12
PROMISED_DAYS: Final = 3
AGAIN_SECONDS: Final = 0.3
CALL_SECONDS_MAX: Final = 20
WAIT_SECONDS: Final = 0.1
TAKEN: Final = frozenset({200, 201})
NOT_YET: Final = frozenset({409, 429, 500, 502, 503, 504})
"""Ask again: in flight, or somebody is away."""
SESSION_LIFE: Final = timedelta(days=400)
_SESSION: Final = """
INSERT INTO sessions (session_id, token_hash, address, customer_id, opened_at, seen_at, ends_at)
VALUES ($1, $2, $3, $4, $5, $5, $6)
"""


@dataclass(frozen=True, slots=True)
class Answering:
    """A customer with three invoices, and money on account."""

    number: str
    promised: Invoice
    disputed: Invoice
    paid: Invoice

    @property
    def token(self) -> str:
        return token_of(self.number)


@dataclass(slots=True)
class Answers:
    """All of them; the lists are the ids that were answered."""

    world: World
    story: Story
    promises: list[str] = field(default_factory=list)
    disputes: list[str] = field(default_factory=list)
    payments: list[str] = field(default_factory=list)
    applications: list[str] = field(default_factory=list)
    asked: int = 0
    _cast: list[Answering] = field(default_factory=list)

    def enter(self) -> Iterator[Outgoing]:
        """Customers and invoices, to be told before it burns; the truth knows them from now on."""
        due = START - timedelta(days=OVERDUE_DAYS)
        for place in range(CUSTOMERS):
            number = f"W{place}"
            mine = [Invoice(f"I{number}-{what}", number, TOTAL, due) for what in ("P", "D", "X")]
            self.story.invoices |= {one.invoice_id: one for one in mine}
            self._cast.append(Answering(number, *mine))
            yield from said(number, mine, on_account=ON_ACCOUNT)

    async def sign_in(self) -> None:
        """Before it burns."""
        await open_sessions(self.world, [one.number for one in self._cast])

    async def live(self, struck: Callable[[], float]) -> None:
        """One after another, as the fire goes on; `struck` is its share."""
        async with asyncio.TaskGroup() as answering:
            for place, one in enumerate(self._cast):
                while struck() < place / len(self._cast):
                    await asyncio.sleep(WAIT_SECONDS)
                answering.create_task(self._answer(one))

    async def _answer(self, one: Answering) -> None:
        """A promise, a dispute that we uphold, a payment by the provider's page, and money that finds its place."""
        portal = {"Authorization": f"Bearer {one.token}"}
        staff = {"Authorization": f"Bearer {self.world.staff_token}"}
        pay_on = self.world.clock.now().date() + timedelta(days=PROMISED_DAYS)
        said = {"items": [_item(one.promised, PROMISED)], "pay_on": pay_on.isoformat()}
        promise = await self.sure("portal-api", "/v1/promises", portal, said)
        self.promises.append(promise["promise_id"])

        said = {"items": [_item(one.disputed, DISPUTED)], "reason": "damaged", "words": "broken"}
        dispute = await self.sure("portal-api", "/v1/disputes", portal, said)
        self.disputes.append(dispute["dispute_id"])
        path = f"/v1/disputes/{dispute['dispute_id']}/resolutions"
        decision = {"outcome": "upheld", "why": "it is", "words": "You are right."}
        await self.sure("disputes", path, staff, decision)
        one.disputed.paid += DISPUTED
        await self._pay(one, portal)

    async def _pay(self, one: Answering, portal: dict[str, str]) -> None:
        back = f"{self.world.door('portal-api')}/paid"
        said = {"items": [_item(one.paid, PAID)], "return_url": back}
        payment = await self.sure("portal-api", "/v1/payments", portal, said)
        self.payments.append(payment["payment_id"])
        session = payment["url"].rpartition("/")[2]
        await self.sure("provider", f"/sessions/{session}/payments", {}, {})
        one.paid.paid += PAID

        said = {
            "credit_id": str(object_id(SOURCE, "payment", f"P{one.number}")),
            "items": [_item(one.paid, ON_ACCOUNT)],
        }
        applied = await self.sure("portal-api", "/v1/credit-applications", portal, said)
        self.applications.append(applied["application_id"])
        one.paid.paid += ON_ACCOUNT

    async def sure(
        self,
        service: str,
        path: str,
        headers: dict[str, str],
        body: dict[str, Any] | None = None,
        *,
        way: str = "POST",
    ) -> Any:
        """Again and again until it is taken; any other answer is a failure of ours."""
        url, key = self.world.door(service) + path, str(derived_id(path, *headers.values()))
        async with httpx.AsyncClient(timeout=CALL_SECONDS_MAX, trust_env=False) as http:
            while True:
                self.asked += 1
                with suppress(httpx.HTTPError):
                    sent = {**headers, "Idempotency-Key": key}
                    answer = await http.request(way, url, json=body, headers=sent)
                    if answer.status_code in TAKEN:
                        return answer.json()
                    assert answer.status_code in NOT_YET, f"{path}: {answer.text}"
                await asyncio.sleep(AGAIN_SECONDS)


def token_of(number: str) -> str:
    """Of a customer's session."""
    return f"session-{number}".ljust(43, "x")


async def open_sessions(world: World, numbers: Iterable[str]) -> None:
    """Of these customers; they outlast the fire: how they are opened is looked at elsewhere."""
    connection, now = await world.connected("portal-api"), world.clock.now()
    for number in numbers:
        await connection.execute(
            _SESSION, derived_id("session", number), sha256(token_of(number).encode()).digest(),
            f"ap@{number.lower()}.example", object_id(SOURCE, "customer", number), now,
            now + SESSION_LIFE,
        )  # fmt: skip
    await connection.close()


def _item(invoice: Invoice, minor: int) -> dict[str, str]:
    ours = object_id(SOURCE, "invoice", invoice.invoice_id)
    return {"invoice_id": str(ours), "amount": f"{minor // 100}.{minor % 100:02}"}
