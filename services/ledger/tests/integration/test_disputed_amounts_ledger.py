"""What is disputed is not paid by money that nobody directs; once it is not disputed any more, it is."""

from dataclasses import dataclass
from typing import Any

import pytest

from shared.base.ids import derived_id, object_id
from shared.contracts import disputes
from shared.contracts.disputes import DisputedItem, DisputeEvent
from shared.messaging.cloudevents import Record
from shared.testing.examples import our_examples

SOURCE = "urn:acme:erp:de01"
CUSTOMER = object_id(SOURCE, "customer", "C1")


@dataclass
class Desk:
    """Where customers dispute, and the books."""

    till: Any
    offset: int = 0

    async def tells(self, fact: type[DisputeEvent], version: int, held: str) -> None:
        """So much of I1 is held from then on."""
        example = next(one for one in our_examples() if type(one) is fact)
        item = DisputedItem(
            invoice_id=object_id(SOURCE, "invoice", "I1"), invoice_number="I1",
            amount="100.00", upheld="0.00", held=held,
        )  # fmt: skip
        dispute_id = derived_id("dispute", CUSTOMER, 0)
        said = {"customer_id": CUSTOMER, "dispute_id": dispute_id, "items": (item,)}
        told = example.model_copy(update=said | {"version": version})
        self.offset += 1
        attributes = {"type": told.TYPE, "id": str(told.event_id)}
        data = told.model_dump_json().encode()
        _, hearing = self.till.service.hearings
        async with self.till.service.database.work(self.till.service.clock.now()) as work:
            await hearing.take(
                work, [Record(told.TOPIC, 0, self.offset, str(CUSTOMER), attributes, data)]
            )

    async def opens(self) -> dict[str, str]:
        assert (await self.till.get("/v1/proof"))["imbalance"] == 0
        items = (await self.till.get(f"/v1/customers/{CUSTOMER}/open-items"))["items"]
        return {one["source_id"]: one["open"] for one in items}


@pytest.fixture
async def desk(till: Any) -> Desk:
    """C1 owes 1,000.00 on I1, and then 500.00 on I2."""
    till.pen.customer("C1")
    till.pen.invoice("I1", "1000.00", due_on="2026-03-31")
    till.pen.invoice("I2", "500.00", due_on="2026-04-30")
    await till.take()
    return Desk(till)


class TestUndirectedMoney:
    async def test_leaves_what_is_disputed_and_takes_it_once_that_is_rejected(
        self, desk: Desk
    ) -> None:
        await desk.tells(disputes.DisputeOpened, 1, "100.00")
        desk.till.pen.payment("P1", "1450.00")
        await desk.till.take()
        assert await desk.opens() == {"I1": "100.00"}

        await desk.tells(disputes.DisputeResolved, 3, "0.00")
        assert await desk.opens() == {"I1": "50.00"}, "what had waited on account"

    async def test_hears_no_older_word_after_a_newer(self, desk: Desk) -> None:
        await desk.tells(disputes.DisputeWithdrawn, 3, "0.00")
        await desk.tells(disputes.DisputeOpened, 1, "100.00")
        desk.till.pen.payment("P1", "1000.00")
        await desk.till.take()
        assert await desk.opens() == {"I2": "500.00"}

    async def test_that_names_the_invoice_pays_it(self, desk: Desk) -> None:
        await desk.tells(disputes.DisputeOpened, 1, "100.00")
        desk.till.pen.payment("P1", "1000.00", reference="I1")
        await desk.till.take()
        assert await desk.opens() == {"I2": "500.00"}

    async def test_on_account_leaves_it_alone_when_another_invoice_comes(self, desk: Desk) -> None:
        await desk.tells(disputes.DisputeOpened, 1, "100.00")
        desk.till.pen.payment("P1", "1450.00")
        await desk.till.take()
        desk.till.pen.invoice("I3", "20.00", due_on="2026-05-31")
        await desk.till.take()
        assert await desk.opens() == {"I1": "100.00"}

    async def test_freed_by_a_cancelled_invoice_leaves_it_alone(self, desk: Desk) -> None:
        await desk.tells(disputes.DisputeOpened, 1, "100.00")
        desk.till.pen.payment("P1", "1400.00")
        await desk.till.take()
        assert await desk.opens() == {"I1": "100.00"}

        said = {"invoice_id": "I2", "version": 2, "cancelled_on": "2026-05-01"}
        desk.till.pen.take("erp.invoice.cancelled.v1", **said)
        await desk.till.take()
        assert await desk.opens() == {"I1": "100.00"}
