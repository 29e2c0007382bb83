"""Instalments from the ledger's facts to reminders, outcomes and escalations, on a real database."""

from datetime import timedelta
from itertools import permutations
from typing import Any

from scheduler.interfaces.consumers import OwnDecisions
from shared.base.ids import object_id
from shared.contracts import ledger
from shared.messaging.cloudevents import Record

DAY = timedelta(days=1)


def listed(planned: dict[str, Any]) -> list[tuple[str, int | None, str]]:
    return [(one["invoice_number"], one.get("instalment"), one["open"]) for one in planned["items"]]


class TestReminders:
    async def test_list_the_instalments_that_are_due_each_with_its_own_step(
        self, desk: Any, facts: Any
    ) -> None:
        parts = {
            1: (facts.monday - 40 * DAY, "400.00"),
            2: (facts.monday - 21 * DAY, "150.00"),
            3: (facts.monday + 90 * DAY, "400.00"),
            4: (None, "400.00"),
        }
        await desk.hear(facts.customer(), facts.in_parts("R1", 1, parts))
        await desk.hear(facts.opened("R2", facts.monday - 21 * DAY))

        await desk.advance(facts.at(facts.monday))

        (planned,) = await desk.told("reminder.planned")
        assert listed(planned) == [
            ("R1", 1, "400.00"),
            ("R1", 2, "150.00"),
            ("R2", None, "100.00"),
        ]
        assert [one["step"]["number"] for one in planned["items"]] == [3, 2, 2]
        assert planned["headers"]["ce_origintraces"] == facts.trace

    async def test_remember_what_was_told_by_number_through_amendments(
        self, desk: Any, facts: Any
    ) -> None:
        due = facts.monday - 21 * DAY
        await desk.hear(facts.customer(), facts.opened("R1", due, total="800.00", open="800.00"))
        await desk.advance(facts.at(facts.monday))
        (planned,) = await desk.told("reminder.planned")

        split = facts.in_parts("R1", 2, {1: (due, "400.00"), 2: (due + DAY, "400.00")})
        await desk.hear(split, facts.outcome(planned))
        swapped = facts.in_parts("R1", 3, {2: (due, "400.00"), 3: (due, "400.00")})
        await desk.hear(swapped)
        await desk.hear(facts.in_parts("R1", 4, {1: (due, "400.00"), 3: (due, "400.00")}))

        rows = await desk.rows(
            "SELECT instalment, instalments, open_minor, told_step FROM items ORDER BY instalment"
        )
        assert [tuple(row) for row in rows] == [
            (1, 2, 400_00, 1),
            (2, 2, 0, -100),
            (3, 2, 400_00, -100),
        ]

    async def test_are_withdrawn_when_all_that_they_list_is_paid_or_loses_its_date(
        self, desk: Any, facts: Any
    ) -> None:
        due, later = facts.monday - 21 * DAY, facts.monday + 60 * DAY
        await desk.hear(
            facts.customer(), facts.in_parts("R1", 1, {1: (due, "400.00"), 2: (later, "400.00")})
        )
        await desk.advance(facts.at(facts.monday))

        await desk.hear(facts.in_parts("R1", 2, {1: (due, "0.00"), 2: (later, "400.00")}))
        await desk.look()

        (withdrawn,) = await desk.told("reminder.withdrawn")
        assert withdrawn["reason"] == "settled"

    async def test_offer_the_discount_that_can_still_be_had(self, desk: Any, facts: Any) -> None:
        tier = ledger.Discount(until=facts.monday + DAY, amount="16.00", pays="784.00")
        soon = {1: (facts.monday + 4 * DAY, "400.00"), 2: (facts.monday + 60 * DAY, "400.00")}
        await desk.hear(facts.customer(), facts.in_parts("R1", 1, soon, discounts=(tier,)))

        await desk.advance(facts.at(facts.monday + 2 * DAY))

        (planned,) = await desk.told("reminder.planned")
        assert [one["discount"] for one in planned["items"]] == [
            {"until": "2026-03-03", "pays": "784.00"}
        ]

    async def test_never_list_a_discount_that_was_rightly_taken(
        self, desk: Any, facts: Any
    ) -> None:
        due = facts.monday - 21 * DAY
        held = ledger.InvoiceHold(reason="discount-taken", amount="20.00")
        whole = facts.opened("R1", due, open="20.00", holds=(held,))
        part = facts.opened("R2", due, open="70.00", holds=(held,))

        await desk.hear(facts.customer(), whole, part)
        await desk.advance(facts.at(facts.monday))

        (planned,) = await desk.told("reminder.planned")
        assert listed(planned) == [("R2", None, "50.00")]
        assert ("silence", "invoice-held") in await desk.timeline()


class TestEscalations:
    async def test_of_two_instalments_of_one_invoice_are_two_and_each_is_marked(
        self, desk: Any, facts: Any
    ) -> None:
        parts = {
            1: (facts.monday - 36 * DAY, "400.00"),
            2: (facts.monday - 2 * DAY, "400.00"),
        }
        await desk.hear(facts.customer(), facts.in_parts("R1", 1, parts))

        await desk.advance(facts.at(facts.monday + DAY))
        rows = await desk.rows("SELECT instalment FROM items WHERE owner_told_on IS NOT NULL")
        assert [row["instalment"] for row in rows] == [1]

        await desk.advance(facts.at(facts.monday + 40 * DAY))
        raised = [
            one for one in await desk.told("escalation.raised") if one["level"] == "account-owner"
        ]
        assert [[item["instalment"] for item in one["items"]] for one in raised] == [[1], [1, 2]]
        assert len({one["escalation_id"] for one in raised}) == 2

    async def test_and_reminders_are_learned_again_by_instalment_from_our_own_topic(
        self, desk: Any, facts: Any
    ) -> None:
        parts = {
            1: (facts.monday - 36 * DAY, "400.00"),
            2: (facts.monday - 21 * DAY, "400.00"),
        }
        await desk.hear(facts.customer(), facts.in_parts("R1", 1, parts))
        await desk.advance(facts.at(facts.monday))
        queries = (
            "SELECT invoice_id, instalment, owner_told_on FROM items ORDER BY 1, 2",
            "SELECT reminder_id, invoice_ids, instalments FROM reminders",
        )
        before = [await desk.rows(query) for query in queries]
        assert before[1][0]["instalments"] == [1, 2]

        told = await own_records(desk)
        async with desk.database.work(desk.clock.now()) as work:
            await work.connection.execute("DELETE FROM items; DELETE FROM reminders")
            await OwnDecisions().take(work, told)
            await OwnDecisions().take(work, told)
        await desk.hear(facts.in_parts("R1", 1, parts))

        assert [await desk.rows(query) for query in queries] == before


async def own_records(desk: Any) -> list[Any]:
    """What we told, as it is read from the topic."""
    rows = await desk.rows(
        "SELECT key, headers::jsonb AS headers, payload FROM outbox ORDER BY seq"
    )
    return [
        Record(
            "scheduler.events.v1",
            0,
            place,
            row["key"],
            {name.removeprefix("ce_"): value for name, value in row["headers"].items()},
            row["payload"],
        )
        for place, row in enumerate(rows)
    ]


class TestTheProjection:
    async def test_is_the_same_whatever_the_order_of_the_facts_and_however_often_they_come(
        self, desk: Any, facts: Any
    ) -> None:
        january, june = facts.monday - 40 * DAY, facts.monday + 90 * DAY
        versions = [
            {1: (january, "400.00"), 2: (june, "400.00"), 3: (None, "400.00")},
            {1: (january, "0.00"), 2: (june, "400.00"), 3: (None, "400.00")},
            {2: (january, "50.00"), 4: (june, "400.00")},
            {2: (january, "50.00"), 3: (june, "400.00"), 5: (None, "400.00")},
        ]
        orders = list(permutations(range(len(versions))))
        for place, order in enumerate(orders):
            told = [facts.in_parts(f"R{place}", at + 1, versions[at]) for at in order]
            await desk.hear(*told[:2])
            await desk.hear(*told[2:], *told)

        seen: dict[Any, set[Any]] = {}
        for row in await desk.rows("SELECT * FROM items WHERE open_minor > 0"):
            what = row["instalment"], row["instalments"], row["due_on"], row["open_minor"]
            seen.setdefault(row["invoice_id"], set()).add((*what, row["version"]))

        wanted = {(2, 3, january, 50_00, 4), (3, 3, june, 400_00, 4), (5, 3, None, 400_00, 4)}
        assert seen == {
            object_id(facts.source, "invoice", f"R{place}"): wanted for place in range(len(orders))
        }
