"""Doubt is silence, for that customer only, until the record is retried, superseded or discarded (ERP rule 11)."""

from datetime import timedelta
from typing import Any


async def parked(till: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await till.get("/v1/parked"))["items"]
    return items


class TestDoubts:
    async def test_a_refusal_silences_whom_it_names_and_whose_item_it_touches(
        self, till: Any
    ) -> None:
        for number in ("C1", "C2", "C3"):
            till.pen.customer(number)
        till.pen.invoice("I2", customer_number="C2")
        till.pen.payment(amount="x", allocations=[{"invoice_id": "I2", "amount": "1.00"}])
        assert (await till.take())[-1] == "refused"

        assert await till.doubts("C1") == await till.doubts("C2") == ["amount-not-a-number"]
        assert await till.doubts("C3") == []
        (inbox,) = await till.fetch(
            "SELECT convert_from(payload, 'utf8')::json AS body FROM outbox WHERE topic = 'erp.inbox.v1'"
        )
        assert (inbox["body"]["code"], inbox["body"]["pointer"]) == (
            "amount-not-a-number",
            "/amount",
        )
        assert (
            inbox["body"]["event_id"],
            inbox["body"]["object_id"],
            inbox["body"]["version"],
        ) == ("e5", "P1", 1)

    async def test_parks_once_however_often_it_is_delivered(self, till: Any) -> None:
        till.pen.invoice(total="x")
        (record,) = till.written
        await till.take()
        record.offset = 99
        till.written.append(record)
        await till.take()

        assert len(await parked(till)) == 1
        shown = await till.get("/v1/intake", source=record.source, event_id=record.id)
        assert [one["outcome"] for one in shown["deliveries"]] == ["refused", "refused"]

    async def test_ends_when_a_newer_version_is_accepted(self, till: Any) -> None:
        till.pen.customer()
        till.pen.invoice(version=2, total="x")
        await till.take()
        assert await till.doubts() == ["amount-not-a-number"]
        till.pen.invoice(version=2)
        await till.take()
        assert (await till.doubts(), await parked(till)) == ([], [])

    async def test_never_begins_when_a_newer_version_is_there_already(self, till: Any) -> None:
        till.pen.customer()
        till.pen.invoice(version=3)
        till.pen.invoice(version=2, total="x")
        await till.take()
        assert (await till.doubts(), await parked(till)) == ([], [])

    async def test_a_conflict_ends_only_by_a_higher_version(self, till: Any) -> None:
        till.pen.customer()
        till.pen.invoice()
        till.pen.invoice(total="99.00")
        assert (await till.take())[-1] == "conflict"
        till.pen.invoice()
        await till.take()
        assert await till.doubts() == ["version-conflicts"]
        till.pen.invoice(version=2, total="99.00")
        await till.take()
        assert await till.doubts() == []

    async def test_discarding_ends_it_with_a_reason(self, till: Any) -> None:
        till.pen.customer()
        till.pen.invoice(total="x")
        await till.take()
        (one,) = await parked(till)
        answer = await till.http.post(
            f"/v1/parked/{one['parked_id']}/discards", json={"reason": "a typing error"}
        )
        assert (answer.status_code, await till.doubts(), await parked(till)) == (201, [], [])
        again = await till.http.post(
            f"/v1/parked/{one['parked_id']}/discards", json={"reason": "again"}
        )
        assert again.status_code == 404

    async def test_what_stands_parked_is_counted_for_the_gauges(self, till: Any) -> None:
        till.pen.customer()
        till.pen.invoice(total="x")
        await till.take()
        async with till.service.database.look() as connection:
            standing = await till.service.count_parked(connection)
        assert (standing.records, standing.keys) == (1, 1)

    async def test_a_retry_that_is_refused_again_stays_parked(self, till: Any) -> None:
        till.pen.customer()
        till.pen.invoice(total="x")
        await till.take()
        (one,) = await parked(till)
        answer = await till.http.post(f"/v1/parked/{one['parked_id']}/retries")
        assert answer.json()["outcome"] == "refused"
        assert await till.doubts() == ["amount-not-a-number"]

    async def test_a_retry_that_is_taken_ends_it_and_changes_the_outcome(self, till: Any) -> None:
        till.pen.invoice("OTHER", currency="USD")
        till.pen.payment(allocations=[{"invoice_id": "OTHER", "amount": "1.00"}])
        till.pen.invoice(total="5.00")
        (record,) = [one for one in till.written if b"payment_id" in one.data]
        await till.take()
        async with till.service.database.work(till.service.clock.now()) as work:
            await work.connection.execute("DELETE FROM invoices WHERE source_id = 'OTHER'")
        (one,) = await parked(till)

        answer = await till.http.post(f"/v1/parked/{one['parked_id']}/retries")

        assert answer.json()["outcome"] == "waiting"
        assert (await till.get("/v1/intake", source=record.source, event_id=record.id))[
            "outcome"
        ] == "waiting"
        assert await parked(till) == []

    async def test_balances_are_refused_without_silence(self, till: Any) -> None:
        till.pen.customer()
        till.pen.take(
            "erp.open-items.stated.v1",
            run_id="r",
            customer_number="C1",
            legal_entity="DE01",
            as_of="2026-04-01",
            items=[{"kind": "invoice", "id": "I1", "currency": "EUR", "open": "x"}],
        )
        assert (await till.take())[-1] == "refused"
        assert await till.doubts() == []
        (one,) = await parked(till)
        assert (one["code"], one["customer_ids"]) == ("amount-not-a-number", [])

    async def test_what_waits_too_long_is_doubted_until_it_arrives(self, till: Any) -> None:
        till.pen.customer()
        till.pen.payment(allocations=[{"invoice_id": "I1", "amount": "100.00"}])
        await till.take()
        (patience,) = [job for job in till.service.jobs if job.name == "patience"]
        assert await patience.run() is False
        assert await till.doubts() == []

        till.move(till.service.clock.now() + timedelta(hours=24))
        await patience.run()
        assert await till.doubts() == ["waiting-too-long"]
        till.pen.invoice("I1")
        await till.take()
        assert (await till.doubts(), await parked(till)) == ([], [])
