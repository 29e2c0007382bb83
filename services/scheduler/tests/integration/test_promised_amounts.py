"""Amounts that are promised are not asked for until the promise has ended, on a real database."""

from datetime import timedelta
from typing import Any

import pytest

from shared.contracts import portal_api
from shared.testing.portal_examples import promise_examples

DAY = timedelta(days=1)


def promise(
    facts: Any, kind: type[portal_api.PromiseEvent], amount: str
) -> portal_api.PromiseEvent:
    """So much of R1; nothing is held once it has ended."""
    invoice_id = facts.opened("R1", facts.monday).invoice_id
    told = next(
        one
        for one in promise_examples(facts.customer_id, invoice_id, facts.at(facts.monday))
        if isinstance(one, kind)
    )
    held = amount if told.state is portal_api.PromiseState.OPEN else "0.00"
    (item,) = told.items
    item = item.model_copy(update={"amount": amount, "held": held})
    return told.model_copy(update={"items": (item,)})


@pytest.fixture
async def owing(desk: Any, facts: Any) -> Any:
    """800.00 of R1, three weeks late."""
    due = facts.monday - 21 * DAY
    await desk.hear(facts.customer(), facts.opened("R1", due, total="800.00", open="800.00"))
    return desk


async def asked(desk: Any) -> list[tuple[str, int]]:
    """What each reminder asks for of its only item, and its step."""
    told = await desk.told("reminder.planned")
    return [(one["items"][0]["open"], one["items"][0]["step"]["number"]) for one in told]


class TestPromise:
    async def test_of_a_part_leaves_the_rest_to_be_asked_for(self, owing: Any, facts: Any) -> None:
        await owing.hear(promise(facts, portal_api.PromiseMade, "500.00"))

        await owing.advance(facts.at(facts.monday))

        assert await asked(owing) == [("300.00", 2)]
        assert ("hold", "promised by 2026-04-30: open") in await owing.timeline()

    async def test_of_all_is_silence_and_broken_resumes_at_the_item_s_own_step(
        self, owing: Any, facts: Any
    ) -> None:
        await owing.hear(promise(facts, portal_api.PromiseMade, "800.00"))
        await owing.advance(facts.at(facts.monday))
        assert await asked(owing) == []

        await owing.hear(promise(facts, portal_api.PromiseBroken, "800.00"))
        await owing.advance(facts.at(facts.monday + DAY))
        assert await asked(owing) == [("800.00", 2)]

    async def test_that_ended_is_not_revived_by_an_older_word(self, owing: Any, facts: Any) -> None:
        await owing.hear(promise(facts, portal_api.PromiseBroken, "800.00"))
        await owing.hear(promise(facts, portal_api.PromiseMade, "800.00"))

        await owing.advance(facts.at(facts.monday))
        assert await asked(owing) == [("800.00", 2)]
