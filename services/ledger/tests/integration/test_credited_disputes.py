"""What is decided of disputes reaches the books: through our own topic, once, on a real database."""

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest

from ledger.domain.request import request_id_of
from shared.base.ids import LEDGER, CreditName, derived_id, object_id
from shared.contracts.disputes import DisputedItem, DisputeResolved
from shared.db.condition import Standing
from shared.messaging.cloudevents import Record
from shared.testing.examples import our_examples

SOURCE = "urn:acme:erp:de01"
CUSTOMER = object_id(SOURCE, "customer", "C1")
EXAMPLE = next(one for one in our_examples() if isinstance(one, DisputeResolved))


@dataclass
class Court:
    """Where it is decided, and the books it is decided about."""

    till: Any
    offset: int = 0

    def says(self, *upheld: tuple[str, str], customer: str = "C1", version: int = 3) -> Record:
        items = tuple(
            DisputedItem(
                invoice_id=object_id(SOURCE, "invoice", name),
                invoice_number=name,
                amount="100.00",
                upheld=amount,
                held=amount,
            )
            for name, amount in upheld
        )
        customer_id = object_id(SOURCE, "customer", customer)
        said = {
            "customer_id": customer_id,
            "dispute_id": derived_id("dispute", customer_id, 0),
            "items": items,
            "version": version,
        }
        fact = EXAMPLE.model_copy(update=said)
        self.offset += 1
        attributes = {"type": fact.TYPE, "id": str(fact.event_id)}
        data = fact.model_dump_json().encode()
        return Record(fact.TOPIC, 0, self.offset, str(customer_id), attributes, data)

    async def hears(self, *records: Record) -> None:
        """As one slice."""
        _, hearing = self.till.service.hearings
        database, clock = self.till.service.database, self.till.service.clock
        async with database.work(clock.now()) as work:
            await hearing.take(work, records)

    async def open(self, number: str = "C1") -> dict[str, str]:
        customer_id = object_id(SOURCE, "customer", number)
        items = (await self.till.get(f"/v1/customers/{customer_id}/open-items"))["items"]
        return {one["source_id"]: one["open"] for one in items}

    async def requests(self, state: str) -> list[Any]:
        assert (await self.till.get("/v1/proof"))["imbalance"] == 0
        return list((await self.till.get("/v1/requests", state=state))["items"])


@pytest.fixture
async def court(till: Any) -> Court:
    """C1 owes 1,000.00 and 50.00; C2 owes 70.00."""
    till.pen.customer("C1")
    till.pen.customer("C2")
    till.pen.invoice("I1", "1000.00")
    till.pen.invoice("I2", "50.00")
    till.pen.invoice("I3", "70.00", customer_number="C2")
    await till.take()
    return Court(till)


class TestUpheld:
    async def test_is_credited_and_asked_of_the_erp(self, court: Court) -> None:
        await court.hears(court.says(("I1", "100.00")))

        assert await court.open() == {"I1": "900.00", "I2": "50.00"}
        (request,) = await court.requests("open")
        assert (request["kind"], request["reason"]) == ("credit-note", "dispute damaged")
        assert (request["asked_by"], request["entry"]["source"]) == ("ada", LEDGER)
        assert (await court.till.told())[-2:] == [
            "ledger.credit.posted.v1", "ledger.credit-note.requested.v1",
        ]  # fmt: skip

    async def test_is_credited_once_however_often_it_is_told(self, court: Court) -> None:
        said = court.says(("I1", "100.00"), ("I2", "20.00"))
        await court.hears(said, said, court.says(("I1", "100.00"), ("I2", "20.00")))
        await court.hears(said)

        assert await court.open() == {"I1": "900.00", "I2": "30.00"}
        assert len(await court.requests("open")) == 2

    async def test_is_credited_once_when_two_hear_it_at_once(self, court: Court) -> None:
        said = court.says(("I1", "100.00"))
        await asyncio.gather(*(court.hears(said) for _ in range(4)))

        assert await court.open() == {"I1": "900.00", "I2": "50.00"}
        assert len(await court.requests("open")) == 1

    async def test_of_several_customers_in_one_slice(self, court: Court) -> None:
        await court.hears(
            court.says(("I1", "100.00")),
            court.says(("I3", "10.00"), customer="C2"),
            court.says(("I1", "50.00"), version=6),
        )
        assert (await court.open(), await court.open("C2")) == (
            {"I1": "850.00", "I2": "50.00"},
            {"I3": "60.00"},
        )

    async def test_is_the_erp_s_once_it_has_posted_it(self, court: Court) -> None:
        said = court.says(("I1", "100.00"))
        await court.hears(said)
        (request,) = await court.requests("open")
        court.till.pen.credit_note(
            "N1", "100.00", request_id=request["request_id"],
            allocations=[{"invoice_id": "I1", "amount": "100.00"}],
        )  # fmt: skip
        assert await court.till.take() == ["accepted"]
        await court.hears(said)

        assert await court.open() == {"I1": "900.00", "I2": "50.00"}
        assert (await court.requests("open"), len(await court.requests("echoed"))) == ([], 1)

    async def test_is_the_erp_s_when_it_has_posted_it_before_we_heard(self, court: Court) -> None:
        name = str(CreditName(derived_id("dispute", CUSTOMER, 0), 3, 0))
        court.till.pen.credit_note(
            "N1", "100.00", request_id=str(request_id_of(CUSTOMER, name)),
            allocations=[{"invoice_id": "I1", "amount": "100.00"}],
        )  # fmt: skip
        assert await court.till.take() == ["accepted"]
        await court.hears(court.says(("I1", "100.00")))

        assert await court.open() == {"I1": "900.00", "I2": "50.00"}
        assert (await court.requests("open"), len(await court.requests("echoed"))) == ([], 1)
        assert "ledger.credit-note.requested.v1" not in await court.till.told()


class TestWhatCannotBeCredited:
    async def test_is_declined_and_its_customer_silent_until_a_person_closes_it(
        self, court: Court
    ) -> None:
        await court.hears(
            court.says(("I9", "100.00"), ("I2", "20.00")),
            court.says(("I3", "10.00"), customer="C2"),
        )
        assert (await court.open(), await court.open("C2")) == (
            {"I1": "1000.00", "I2": "30.00"},
            {"I3": "60.00"},
        )
        (declined,) = await court.requests("refused")
        assert declined["refused_because"].startswith("item-unknown: ")
        assert (await court.till.doubts(), await court.till.doubts("C2")) == (
            ["request-refused"],
            [],
        )

        path = f"/v1/requests/{declined['request_id']}/closures"
        answer = await court.till.http.post(path, json={"reason": "seen to"})
        assert (answer.status_code, await court.till.doubts()) == (201, [])

    async def test_of_a_customer_unheard_of_parks_and_is_taken_again(self, court: Court) -> None:
        said = court.says(("I8", "10.00"), customer="C8")
        with pytest.raises(KeyError) as crash:
            await court.hears(said)
        await self.parks(court, said, crash.value)
        await court.hears(court.says(("I8", "5.00"), customer="C8", version=6))

        parked = (await court.till.get("/v1/parked-facts"))["items"]
        assert [one["code"] for one in parked] == ["crashed", "behind-parked"]
        async with court.till.service.database.look() as connection:
            standing = await court.till.service.count_parked(connection)
        assert standing == Standing(2, 1, court.till.service.clock.now())

        court.till.pen.customer("C8")
        court.till.pen.invoice("I8", "80.00", customer_number="C8")
        await court.till.take()
        path = f"/v1/parked-facts/{parked[0]['parked_id']}/retries"
        assert (await court.till.http.post(path)).json() == {"retried": 2}
        assert await court.open("C8") == {"I8": "65.00"}

    async def parks(self, court: Court, said: Record, crash: Exception) -> None:
        _, hearing = court.till.service.hearings
        database, clock = court.till.service.database, court.till.service.clock
        async with database.work(clock.now()) as work:
            await hearing.park(work, said, crash)
