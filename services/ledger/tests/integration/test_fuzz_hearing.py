"""Thousands of bad records among good ones, from a real bus into a real database and out again."""

import asyncio
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer

from ledger.handlers import read_identity
from shared.contracts.registry import ERP_EVENTS
from shared.messaging.consumer import Consumer
from shared.messaging.kafka import KafkaAt, KafkaBus
from shared.messaging.relay import Relay
from shared.messaging.routes import ERP_TOPICS
from shared.testing.fuzz import EXAMPLES, SOURCE, Wire, drawn, messages, wire_of

pytestmark = [pytest.mark.fuzz, pytest.mark.timeout(3_000)]

BAD = EXAMPLES * 10
GOOD_CUSTOMERS = 20
INVOICES_MAX = 2_000
SECONDS_MAX = 1_500


def good(pen: Any) -> list[Wire]:
    """Twenty customers who each owe 100.00 and have paid 40.00 of it."""
    wires: list[Wire] = []

    class Writer(pen):  # type: ignore[misc]
        def take(self, event_type: str, *, source: str = SOURCE, **body: Any) -> None:
            wires.append(wire_of(event_type, body, event_id=f"good-{len(wires)}", source=source))

    writer = Writer()
    for number in (f"G{place}" for place in range(GOOD_CUSTOMERS)):
        writer.customer(number)
        writer.invoice(f"I-{number}", customer_number=number)
        paid = [{"invoice_id": f"I-{number}", "amount": "40.00"}]
        writer.payment(f"P-{number}", "40.00", customer_number=number, allocations=paid)
    return wires


async def publish(at: KafkaAt, wires: Sequence[Wire]) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=at.bootstrap, max_request_size=2**21)
    await producer.start()
    sent = [
        await producer.send(at.routes.on_broker(one.topic), one.value, key=one.key, headers=list(one.headers))
        for one in wires
    ]  # fmt: skip
    await asyncio.gather(*sent)
    await producer.stop()


async def hear(till: Any, at: KafkaAt, count: int) -> None:
    """Run the ledger's consumer until every record published is behind it."""
    service, stopping = till.service, asyncio.Event()
    consumer = Consumer(
        service="ledger", hearings=service.hearings, database=service.database, at=at, clock=service.clock
    )  # fmt: skip
    running = asyncio.create_task(consumer.run(stopping))
    sql = "SELECT coalesce(sum(next_offset), 0)::int AS heard FROM consumer_offsets"
    async with asyncio.timeout(SECONDS_MAX):
        while (await till.fetch(sql))[0]["heard"] < count and not running.done():
            await asyncio.sleep(0.05)
    stopping.set()
    await running


async def tell_everything(till: Any, at: KafkaAt) -> int:
    """Let the relay hand over all that was told; the broker takes every message."""
    bus = KafkaBus(at)
    await bus.start()
    relay = Relay(
        service="ledger", database=till.service.database, bus=bus, clock=till.service.clock, owner="test"
    )  # fmt: skip
    cursor = await relay._lease()
    assert cursor is not None
    told = 0
    while batch := await relay.tell_once(cursor):
        told += batch
    await bus.stop()
    return told


async def outcomes(till: Any) -> dict[tuple[str, str], int]:
    rows = await till.fetch(
        "SELECT outcome, code, count(*) AS times FROM intake GROUP BY 1, 2 ORDER BY 1, 2"
    )
    return {(row["outcome"], row["code"]): row["times"] for row in rows}


class TestUnderFuzz:
    async def test_each_record_has_one_outcome_and_good_customers_notice_nothing(
        self, till: Any, kafka_at: KafkaAt, pen: Any, contract_codes: set[str]
    ) -> None:
        bad = drawn(messages(list(ERP_EVENTS), topics=ERP_TOPICS), BAD, number=EXAMPLES)
        wires = [*bad, *good(pen)]
        Random(EXAMPLES).shuffle(wires)
        await publish(kafka_at, wires)

        await hear(till, kafka_at, len(wires))

        found = await outcomes(till)
        print(f"{len(wires)} records:", found)  # noqa: T201 - `make fuzz` shows it
        assert sum(found.values()) == len(wires)
        assert {code for outcome, code in found if outcome == "refused"} <= contract_codes
        assert not {outcome for outcome, _ in found} & {"crashed", "parked"}
        assert (await till.get("/v1/proof"))["imbalance"] == 0
        for number in (f"G{place}" for place in range(GOOD_CUSTOMERS)):
            shown = await till.get("/v1/customers", source=SOURCE, customer_number=number)
            items = await till.get(f"/v1/customers/{shown['customer_id']}/open-items")
            assert ([one["open"] for one in items["items"]], shown["doubts"]) == (["60.00"], [])
        assert await tell_everything(till, kafka_at) > len(wires) // 2

    async def test_what_crashes_in_the_reading_itself_parks_alone(
        self,
        till: Any,
        kafka_at: KafkaAt,
        pen: Any,
        monkeypatch: pytest.MonkeyPatch,
        logged: Callable[[str], str],
    ) -> None:
        person = {"email": "erika@secret.example", "phone": "030 901820", "street": "Gasse 7"}
        body = {"credit": {"kind": [], "id": "P1"}, "customer_number": "C9", "contacts": [person]}
        bad = wire_of("erp.allocations.set.v1", body)
        wires = good(pen)
        monkeypatch.setattr(read_identity, "PAYMENT", property)  # no record of a credit can be read
        monkeypatch.setattr(read_identity, "_items", None)
        await publish(kafka_at, [*wires, bad])

        await hear(till, kafka_at, len(wires) + 1)

        assert await outcomes(till) == {("accepted", ""): len(wires), ("crashed", "crashed"): 1}
        written = logged("ledger")
        assert "record parked" in written
        assert [secret for secret in person.values() if secret in written] == []

    async def test_the_largest_payment_and_the_largest_customer_can_be_told(
        self, till: Any, kafka_at: KafkaAt
    ) -> None:
        till.pen.customer(contacts=[contact(number) for number in range(200)])
        long = {
            "payment_reference": "𐍈" * 500,
            "purchase_order": "é" * 500,
            "document_url": "é" * 2_000,
        }
        for number in range(INVOICES_MAX):
            till.pen.invoice(f"I{number}", "1.00", **long)
        till.pen.payment("P1", "2000.00", allocations=[
            {"invoice_id": f"I{number}", "amount": "1.00"} for number in range(INVOICES_MAX)
        ])  # fmt: skip
        till.pen.customer("y" * 20_000, version=2, name="x" * 1_000_000)
        till.pen.invoice(
            "I", total="1." + "0" * 1_000_000 + "1", legal_entity="DE01", customer_number="C9"
        )
        assert (await till.take())[-3:] == ["accepted", "refused", "refused"]
        (largest,) = await till.fetch("SELECT max(length(payload)) AS bytes FROM outbox")
        print(f"largest message: {largest['bytes']} bytes")  # noqa: T201

        assert await tell_everything(till, kafka_at) > INVOICES_MAX


def contact(number: int) -> dict[str, Any]:
    """A person whose every field is as long as the contract lets it be."""
    return {
        "contact_id": f"{number}".rjust(500),
        "name": "é" * 500,
        "role": "billing",
        "email": "x" * 500,
    }
