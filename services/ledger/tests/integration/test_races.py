"""Two at once: what both touch is in the books once, nothing is lost, and nobody waits who need not.

Nothing is left to chance: who is first stands before its commit until the other waits for it, or has ended.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import asyncpg
import pytest

from shared.base.ids import object_id
from shared.db.work import Work, is_transient
from shared.messaging.cloudevents import Record

SOURCE = "urn:acme:erp:de01"
CUSTOMERS = {number: str(object_id(SOURCE, "customer", number)) for number in ("C1", "C2", "C3")}
OWED = {"I1": "100.00", "I1b": "50.00", "I2": "100.00", "I3": "100.00"}
"""Before anything races: two invoices of C1, one of C2 and one of C3."""
MANY = 60
"""Rows of a slice that go in by COPY, at once, and not with the others at the end."""

_WAITING = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock' AND backend_type = 'client backend'
"""


@dataclass
class Race:
    """Slices and people of ours, beside one another."""

    till: Any
    again: list[type[Exception]] = field(default_factory=list)
    """Why slices were tried again."""
    _under_way: list[asyncio.Task[Any]] = field(default_factory=list)

    def written(self) -> list[Record]:
        """What the pen has written since this was asked last."""
        records, self.till.written[:] = list(self.till.written), []
        return records

    @asynccontextmanager
    async def held(self, records: Sequence[Record]) -> AsyncIterator[None]:
        """A slice with everything done but its commit, which comes at the end of the block."""
        async with self._work() as work:
            await self.till.hearing.take(work, records)
            yield

    @asynccontextmanager
    async def requests_closed(self, mode: str = "SHARE") -> AsyncIterator[None]:
        """Who comes to write there stands still until the end of the block, with all that it has locked; and in mode
        EXCLUSIVE who comes to lock something there.
        """
        async with self._work() as work:
            await work.connection.execute(f"LOCK TABLE requests IN {mode} MODE")
            yield

    def _work(self) -> AbstractAsyncContextManager[Work]:
        work: AbstractAsyncContextManager[Work] = self.till.service.database.work(
            self.till.service.clock.now()
        )
        return work

    async def takes(self, records: Sequence[Record]) -> None:
        """Take a slice as the consumer does: again, as long as that may help."""
        try:
            async with self.held(records):
                pass
        except Exception as error:
            if not is_transient(error):
                raise
            self.again.append(type(error))
            await self.takes(records)

    async def enters(self, number: str = "C1") -> Any:
        """A person of ours enters that customer's payment with the bank's reference."""
        given = {"customer_id": CUSTOMERS[number], "legal_entity": "DE01", "currency": "EUR"}
        given |= {"value_date": "2026-03-31", "amount": "100.00", "bank_reference": "E2E-1"}
        answer = await self.till.http.post("/v1/payments", json=given)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def begun(self, doing: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Begin this, and go on when all that was begun waits for a lock or has ended."""
        task = asyncio.create_task(doing)
        self._under_way.append(task)
        while running := sum(not one.done() for one in self._under_way):
            (waiting,) = await self.till.fetch(_WAITING)
            if waiting["count"] >= running:
                break
        return task

    async def one_after_the_other(self, first: Sequence[Record], second: Sequence[Record]) -> None:
        """Begun at the same time, committed in this order."""
        async with self.held(first):
            taking = await self.begun(self.takes(second))
        await taking

    async def left(self) -> dict[str, str]:
        """What is open of each invoice and unapplied of each credit; the books have to be in balance."""
        assert (await self.till.get("/v1/proof"))["imbalance"] == 0
        left: dict[str, str] = {}
        for customer_id in CUSTOMERS.values():
            for door, amount in (("open-items", "open"), ("unapplied", "unapplied")):
                page = await self.till.get(f"/v1/customers/{customer_id}/{door}", limit=200)
                left |= {one["source_id"]: one[amount] for one in page["items"]}
        return left

    async def money(self) -> dict[str, str]:
        """What stands on the accounts of money; the trial balance has to be 0."""
        rows = (await self.till.get("/v1/trial-balance"))["items"]
        assert sum(Decimal(row["balance"]) for row in rows) == 0
        money = {row["account"]: row["balance"] for row in rows if row["account"] < "1200"}
        return {account: balance for account, balance in money.items() if balance != "0.00"}

    async def outcomes(self) -> list[str]:
        rows = await self.till.fetch('SELECT outcome FROM intake ORDER BY "offset", partition')
        return [row["outcome"] for row in rows]

    def paid(self, *, version: int = 1, to: dict[str, str] | None = None, **body: str) -> Record:
        """P1, of nobody unless the body names the customer."""
        given: dict[str, Any] = {"payment_id": "P1", "version": version, "legal_entity": "DE01"}
        given |= {"currency": "EUR", "value_date": "2026-03-31", "amount": "100.00"}
        if to is not None:
            given["allocations"] = [{"invoice_id": one, "amount": to[one]} for one in to]
        self.till.pen.take("erp.payment.received.v1", method="transfer", **given | body)
        (record,) = self.written()
        return record

    def billed(self, number: str, name: str, total: str, *, version: int = 1) -> Record:
        """An invoice of that customer."""
        self.till.pen.invoice(name, total, customer_number=number, version=version)
        (record,) = self.written()
        return record


@pytest.fixture
async def race(till: Any) -> Race:
    """Three customers owe what they owe."""
    made = Race(till)
    for number in CUSTOMERS:
        till.pen.customer(number)
    known = made.written()
    owed = [made.billed(f"C{name[1]}", name, total) for name, total in OWED.items()]
    await made.takes(known + owed)
    return made


@pytest.mark.parametrize("whose", [{"customer_number": "C1"}, {}], ids=["named", "nobodys"])
class TestOurDoorAndTheErp:
    """Both have the same payment, by the bank's reference."""

    async def test_our_person_is_first(self, race: Race, whose: dict[str, str]) -> None:
        posted = race.paid(bank_reference="E2E-1", **whose)
        async with race.requests_closed():
            entering = await race.begun(race.enters())
            taking = await race.begun(race.takes([posted]))
        entered = await entering
        await taking

        assert (entered["state"], entered["payment"]["provisional"]) == ("open", True)
        await self._stands_once(race, entered)

    async def test_the_erp_is_first(self, race: Race, whose: dict[str, str]) -> None:
        posted = race.paid(bank_reference="E2E-1", **whose)
        async with race.held([posted]):
            entering = await race.begun(race.enters())
        entered = await entering

        assert (entered["state"], entered["payment"]["source_id"]) == ("echoed", "P1")
        await self._stands_once(race, entered)

    @staticmethod
    async def _stands_once(race: Race, entered: Any) -> None:
        shown = await race.till.get(f"/v1/requests/{entered['request_id']}")
        assert shown["state"] == "echoed"
        assert await race.money() == {"1000": "100.00"}
        assert await race.left() == {one: OWED[one] for one in ("I1b", "I2", "I3")}
        assert set(await race.outcomes()) == {"accepted"}


class TestTwoOfOurPeople:
    async def test_enter_money_of_nobody_for_two_customers(self, race: Race) -> None:
        """Both lock what both may take, from the beginning, and do not stand in one another's way later."""
        await race.takes([race.paid(bank_reference="E2E-1")])
        async with race.requests_closed("EXCLUSIVE"):
            one = await race.begun(race.enters("C1"))
            other = await race.begun(race.enters("C2"))

        assert [(await entered)["state"] for entered in (one, other)] == ["echoed", "open"]
        assert await race.money() == {"1000": "100.00", "1010": "100.00"}
        assert await race.left() == {"I1b": "50.00", "I3": "100.00"}


class TestOneThingInTwoSlices:
    async def test_a_payment_of_nobody(self, race: Race) -> None:
        """Who speaks of what may be nobody's keeps the other out, who then finds it."""
        await race.one_after_the_other([race.paid()], [race.paid()])

        assert (await race.outcomes())[-2:] == ["accepted", "duplicate"]
        assert (await race.money(), await race.left()) == ({"1000": "100.00"}, OWED)
        assert race.again == []

    @pytest.mark.parametrize("named_first", [False, True])
    async def test_a_payment_of_nobody_and_whose_it_is(self, race: Race, named_first: bool) -> None:
        """It changes hands meanwhile: the later one has locked others, and tries again."""
        one, other = race.paid(to={}), race.paid(version=2, to={}, customer_number="C1")
        first, second = (other, one) if named_first else (one, other)
        await race.one_after_the_other([first], [second])

        assert race.again == [asyncpg.SerializationError]
        assert await race.left() == OWED | {"P1": "100.00"}
        assert await race.money() == {"1000": "100.00"}

    @pytest.mark.parametrize("besides", [0, MANY])
    @pytest.mark.parametrize("kind", ["invoice", "payment", "credit_note", "adjust"])
    async def test_of_two_customers(self, race: Race, kind: str, besides: int) -> None:
        """They lock nothing in common and meet where they write; the later one sees it when it tries again."""
        slices = []
        for number, item in (("C2", "I2"), ("C3", "I3")):
            about = {"item": item} if kind == "adjust" else {}
            getattr(race.till.pen, kind)("X1", "10.00", customer_number=number, **about)
            for count in range(besides):
                race.till.pen.invoice(f"{number}-{count}", customer_number=number)
            slices.append(race.written())
        await race.one_after_the_other(*slices)

        assert race.again == [asyncpg.SerializationError]
        taken = (await race.outcomes())[-2 * (1 + besides) :]
        assert taken == ["accepted"] * (1 + besides) + ["conflict"] + ["accepted"] * besides
        left = await race.left()
        assert sum(name.startswith(("C2-", "C3-")) for name in left) == 2 * besides

    async def test_a_bad_record_of_nobody(self, race: Race) -> None:
        """It parks once and is no crash, though it came by two ways."""
        bad = replace(race.paid(), data=b"{")
        await race.one_after_the_other([bad], [replace(bad, partition=1)])

        assert race.again == [asyncpg.SerializationError]
        assert (await race.outcomes())[-2:] == ["refused", "refused"]
        assert len((await race.till.get("/v1/parked"))["items"]) == 1


@pytest.mark.parametrize("payer_first", [False, True])
class TestAChildAndItsPayer:
    """P1 of C1 pays for C2 and C3."""

    async def test_what_is_paid_shrinks_meanwhile(self, race: Race, payer_first: bool) -> None:
        await race.takes([race.paid(customer_number="C1", to={"I2": "50.00", "I3": "50.00"})])
        child = [race.billed("C2", "I2", "60.00", version=2)]
        race.till.pen.allocate("P1", ("I2", "40.00"), ("I3", "60.00"), version=2)
        payer = race.written()
        await race.one_after_the_other(*((payer, child) if payer_first else (child, payer)))

        assert await race.left() == OWED | {"I2": "20.00", "I3": "40.00"}
        assert (await race.money(), race.again) == ({"1000": "100.00"}, [])

    async def test_what_is_paid_comes_meanwhile(self, race: Race, payer_first: bool) -> None:
        child = [race.billed("C2", "I4", "60.00")]
        payer = [race.paid(customer_number="C1", to={"I4": "60.00", "I3": "40.00"})]
        await race.one_after_the_other(*((payer, child) if payer_first else (child, payer)))

        assert race.again == [asyncpg.SerializationError]
        assert await race.left() == OWED | {"I3": "60.00"}
        assert await race.money() == {"1000": "100.00"}
        assert set(await race.outcomes()) == {"accepted"}


class TestSiblings:
    async def test_do_not_wait_for_one_another(self, race: Race) -> None:
        await race.takes([race.paid(customer_number="C1", to={"I2": "100.00"})])
        async with race.held([race.billed("C2", "I4", "60.00")]):
            taking = await race.begun(race.takes([race.billed("C3", "I5", "70.00")]))
            assert taking.done()
            assert await race.left() == {one: OWED[one] for one in ("I1", "I1b", "I3")} | {"I5": "70.00"}  # fmt: skip
        assert (await race.left())["I4"] == "60.00"

    async def test_wait_for_the_payer_they_share(self, race: Race) -> None:
        """What either says may give money back to it: neither's is lost."""
        await race.takes([race.paid(customer_number="C1", to={"I2": "50.00", "I3": "50.00"})])
        two = [race.billed("C2", "I2", "40.00", version=2), race.billed("C3", "I3", "30.00", version=2)]  # fmt: skip
        async with race.held(two[:1]):
            taking = await race.begun(race.takes(two[1:]))
            assert not taking.done()
        await taking
        assert await race.left() == {"I1": "100.00", "I1b": "50.00", "P1": "30.00"}
