"""Customers with autopay while everything burns: announced, charged once; some money goes back, and some comes again.

A charge whose announcement is in doubt is not made, so the truth is what the provider has: it is not killed.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

import httpx
from answers import CALL_SECONDS_MAX, OVERDUE_DAYS, TOTAL, Answers, open_sessions, token_of
from story import START, Invoice, Story, said
from world import World

from shared.base.ids import object_id
from shared.messaging.bus import Outgoing
from shared.testing.builders import SOURCE

CUSTOMERS: Final = 8
LIMIT: Final = {"currency": "EUR", "amount": "5000.00"}
LOOK_SECONDS: Final = 1.0
CARD: Final = "4242"
KEEP_SILENT: Final = ("portal-api", "scheduler", "notifier")
"""Who holds what will be charged; all the same."""


@dataclass(slots=True)
class Charging:
    """A customer with one overdue invoice; every second has money given back, the others contest and lose."""

    number: str
    invoice: Invoice
    refunded: bool
    intents: list[Any] = field(default_factory=list)
    is_back: bool = False

    @property
    def customer_id(self) -> str:
        return str(object_id(SOURCE, "customer", self.number))


@dataclass(slots=True)
class Charges:
    """All of them."""

    world: World
    story: Story
    answers: Answers
    cast: list[Charging] = field(default_factory=list)

    def enter(self) -> Iterator[Outgoing]:
        """Customers and invoices, to be told before it burns."""
        due = START - timedelta(days=OVERDUE_DAYS)
        for place in range(CUSTOMERS):
            number = f"U{place}"
            invoice = Invoice(f"I{number}-A", number, TOTAL, due)
            self.story.invoices[invoice.invoice_id] = invoice
            self.cast.append(Charging(number, invoice, refunded=bool(place % 2)))
            yield from said(number, [invoice], on_account=0)

    async def sign_up(self) -> None:
        """Each saves a card at the provider's page, and turns autopay on; nothing burns yet."""
        await open_sessions(self.world, [one.number for one in self.cast])
        for one in self.cast:
            portal = {"Authorization": f"Bearer {token_of(one.number)}"}
            text = await self.answers.sure("portal-api", "/v1/mandate-text", portal, way="GET")
            back = f"{self.world.door('portal-api')}/autopay"
            body = {"text_hash": text["hash"], "return_url": back}
            page = await self.answers.sure("portal-api", "/v1/mandates", portal, body)
            session = page["url"].rpartition("/")[2]
            await self.answers.sure("provider", f"/sessions/{session}/means", {}, {"last4": CARD})
            while True:
                saved = await self.answers.sure("portal-api", "/v1/mandate", portal, way="GET")
                if saved["state"] == "active":
                    break
                await asyncio.sleep(LOOK_SECONDS)
            await self.answers.sure(
                "portal-api", "/v1/autopay", portal, {"limit": LIMIT}, way="PUT"
            )

    async def live(self, struck: Callable[[], float]) -> None:
        """As soon as one is charged its money goes back, while the fire goes on."""
        while struck() < 1:
            await self.look()
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """What the provider has now; what was charged since the last look goes back."""
        held = {
            one["id"]: one["metadata"].get("customer_id") for one in await self._all("customers")
        }
        intents = await self._all("intents")
        for one in self.cast:
            one.intents = [each for each in intents if held[each["customer"]] == one.customer_id]
            if (paid := _paid(one)) and not one.is_back:
                one.is_back = True
                await self._give_back(one, paid[0]["id"])

    def know(self) -> None:
        """The truth of the books: what the provider took, without what it gave back."""
        for one in self.cast:
            taken = sum(each["amount_received"] for each in one.intents)
            one.invoice.paid = taken - (TOTAL if one.is_back and one.refunded else 0)

    @property
    def made(self) -> int:
        """How often the provider took money."""
        return sum(len(_paid(one)) for one in self.cast)

    def faults(self, held: Iterable[Any]) -> tuple[list[str], list[str], list[str]]:
        """Lost, double, wrong: nobody is charged twice, and what the provider took is held as paid, nothing else."""
        rows, lost, double, wrong = list(held), [], [], []
        for one in self.cast:
            states = Counter(row["state"] for row in rows if row["customer_id"] == one.customer_id)
            if len(one.intents) > 1:
                double.append(f"{one.number} was charged {len(one.intents)} times")
            if states["paid"] != len(_paid(one)) or states["charging"] or not states:
                wrong.append(f"{one.number}: {len(_paid(one))} charged, held are {dict(states)}")
        if not self.made:
            lost.append("nobody was charged")
        return lost, double, wrong

    def unlike(self, held: Mapping[str, Iterable[Any]]) -> list[str]:
        """Who is silent of other sums, or for another time, than the portal says; by service, what it holds of whom."""
        sums = {service: {tuple(row) for row in rows} for service, rows in held.items()}
        truth = sums["portal-api"]
        return [
            f"{service} holds of charges {sorted(found - truth)}, and not {sorted(truth - found)}"
            for service, found in sums.items()
            if found != truth
        ]

    async def _give_back(self, one: Charging, intent_id: str) -> None:
        """Refunded for good; or contested, and won by us."""
        if one.refunded:
            await self.answers.sure("provider", f"/intents/{intent_id}/refunds", {}, {})
            return
        await self.answers.sure("provider", f"/intents/{intent_id}/disputes", {}, {})
        (dispute,) = [
            each for each in await self._all("disputes") if each["payment_intent"] == intent_id
        ]
        path = f"/disputes/{dispute['id']}/outcomes"
        await self.answers.sure("provider", path, {}, {"won": True})

    async def _all(self, what: str) -> list[Any]:
        async with httpx.AsyncClient(timeout=CALL_SECONDS_MAX, trust_env=False) as http:
            with suppress(httpx.HTTPError):
                answer = await http.get(f"{self.world.door('provider')}/{what}")
                return list(answer.json()["items"])
        return []


def _paid(one: Charging) -> list[Any]:
    return [each for each in one.intents if each["status"] == "succeeded"]
