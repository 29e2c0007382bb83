"""Tasks: raised by escalations and by clocks of disputes, ended by a person or by themselves, once."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from scheduler.interfaces.consumers import OwnDecisions
from shared.contracts import disputes, ledger, portal_api
from shared.contracts.erp import ReturnReason
from shared.contracts.scheduler import TaskEnded, TaskRaised
from shared.testing.dispute_examples import dispute_examples
from shared.testing.examples import our_examples

DAY = timedelta(days=1)
INVOICE = UUID(int=5)


def word(facts: Any, kind: type[disputes.DisputeEvent], **more: Any) -> disputes.DisputeEvent:
    found = next(one for one in dispute_examples(facts.customer_id, INVOICE) if type(one) is kind)
    return found.model_copy(update=more)


def warned(facts: Any, per_cent: int, clock: str = "resolution") -> disputes.ClockWarned:
    some = next(
        one
        for one in dispute_examples(facts.customer_id, INVOICE)
        if isinstance(one, disputes.ClockWarned)
    )
    kind = disputes.ClockKind(clock)
    more = {"clock": kind, "per_cent": per_cent, "version": 100 + per_cent + 1000 * len(clock)}
    return some.model_copy(update=more)


async def listed(door: Any, **sought: Any) -> list[dict[str, Any]]:
    answer = await door.get("/v1/tasks", params=sought)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


@pytest.fixture
async def escalated(desk: Any, facts: Any) -> Any:
    """Somebody was told of an invoice long overdue."""
    owner = ledger.Owner(name="Jonas", email="jonas@acme.example")
    await desk.hear(
        facts.customer(account_owner=owner), facts.opened("R1", facts.monday - 36 * DAY)
    )
    await desk.advance(facts.at(facts.monday + 9 * DAY))
    return desk


class TestEscalations:
    async def test_are_work_for_whoever_was_told(self, escalated: Any, door: Any) -> None:
        (raised,) = await escalated.told("escalation.raised")
        (task,) = await listed(door)

        assert (task["kind"], task["about"]) == ("escalation", raised["escalation_id"])
        assert (task["owner_role"], task["owner"]) == ("account-owner", "Jonas")
        due, at = (datetime.fromisoformat(task[one]) for one in ("due_at", "raised_at"))
        assert due - at == timedelta(days=2)
        (told,) = await escalated.told("task.raised")
        assert told["task_id"] == task["task_id"]

    async def test_end_by_themselves_once_nothing_is_overdue(
        self, escalated: Any, facts: Any, door: Any
    ) -> None:
        await escalated.hear(facts.paid("R1", facts.monday - 36 * DAY, facts.monday + 9 * DAY))
        await escalated.advance(facts.at(facts.monday + 10 * DAY))

        assert await listed(door) == []
        (told,) = await escalated.told("task.ended")
        assert (told["outcome"], told["note"]) == ("moot", "nothing is overdue any more")

    async def test_stay_while_something_is_overdue(
        self, escalated: Any, facts: Any, door: Any
    ) -> None:
        await escalated.hear(facts.opened("R2", facts.monday - 2 * DAY))
        await escalated.hear(facts.paid("R1", facts.monday - 36 * DAY, facts.monday + 9 * DAY))
        await escalated.advance(facts.at(facts.monday + 10 * DAY))

        assert len(await listed(door)) == 1

    async def test_end_once_with_what_came_of_it(self, escalated: Any, door: Any) -> None:
        (task,) = await listed(door)
        path, said = f"/v1/tasks/{task['task_id']}", {"note": "they pay on Friday"}

        first = await door.post(f"{path}/outcomes", json=said)
        second = await door.post(f"{path}/outcomes", json=said)

        assert (first.status_code, first.json()["outcome"], first.json()["ended_by"]) == (
            201, "done", "sam",
        )  # fmt: skip
        assert (second.status_code, second.json()["code"]) == (409, "task-over")
        assert (await door.get(path)).json() == first.json()
        assert await listed(door) == []
        assert await listed(door, state="ended") == [first.json()]
        assert len(await escalated.told("task.ended")) == 1
        assert ("task", "they pay on Friday") in await escalated.timeline()

    async def test_are_known_again_in_a_database_that_lost_them(
        self, escalated: Any, door: Any
    ) -> None:
        (task,) = await listed(door)
        await door.post(f"/v1/tasks/{task['task_id']}/outcomes", json={"note": "called"})
        (ended,) = await listed(door, state="ended")
        facts = [
            kind.model_validate({name: told[name] for name in kind.model_fields if name in told})
            for kind in (TaskRaised, TaskEnded)
            for told in await escalated.told(kind.TYPE)
        ]
        async with escalated.database.work(escalated.clock.now()) as work:
            await work.connection.execute("DELETE FROM tasks")

        for _ in range(2):
            async with escalated.database.work(escalated.clock.now()) as work:
                await OwnDecisions().take(work, [escalated.record(one) for one in facts])

        assert await listed(door, state="ended") == [ended]
        assert await listed(door) == []


class TestClocks:
    async def test_are_work_from_eighty_per_cent(self, desk: Any, facts: Any, door: Any) -> None:
        await desk.hear(warned(facts, 50))
        assert await listed(door) == []

        await desk.hear(warned(facts, 80), warned(facts, 80))

        (task,) = await listed(door, kind="dispute-decision", customer_id=facts.customer_id)
        assert (task["owner_role"], "80 per cent" in task["why"]) == ("logistics", True)
        assert [one.get("outcome") for one in await desk.told("task.")] == [None]

    async def test_the_more_urgent_task_takes_the_place_of_the_first(
        self, desk: Any, facts: Any, door: Any
    ) -> None:
        await desk.hear(warned(facts, 80))
        await desk.hear(warned(facts, 100), warned(facts, 80, "first-answer"))

        tasks = {one["kind"]: one["why"][:3] for one in await listed(door)}
        assert tasks == {"dispute-decision": "100", "dispute-answer": "80 "}
        (moot,) = await listed(door, state="ended")
        assert (moot["outcome"], moot["ended_by"], moot["why"][:3]) == ("moot", "", "80 ")

    async def test_an_answer_ends_the_wait_for_one_and_no_more(
        self, desk: Any, facts: Any, door: Any
    ) -> None:
        await desk.hear(warned(facts, 80), warned(facts, 80, "first-answer"))

        await desk.hear(word(facts, disputes.DisputeDeferred, by=disputes.Actor.STAFF))

        assert [one["kind"] for one in await listed(door)] == ["dispute-decision"]

    async def test_the_end_of_a_dispute_ends_what_was_to_be_done_about_it(
        self, desk: Any, facts: Any, door: Any
    ) -> None:
        await desk.hear(warned(facts, 80), warned(facts, 100, "first-answer"))

        resolved = word(facts, disputes.DisputeResolved)
        await desk.hear(resolved)
        await desk.hear(resolved)

        assert await listed(door) == []
        assert len(await desk.told("task.ended")) == 2

    async def test_what_a_person_has_ended_is_not_ended_again(
        self, desk: Any, facts: Any, door: Any
    ) -> None:
        await desk.hear(warned(facts, 80))
        (task,) = await listed(door)
        await door.post(f"/v1/tasks/{task['task_id']}/outcomes", json={"note": "decided"})

        await desk.hear(word(facts, disputes.DisputeResolved), warned(facts, 80))

        (ended,) = await listed(door, state="ended")
        assert (ended["outcome"], ended["note"]) == ("done", "decided")
        assert [one.get("outcome") for one in await desk.told("task.")] == [None, "done"]


class TestApprovals:
    async def test_wait_for_a_second_person_who_has_done_it_with_their_answer(
        self, desk: Any, facts: Any, door: Any
    ) -> None:
        proposed = word(facts, disputes.OutcomeProposed)
        await desk.hear(proposed, proposed)
        (task,) = await listed(door, kind="dispute-approval")
        assert (task["owner_role"], task["about"]) == (
            "collections-manager", str(proposed.dispute_id),
        )  # fmt: skip

        more = {"approved_by": "bob", "version": proposed.version + 1}
        await desk.hear(word(facts, disputes.DisputeResolved, **more))
        await desk.hear(proposed)

        assert await listed(door) == []
        (ended,) = await listed(door, state="ended")
        assert (ended["outcome"], ended["ended_by"], ended["note"]) == ("done", "bob", "approved")
        assert [one.get("outcome") for one in await desk.told("task.")] == [None, "done"]

    async def test_of_a_proposal_that_another_replaced_are_moot(
        self, desk: Any, facts: Any, door: Any
    ) -> None:
        proposed = word(facts, disputes.OutcomeProposed)
        await desk.hear(proposed)
        await desk.hear(proposed.model_copy(update={"version": proposed.version + 1}))

        (moot,) = await listed(door, state="ended")
        assert (moot["outcome"], moot["note"]) == ("moot", "another was proposed")
        assert len(await listed(door, kind="dispute-approval")) == 1


class TestTheList:
    async def test_goes_on_page_by_page(self, desk: Any, facts: Any, door: Any) -> None:
        await desk.hear(warned(facts, 80), warned(facts, 80, "first-answer"))
        whole = await listed(door)

        first = (await door.get("/v1/tasks", params={"limit": 1})).json()
        second = (await door.get("/v1/tasks", params={"limit": 1, "cursor": first["next"]})).json()

        assert first["items"] + second["items"] == whole

    async def test_shows_only_what_is_asked_for(self, desk: Any, facts: Any, door: Any) -> None:
        await desk.hear(warned(facts, 80))

        assert len(await listed(door, owner_role="logistics")) == 1
        assert await listed(door, owner_role="sales") == []
        assert await listed(door, kind="escalation") == []
        assert await listed(door, customer_id=uuid4()) == []

    async def test_of_an_unknown_task_is_a_named_refusal(self, door: Any) -> None:
        answers = [
            await door.get(f"/v1/tasks/{uuid4()}"),
            await door.post(f"/v1/tasks/{uuid4()}/outcomes", json={"note": "x"}),
        ]

        assert [(one.status_code, one.json()["code"]) for one in answers] == [
            (404, "task-unknown")
        ] * 2

    @pytest.mark.parametrize("wrong", [{"outcome": "moot", "note": "x"}, {}, {"note": ""}])
    async def test_of_an_outcome_that_nobody_may_give_is_refused(
        self, wrong: Any, door: Any
    ) -> None:
        answer = await door.post(f"/v1/tasks/{uuid4()}/outcomes", json=wrong)

        assert answer.status_code == 422


def portal_payment(facts: Any, kind: type[portal_api.PaymentEvent], **more: Any) -> Any:
    """About an invoice of the example's; declined as often as one likes."""
    found = next(one for one in our_examples() if isinstance(one, kind))
    items = (found.items[0].model_copy(update={"invoice_id": INVOICE}),)
    return found.model_copy(update={"customer_id": facts.customer_id, "items": items} | more)


class TestDeclinedPayments:
    async def test_are_work_once_however_often_they_are_declined(
        self, desk: Any, facts: Any, door: Any
    ) -> None:
        declined = portal_payment(facts, portal_api.PaymentDeclined)
        await desk.hear(declined, declined)
        await desk.hear(portal_payment(facts, portal_api.PaymentDeclined, version=4))

        (task,) = await listed(door)
        assert (task["kind"], task["owner_role"]) == ("payment-declined", "collector")
        assert task["why"] == "900.00 EUR declined: insufficient_funds, try-again"
        assert len(await desk.told("task.raised")) == 1

    async def test_end_when_the_money_comes_after_all(
        self, desk: Any, facts: Any, door: Any
    ) -> None:
        await desk.hear(portal_payment(facts, portal_api.PaymentDeclined))
        other = UUID(int=77)
        await desk.hear(portal_payment(facts, portal_api.PaymentConfirmed, payment_id=other))

        assert await listed(door) == []
        (ended,) = await desk.told("task.ended")
        assert (ended["outcome"], ended["note"]) == ("moot", "paid at the portal")

    async def test_end_when_the_invoice_is_settled_otherwise(
        self, desk: Any, facts: Any, door: Any
    ) -> None:
        opened = facts.opened("R1", facts.monday)
        items = (
            portal_payment(facts, portal_api.PaymentDeclined)
            .items[0]
            .model_copy(update={"invoice_id": opened.invoice_id}),
        )
        await desk.hear(opened, portal_payment(facts, portal_api.PaymentDeclined, items=items))
        assert len(await listed(door)) == 1

        await desk.hear(facts.paid("R1", facts.monday, facts.monday))

        assert await listed(door) == []


class TestChargebacks:
    async def test_are_work_for_the_manager_once_however_often_they_are_told(
        self, desk: Any, facts: Any, door: Any
    ) -> None:
        back = portal_payment(facts, portal_api.PaymentReturned)
        await desk.hear(back, back)
        await desk.hear(portal_payment(facts, portal_api.PaymentReturned, version=7))

        (task,) = await listed(door)
        assert (task["kind"], task["owner_role"]) == ("chargeback", "collections-manager")
        assert task["why"] == "900.00 EUR charged back: fraudulent"

    async def test_end_when_they_are_won_and_not_by_another_payment(
        self, desk: Any, facts: Any, door: Any
    ) -> None:
        await desk.hear(portal_payment(facts, portal_api.PaymentReturned))
        await desk.hear(portal_payment(facts, portal_api.PaymentConfirmed, payment_id=UUID(int=77)))
        assert len(await listed(door)) == 1
        await desk.hear(portal_payment(facts, portal_api.PaymentRestored))

        assert await listed(door) == []
        (ended,) = await desk.told("task.ended")
        assert (ended["outcome"], ended["note"]) == ("moot", "won")

    async def test_stay_while_some_of_it_is_away(self, desk: Any, facts: Any, door: Any) -> None:
        back = portal_payment(facts, portal_api.PaymentReturned)
        won = portal_payment(
            facts, portal_api.PaymentRestored, version=back.version + 1, returned="200.00"
        )
        await desk.hear(back, won)

        assert [one["kind"] for one in await listed(door)] == ["chargeback"]

    async def test_contested_once_more_are_work_once_more(
        self, desk: Any, facts: Any, door: Any
    ) -> None:
        back = portal_payment(facts, portal_api.PaymentReturned)
        again = portal_payment(
            facts, portal_api.PaymentReturned, version=back.version + 2, returned="300.00"
        )
        await desk.hear(back, portal_payment(facts, portal_api.PaymentRestored))
        await desk.hear(again, back, again)

        (task,) = await listed(door)
        assert task["why"] == "300.00 EUR charged back: fraudulent"

    async def test_are_not_what_we_or_a_bank_gave_back(
        self, desk: Any, facts: Any, door: Any
    ) -> None:
        for reason in (ReturnReason.REFUND, ReturnReason.BANK_RETURN):
            await desk.hear(portal_payment(facts, portal_api.PaymentReturned, return_reason=reason))

        assert await listed(door) == []
