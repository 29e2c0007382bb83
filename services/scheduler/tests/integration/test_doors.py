"""The scheduler's doors: timeline, next look, policies, holds."""

from typing import Any
from uuid import uuid4

import httpx


class TestTimeline:
    async def test_tells_what_was_decided_and_on_which_facts(
        self, desk: Any, facts: Any, door: httpx.AsyncClient
    ) -> None:
        await desk.hear(facts.customer(), facts.opened("R1", facts.monday.replace(month=2, day=9)))
        await desk.advance(facts.at(facts.monday))

        answer = await door.get(f"/v1/customers/{facts.customer_id}/timeline")

        (line,) = [one for one in answer.json()["items"] if one["kind"] == "reminder"]
        assert (line["step"], line["reason"], line["rule"]) == (1, "overdue", "ladder.step-rose")
        assert (line["policy"], line["policy_version"]) == ("standard", 1)
        assert line["facts"]["items"][0]["amount"] == "100.00"

    async def test_goes_on_page_by_page(
        self, desk: Any, facts: Any, door: httpx.AsyncClient
    ) -> None:
        await desk.hear(facts.customer(), facts.opened("R1", facts.monday.replace(month=2, day=9)))
        await desk.advance(facts.at(facts.monday))
        path = f"/v1/customers/{facts.customer_id}/timeline"
        whole = (await door.get(path)).json()["items"]

        first = (await door.get(path, params={"limit": 1})).json()
        second = (await door.get(path, params={"limit": 1, "cursor": first["next"]})).json()

        assert [first["items"][0], second["items"][0]] == whole[:2]

    async def test_of_a_stranger_is_refused(self, door: httpx.AsyncClient) -> None:
        answer = await door.get(f"/v1/customers/{uuid4()}/timeline")

        assert (answer.status_code, answer.json()["code"]) == (404, "customer-unknown")


class TestNextLook:
    async def test_says_when_why_and_in_which_segment(
        self, desk: Any, facts: Any, door: httpx.AsyncClient
    ) -> None:
        await desk.hear(facts.customer(), facts.opened("R1", facts.monday.replace(day=27)))
        await desk.look()

        answer = await door.get(f"/v1/customers/{facts.customer_id}/next-look")

        assert answer.json()["at"] == "2026-03-23T08:00:00Z"
        assert answer.json()["why"] == "R1 comes to its next step"
        assert answer.json()["segment"] == "standard"


class TestPolicies:
    async def test_shows_every_ladder(self, door: httpx.AsyncClient) -> None:
        items = (await door.get("/v1/policies")).json()["items"]

        assert [one["policy"] for one in items] == ["high-touch", "standard", "white-glove"]
        assert items[1]["steps"][1] == {
            "step": 1,
            "name": "Friendly reminder",
            "day": 3,
            "tone": "friendly",
            "channels": ["email", "sms"],
        }
        assert items[1]["budget"]["gap_days"] == 15
        assert items[1]["hours"]["opens"] == "09:00:00"


class TestHolds:
    async def test_a_hold_silences_and_withdraws_until_it_is_ended(
        self, desk: Any, facts: Any, door: httpx.AsyncClient
    ) -> None:
        await desk.hear(facts.customer(), facts.opened("R1", facts.monday.replace(month=2, day=9)))
        await desk.advance(facts.at(facts.monday))
        path = f"/v1/customers/{facts.customer_id}/holds"

        placed = await door.post(path, json={"reason": "sales asked"})
        await desk.look()

        assert placed.status_code == 201
        hold = placed.json()
        assert (hold["kind"], hold["owner"], hold["ended_at"]) == ("manual", "sam", None)
        assert hold["scope"] == {"legal_entity": None, "invoice_id": None}
        assert [one["reason"] for one in await desk.told("reminder.withdrawn")] == ["manual-hold"]
        assert ("silence", "manual-hold") in await desk.timeline()

        ended = await door.post(f"{path}/{hold['hold_id']}/ends", json={"reason": "agreed"})
        again = await door.post(f"{path}/{hold['hold_id']}/ends")

        assert ended.json()["ended_at"] is not None
        assert (again.status_code, again.json()["code"]) == (409, "hold-already-ended")
        assert [one["headers"]["ce_type"] for one in await desk.told("hold.")] == [
            "scheduler.hold.placed.v1",
            "scheduler.hold.ended.v1",
        ]
        assert [one["hold_id"] for one in (await door.get(path)).json()["items"]] == [
            hold["hold_id"]
        ]

    async def test_a_hold_with_an_end_ends_by_itself(
        self, desk: Any, facts: Any, door: httpx.AsyncClient
    ) -> None:
        await desk.hear(facts.customer())
        until = "2026-03-01T12:00:00+01:00"
        await door.post(
            f"/v1/customers/{facts.customer_id}/holds", json={"reason": "holiday", "until": until}
        )

        await desk.advance(facts.at(facts.monday))

        (ended,) = await desk.told("hold.ended")
        assert ended["ended_at"] == "2026-03-01T11:00:00Z"
        assert ("hold", "holiday") in await desk.timeline()

    async def test_a_hold_that_would_end_before_it_begins_is_refused(
        self, desk: Any, facts: Any, door: httpx.AsyncClient
    ) -> None:
        await desk.hear(facts.customer())

        answer = await door.post(
            f"/v1/customers/{facts.customer_id}/holds",
            json={"reason": "late", "until": "2020-01-01T00:00:00Z"},
        )

        assert (answer.status_code, answer.json()["code"]) == (422, "hold-ends-before-it-begins")

    async def test_the_same_request_with_a_key_places_one_hold(
        self, desk: Any, facts: Any, door: httpx.AsyncClient
    ) -> None:
        await desk.hear(facts.customer())
        path, key = f"/v1/customers/{facts.customer_id}/holds", {"Idempotency-Key": "abc"}

        first = await door.post(path, json={"reason": "sales asked"}, headers=key)
        second = await door.post(path, json={"reason": "sales asked"}, headers=key)

        assert first.json() == second.json()
        assert len((await door.get(path)).json()["items"]) == 1
