"""Whoever cannot pay now is left alone for a while; who asks for a person gets one; all silences stand in one list."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from scheduler.domain.task import TASK_RULES, TaskKind
from shared.contracts import disputes, ledger, portal_api, scheduler
from shared.testing.dispute_examples import dispute_examples
from shared.testing.portal_examples import promise_examples, request_examples

DAY = timedelta(days=1)


def told(facts: Any, kind: type, **changes: Any) -> Any:
    examples = request_examples(facts.customer_id, facts.at(facts.monday))
    return next(one for one in examples if type(one) is kind).model_copy(update=changes)


@pytest.fixture
async def owing(desk: Any, facts: Any) -> Any:
    """800.00 of R1, three weeks late."""
    due = facts.monday - 21 * DAY
    await desk.hear(facts.customer(), facts.opened("R1", due, total="800.00", open="800.00"))
    return desk


async def tasks(door: Any, **wanted: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await door.get("/v1/tasks", params=wanted)).json()["items"]
    return items


async def held(door: Any, facts: Any) -> list[dict[str, Any]]:
    answer = await door.get(f"/v1/customers/{facts.customer_id}/holds")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


class TestHardship:
    async def test_is_silence_that_ends_by_itself_and_work_for_a_person(
        self, owing: Any, facts: Any, door: Any
    ) -> None:
        until = facts.at(facts.monday) + 10 * DAY
        await owing.hear(told(facts, portal_api.HardshipRequested, until=until))

        await owing.advance(facts.at(facts.monday))
        assert await owing.told("reminder.planned") == []
        (task,) = await tasks(door, kind="hardship-review")
        assert task["owner_role"] == "collections-manager"
        assert "has not paid us" in task["why"]
        (hold,) = await held(door, facts)
        assert (hold["kind"], hold["owner"]) == ("hardship", "collections-manager")
        assert hold["scope"]["invoice_id"] is None

        await owing.advance(until + 2 * DAY)
        assert len(await owing.told("reminder.planned")) == 1
        assert [rule for rule, _ in await rules(owing)] == ["hold.placed", "hold.ended"]

    async def test_told_twice_is_held_once(self, owing: Any, facts: Any, door: Any) -> None:
        asked = told(facts, portal_api.HardshipRequested)
        await owing.hear(asked, asked)
        await owing.hear(asked)

        assert len(await held(door, facts)) == 1
        assert len(await tasks(door)) == 1
        assert len(await owing.told("hold.placed")) == 1
        assert len(await owing.told("task.raised")) == 1

    async def test_that_staff_ended_is_not_revived_by_an_old_word(
        self, owing: Any, facts: Any, door: Any
    ) -> None:
        asked = told(facts, portal_api.HardshipRequested)
        await owing.hear(asked)
        (hold,) = await held(door, facts)

        path = f"/v1/customers/{facts.customer_id}/holds/{hold['hold_id']}/ends"
        ended = await door.post(path, json={"reason": "a plan was agreed"})
        await owing.hear(asked)

        assert ended.status_code == 201, ended.text
        assert [one["ended_at"] is not None for one in await held(door, facts)] == [True]


class TestOtherRequests:
    async def test_a_call_is_work_due_within_a_day_and_no_silence(
        self, owing: Any, facts: Any, door: Any
    ) -> None:
        await owing.hear(told(facts, portal_api.CallRequested))

        (task,) = await tasks(door)
        assert (task["kind"], "in the afternoon" in task["why"]) == ("call-back", True)
        assert await held(door, facts) == []

    @pytest.mark.parametrize(
        ("score", "kinds"), [(1, ["bad-feedback"]), (2, ["bad-feedback"]), (3, []), (5, [])]
    )
    async def test_only_bad_feedback_is_work(
        self, owing: Any, facts: Any, door: Any, score: int, kinds: list[str]
    ) -> None:
        await owing.hear(told(facts, portal_api.FeedbackGiven, score=score))

        assert [one["kind"] for one in await tasks(door)] == kinds

    async def test_bad_feedback_is_work_though_the_dispute_is_over(
        self, owing: Any, facts: Any, door: Any
    ) -> None:
        given = told(facts, portal_api.FeedbackGiven)
        invoice_id = facts.opened("R1", facts.monday).invoice_id
        closed = next(
            one
            for one in dispute_examples(facts.customer_id, invoice_id)
            if isinstance(one, disputes.DisputeClosed)
        )
        await owing.hear(given, closed.model_copy(update={"dispute_id": given.case_id}))

        assert [one["kind"] for one in await tasks(door)] == ["bad-feedback"]

    def test_every_kind_has_a_rule_and_is_in_the_contract(self) -> None:
        assert set(TASK_RULES) == set(TaskKind)
        assert {one.value for one in TaskKind} == {one.value for one in scheduler.TaskKind}


class TestTheListOfHolds:
    async def test_shows_what_others_told_with_scope_owner_and_end(
        self, owing: Any, facts: Any, door: Any
    ) -> None:
        invoice_id = facts.opened("R1", facts.monday).invoice_id
        made = next(iter(promise_examples(facts.customer_id, invoice_id, facts.at(facts.monday))))
        await owing.hear(made, next(iter(dispute_examples(facts.customer_id, invoice_id))))

        by_kind = {one["kind"]: one for one in await held(door, facts)}
        assert set(by_kind) == {"promise", "dispute"}
        promise = by_kind["promise"]
        assert promise["scope"] == {
            "legal_entity": "DE01", "invoice_id": str(invoice_id), "instalment": None, "amount": "500.00",
            "currency": "EUR",
        }  # fmt: skip
        assert (promise["owner"], promise["until_on"], promise["ended_at"]) == (
            "customer", "2026-05-04", None,
        )  # fmt: skip
        assert by_kind["dispute"]["scope"]["amount"] == "100.00"

    async def test_says_when_what_others_told_has_ended(
        self, owing: Any, facts: Any, door: Any
    ) -> None:
        invoice_id = facts.opened("R1", facts.monday).invoice_id
        told = [*promise_examples(facts.customer_id, invoice_id, facts.at(facts.monday))]
        await owing.hear(next(one for one in told if isinstance(one, portal_api.PromiseMade)))
        await owing.hear(next(one for one in told if isinstance(one, portal_api.PromiseKept)))

        (hold,) = await held(door, facts)
        assert (hold["ended_at"] is not None, hold["placed_at"] < hold["ended_at"]) == (True, True)

    async def test_staff_cannot_end_what_others_told(
        self, owing: Any, facts: Any, door: Any
    ) -> None:
        invoice_id = facts.opened("R1", facts.monday).invoice_id
        made = next(iter(promise_examples(facts.customer_id, invoice_id, facts.at(facts.monday))))
        await owing.hear(made)
        (hold,) = await held(door, facts)
        path = f"/v1/customers/{facts.customer_id}/holds"

        refused = await door.post(f"{path}/{hold['hold_id']}/ends", json={})
        unknown = await door.post(f"{path}/{uuid4()}/ends", json={})

        assert (refused.status_code, refused.json()["code"]) == (409, "hold-of-others")
        assert (unknown.status_code, unknown.json()["code"]) == (404, "hold-unknown")

    async def test_shows_what_the_erp_holds_or_leaves_in_doubt_and_goes_on_page_by_page(
        self, owing: Any, facts: Any, door: Any
    ) -> None:
        path = f"/v1/customers/{facts.customer_id}/holds"
        for kind in ("sales", "legal"):
            placed = await door.post(path, json={"kind": kind, "reason": "a meeting"})
            assert placed.status_code == 201
        doubt = ledger.Doubt(code="conflict", since=facts.at(facts.monday), record="R9")
        asked = ledger.CustomerHold(reason="their request", until=facts.monday + 5 * DAY)
        known = facts.customer()
        changes = {"version": known.version + 1, "doubts": (doubt,), "holds": (asked,)}
        await owing.hear(known.model_copy(update=changes))

        whole = await held(door, facts)
        assert sorted(one["kind"] for one in whole) == ["doubt", "erp", "legal", "sales"]
        pages, cursor = [], None
        while cursor is not None or not pages:
            page = (
                await door.get(path, params={"limit": 1} | ({"cursor": cursor} if cursor else {}))
            ).json()
            pages += page["items"]
            cursor = page["next"]
        assert pages == whole


async def rules(desk: Any) -> list[tuple[str, str]]:
    """Of the lines about holds: rule and reason."""
    async with desk.database.look() as connection:
        rows = await connection.fetch(
            "SELECT rule, reason FROM decisions WHERE kind = 'hold' ORDER BY at, decision_id"
        )
    return [(row["rule"], row["reason"]) for row in rows]
