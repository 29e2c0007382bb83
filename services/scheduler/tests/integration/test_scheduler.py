"""From facts heard to decisions told, on a real database."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

from shared.contracts import ledger, notifier
from shared.contracts.scheduler import RecordsParked

DAY = timedelta(days=1)


class TestFromFactToReminder:
    async def test_a_late_invoice_becomes_one_reminder_on_the_next_contact_day(
        self, desk: Any, facts: Any
    ) -> None:
        await desk.hear(facts.customer(), facts.opened("R1", facts.monday - 21 * DAY))

        await desk.advance(facts.at(facts.monday + DAY))

        (planned,) = await desk.told("reminder.planned")
        assert planned["contact_day"] == "2026-02-27"
        assert planned["step"]["number"] == 1
        assert [item["invoice_number"] for item in planned["items"]] == ["R1"]
        assert planned["headers"]["ce_origintraces"] == facts.trace
        assert planned["policy"] == "standard"

    async def test_what_was_sent_is_remembered_and_the_next_step_follows(
        self, desk: Any, facts: Any
    ) -> None:
        await desk.hear(facts.customer(), facts.opened("R1", facts.monday - 21 * DAY))
        await desk.advance(facts.at(facts.monday + DAY))
        (planned,) = await desk.told("reminder.planned")

        await desk.hear(facts.outcome(planned))
        await desk.hear(facts.outcome(planned))
        await desk.advance(facts.at(facts.monday + 20 * DAY))

        steps = [
            (one["contact_day"], one["step"]["number"])
            for one in await desk.told("reminder.planned")
        ]
        assert steps == [("2026-02-27", 1), ("2026-03-16", 2)]
        assert ("outcome", "sent") in await desk.timeline()

    async def test_an_item_that_is_amended_and_told_of_in_one_slice_keeps_both(
        self, desk: Any, facts: Any
    ) -> None:
        due = facts.monday - 21 * DAY
        await desk.hear(facts.customer(), facts.opened("R1", due))
        await desk.advance(facts.at(facts.monday + DAY))
        (planned,) = await desk.told("reminder.planned")

        amended = ledger.InvoiceAmended(**facts.invoice("R1", due, 2, open="60.00"))
        await desk.hear(amended, facts.outcome(planned))

        rows = await desk.rows("SELECT open_minor, told_step FROM items")
        assert [tuple(row) for row in rows] == [(6000, 1)]

    async def test_facts_delivered_twice_or_late_change_nothing(
        self, desk: Any, facts: Any
    ) -> None:
        due = facts.monday - 21 * DAY
        await desk.hear(facts.customer(version=2), facts.paid("R1", due, facts.monday))
        await desk.look()
        before = await desk.rows("SELECT * FROM items")

        await desk.hear(facts.customer(version=1, kind="intercompany"), facts.opened("R1", due))
        await desk.hear(facts.paid("R1", due, facts.monday))

        assert await desk.rows("SELECT * FROM items") == before
        assert await desk.next_due() is None
        habits = await desk.rows("SELECT paid_invoices, days_late FROM habits")
        assert [tuple(row) for row in habits] == [(1, 21)]

    async def test_a_payment_that_comes_back_in_steps_has_come_back_once(
        self, desk: Any, facts: Any
    ) -> None:
        paid = facts.paid("R1", facts.monday, facts.monday).model_dump()
        ours = paid | {"return_reason": "chargeback", "invoices": (), "allocations": ()}
        theirs = UUID(int=77)
        await desk.hear(ledger.PaymentReturned(**ours | {"returned": "40.00"}))
        await desk.hear(ledger.PaymentReturned(**ours | {"returned": "90.00", "version": 2}))
        await desk.hear(ledger.PaymentCancelled(**ours | {"version": 3, "answered_by": theirs}))
        await desk.hear(ledger.PaymentReturned(**ours | {"payment_id": theirs}))

        habits = await desk.rows("SELECT returned_payments FROM habits")
        assert [tuple(row) for row in habits] == [(1,)]

    async def test_several_events_of_one_invoice_in_a_slice_are_folded_in_order(
        self, desk: Any, facts: Any
    ) -> None:
        due = facts.monday - 21 * DAY
        amended = ledger.InvoiceAmended(**facts.invoice("R1", due, 2, open="60.00"))

        await desk.hear(facts.opened("R1", due), amended, facts.customer())

        rows = await desk.rows("SELECT version, open_minor FROM items")
        assert [tuple(row) for row in rows] == [(2, 6000)]


class TestWithdrawal:
    async def test_a_payment_takes_back_what_is_on_its_way_and_the_timeline_says_why(
        self, desk: Any, facts: Any
    ) -> None:
        due = facts.monday - 21 * DAY
        await desk.hear(facts.customer(), facts.opened("R1", due))
        await desk.advance(facts.at(facts.monday))

        await desk.hear(facts.paid("R1", due, facts.monday))
        await desk.look()

        (withdrawn,) = await desk.told("reminder.withdrawn")
        assert withdrawn["reason"] == "settled"
        assert withdrawn["headers"]["ce_traceparent"].split("-")[1] == facts.trace
        assert ("withdrawal", "settled") in await desk.timeline()
        assert await desk.next_due() is None

    async def test_a_doubt_takes_it_back_and_silences_the_customer(
        self, desk: Any, facts: Any
    ) -> None:
        await desk.hear(facts.customer(), facts.opened("R1", facts.monday - 21 * DAY))
        await desk.advance(facts.at(facts.monday))
        doubt = ledger.Doubt(code="amount-negative", since=facts.at(facts.monday), record="7")

        await desk.hear(facts.customer(version=2, doubts=(doubt,)))
        await desk.advance(facts.at(facts.monday + 30 * DAY))

        assert len(await desk.told("reminder.planned")) == 1
        assert ("silence", "erp-data-incomplete") in await desk.timeline()

    async def test_a_suppressed_message_is_tried_again_on_the_next_contact_day(
        self, desk: Any, facts: Any
    ) -> None:
        await desk.hear(facts.customer(), facts.opened("R1", facts.monday - 21 * DAY))
        await desk.advance(facts.at(facts.monday))
        (planned,) = await desk.told("reminder.planned")

        await desk.hear(facts.outcome(planned, notifier.MessageSuppressed, "no-contact"))
        await desk.advance(facts.at(facts.monday + DAY))

        days = [one["contact_day"] for one in await desk.told("reminder.planned")]
        assert days == ["2026-02-27", "2026-03-02"]
        assert ("outcome", "no-contact") in await desk.timeline()


class TestAfterAnOutage:
    async def test_of_ten_days_there_is_one_contact_day(self, desk: Any, facts: Any) -> None:
        await desk.hear(facts.customer(), facts.opened("R1", facts.monday + DAY))
        await desk.look()
        desk.clock.at = facts.at(facts.monday + 10 * DAY, 12)

        await desk.look()
        await desk.look()

        planned = await desk.told("reminder.planned")
        assert [one["contact_day"] for one in planned] == ["2026-03-12"]

    async def test_looks_wait_until_what_was_missed_is_heard(self, desk: Any, facts: Any) -> None:
        await desk.hear(facts.customer(), facts.opened("R1", facts.monday - 21 * DAY))
        await desk.look()
        desk.clock.at = facts.at(facts.monday + DAY, 12)
        desk.watermark.missing = ["3 of ledger.events.v1[0]"]

        await desk.look()
        assert await desk.told() == []

        desk.watermark.missing = []
        await desk.look()
        assert len(await desk.told("reminder.planned")) == 1


class TestSlicesAndLooksAtOnce:
    async def test_wait_for_one_another_and_the_last_fact_is_looked_at(
        self, desk: Any, facts: Any
    ) -> None:
        numbers = [f"R{count}" for count in range(20)]
        due = facts.monday - 21 * DAY
        desk.clock.at = facts.at(facts.monday, 9)

        async def tell() -> None:
            for version in range(1, 15):
                restated = (
                    facts.invoice(number, due, version, open=f"{version}00.00")
                    for number in numbers
                )
                await desk.hear(
                    facts.customer(version=version),
                    *(ledger.InvoiceAmended(**one) for one in restated),
                )

        async def watch() -> None:
            for _ in range(40):
                await desk.look()

        await asyncio.gather(tell(), watch(), watch())
        await desk.look()

        rows = await desk.rows("SELECT DISTINCT version, open_minor FROM items")
        assert [tuple(row) for row in rows] == [(14, 140000)]
        assert await desk.next_due() == facts.at(facts.monday + DAY, 8)


class TestEscalation:
    async def test_is_told_once_and_marks_the_items(self, desk: Any, facts: Any) -> None:
        owner = ledger.Owner(name="Jonas", email="jonas@acme.example")
        await desk.hear(
            facts.customer(account_owner=owner), facts.opened("R1", facts.monday - 36 * DAY)
        )

        await desk.advance(facts.at(facts.monday + 9 * DAY))

        (raised,) = await desk.told("escalation.raised")
        assert (raised["level"], raised["to"]["name"]) == ("account-owner", "Jonas")
        rows = await desk.rows("SELECT owner_told_on FROM items")
        assert rows[0]["owner_told_on"] is not None


class TestCustomersAlone:
    async def test_whose_invoice_comes_before_them_are_unknown_and_left_alone(
        self, desk: Any, facts: Any
    ) -> None:
        await desk.hear(facts.opened("R1", facts.monday - 21 * DAY))

        await desk.advance(facts.at(facts.monday + 9 * DAY))

        assert await desk.told() == []
        assert ("silence", "customer-unknown") in await desk.timeline()

    async def test_whose_record_crashed_here_are_left_alone_until_it_is_released(
        self, desk: Any, facts: Any
    ) -> None:
        await desk.hear(facts.customer(), facts.opened("R1", facts.monday - 21 * DAY))
        async with desk.database.work(desk.clock.now()) as work:
            await desk_parks(desk, work, facts)

        await desk.advance(facts.at(facts.monday + 9 * DAY))

        assert await desk.told("reminder.planned") == []
        assert ("silence", "erp-data-incomplete") in await desk.timeline()

        (parked,) = await desk.told("records.parked")
        await desk.hear_parked(RecordsParked.model_validate(parked))
        assert await desk.next_due() == desk.clock.at


async def desk_parks(desk: Any, work: Any, facts: Any) -> None:
    from scheduler.interfaces.consumers import hearing  # noqa: PLC0415

    await hearing().park(work, desk.record(facts.customer(version=9)), ZeroDivisionError("boom"))
