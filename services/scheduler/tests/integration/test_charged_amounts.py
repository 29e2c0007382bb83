"""What autopay will charge is not asked for beside it, before it is due or after, on a real database."""

from datetime import date, timedelta
from typing import Any

import pytest

from shared.contracts import portal_api
from shared.testing.charge_examples import charge_examples

DAY = timedelta(days=1)
EVENING = 20
C = portal_api


def charge(
    facts: Any, kind: type[portal_api.ChargeEvent], amount: str, **changes: Any
) -> portal_api.ChargeEvent:
    """So much of R1 and R1 alone."""
    invoice_id = facts.opened("R1", facts.monday).invoice_id
    told = next(
        one
        for one in charge_examples(facts.customer_id, invoice_id, facts.at(facts.monday))
        if isinstance(one, kind)
    )
    held = amount if told.until else "0.00"
    (item,) = told.items
    item = item.model_copy(update={"amount": amount, "held": held})
    return told.model_copy(update={"items": (item,), **changes})


@pytest.fixture
async def owing(desk: Any, facts: Any) -> Any:
    """800.00 of R1, three weeks late, heard of on Monday before anybody speaks."""
    await desk.advance(facts.at(facts.monday))
    due = facts.monday - 21 * DAY
    await desk.hear(facts.customer(), facts.opened("R1", due, total="800.00", open="800.00"))
    return desk


async def asked(desk: Any) -> list[tuple[str, str]]:
    """What each reminder asks for of its only item, and on which day."""
    told = await desk.told("reminder.planned")
    return [(one["items"][0]["open"], one["contact_day"]) for one in told]


def on(day: date, amount: str = "800.00") -> list[tuple[str, str]]:
    return [(amount, day.isoformat())]


class TestAwaited:
    async def test_is_not_asked_for_and_the_rest_is(self, owing: Any, facts: Any) -> None:
        await owing.hear(charge(facts, C.ChargeAwaited, "500.00"))

        await owing.advance(facts.at(facts.monday, EVENING))

        assert await asked(owing) == on(facts.monday, "300.00")

    async def test_of_all_is_silence_that_ends_after_its_last_day_without_another_word(
        self, owing: Any, facts: Any
    ) -> None:
        last = facts.monday + 2 * DAY
        await owing.hear(charge(facts, C.ChargeAwaited, "800.00", until=last))

        await owing.advance(facts.at(last, EVENING))
        assert await asked(owing) == []
        await owing.advance(facts.at(last + 9 * DAY))
        assert await asked(owing) == on(last + DAY)

    async def test_takes_back_a_reminder_on_its_way(self, owing: Any, facts: Any) -> None:
        await owing.advance(facts.at(facts.monday, EVENING))
        assert await asked(owing) == on(facts.monday)

        await owing.hear(charge(facts, C.ChargeAwaited, "800.00"))
        await owing.look()

        (withdrawn,) = await owing.told("reminder.withdrawn")
        assert withdrawn["reason"] == "invoice-held"

    async def test_is_not_spoken_of_before_it_is_due(self, desk: Any, facts: Any) -> None:
        """What falls due in days would have a courtesy before."""
        due = facts.monday + 10 * DAY
        await desk.hear(facts.customer(), facts.opened("R1", due, total="800.00", open="800.00"))
        await desk.hear(charge(facts, C.ChargeAwaited, "800.00", until=due + 3 * DAY))
        await desk.advance(facts.at(due))

        assert await asked(desk) == []

    async def test_dropped_or_failed_is_asked_for_again(self, owing: Any, facts: Any) -> None:
        await owing.hear(charge(facts, C.ChargeAwaited, "800.00"))
        await owing.advance(facts.at(facts.monday, EVENING))
        assert await asked(owing) == []

        await owing.hear(charge(facts, C.ChargeFailed, "800.00"))
        await owing.advance(facts.at(facts.monday + DAY, EVENING))
        assert await asked(owing) == on(facts.monday + DAY)

    async def test_paid_is_not_asked_for_before_the_books_have_had_a_day(
        self, owing: Any, facts: Any
    ) -> None:
        await owing.hear(charge(facts, C.ChargePaid, "800.00", until=facts.monday))
        await owing.advance(facts.at(facts.monday, EVENING))
        assert await asked(owing) == []

        await owing.advance(facts.at(facts.monday + DAY, EVENING))
        assert await asked(owing) == on(facts.monday + DAY)

    async def test_that_was_dropped_is_not_revived_by_an_older_word(
        self, owing: Any, facts: Any
    ) -> None:
        await owing.hear(charge(facts, C.ChargeDropped, "800.00"))
        await owing.hear(charge(facts, C.ChargeAwaited, "800.00"))

        await owing.advance(facts.at(facts.monday, EVENING))
        assert await asked(owing) == on(facts.monday)


class TestTheTimeline:
    async def test_tells_each_step_once(self, owing: Any, facts: Any) -> None:
        for kind in (C.ChargeAwaited, C.ChargeAwaited, C.ChargePostponed, C.ChargeFailed):
            await owing.hear(charge(facts, kind, "800.00"))

        rows = await owing.rows(
            "SELECT rule, facts ->> 'kind' AS kind, facts ->> 'amount' AS amount FROM decisions "
            "WHERE rule LIKE 'hold.%' ORDER BY decision_id"
        )
        assert [tuple(row) for row in rows] == [
            ("hold.placed", "autopay", "800.00"),
            ("hold.changed", "autopay", "800.00"),
            ("hold.ended", "autopay", "0.00"),
        ]


class TestTheList:
    async def test_shows_the_hold_with_its_last_day_and_no_charge_that_never_held(
        self, owing: Any, facts: Any, door: Any
    ) -> None:
        path = f"/v1/customers/{facts.customer_id}/holds"
        await owing.hear(charge(facts, C.ChargeDropped, "800.00"))
        assert (await door.get(path)).json()["items"] == []

        last = facts.monday + 2 * DAY
        await owing.hear(charge(facts, C.ChargePaid, "800.00", until=last))
        (hold,) = (await door.get(path)).json()["items"]
        assert (hold["kind"], hold["owner"], hold["until_on"]) == (
            "autopay",
            "customer",
            last.isoformat(),
        )
        assert hold["scope"]["amount"] == "800.00"
