"""The customer's disputes: only their own, the last opened first, and nothing that is ours alone."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from portal_api.interfaces.consumers import HEARING
from shared.base.ids import object_id
from shared.contracts import disputes
from shared.testing.examples import SOURCE, our_examples

HEARD = [one for one in HEARING.hears if issubclass(one, disputes.DisputeEvent)]
TOLD = [one for one in our_examples() if isinstance(one, tuple(HEARD))]
MOVED = sorted(TOLD, key=lambda one: one.version)
OTHER_DISPUTE = object_id(SOURCE, "dispute", "9")
MORNING = datetime(2026, 4, 20, 6, tzinfo=UTC)


@pytest.fixture
async def erika(portal: Any) -> Any:
    """Signed in, for the first customer."""
    browser = portal.browser()
    await portal.sign_in(browser)
    return browser


async def shown(browser: Any) -> dict[str, Any]:
    answer = await browser.get(f"/v1/disputes/{TOLD[0].dispute_id}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


class TestDispute:
    @pytest.mark.parametrize("told", TOLD, ids=lambda one: one.TYPE)
    async def test_is_shown_after_every_move(self, portal: Any, erika: Any, told: Any) -> None:
        await portal.hear(told)

        found = await shown(erika)

        said = told.model_dump(mode="json")
        for name in ("reason", "state", "outcome", "words", "answer_due_at", "decision_due_at"):
            assert found[name] == said[name]
        assert found["items"] == said["items"]
        assert found["merged_into"] == said.get("merged_into")
        assert not found.keys() & {"team", "decided_by", "approved_by", "owner"}

    async def test_shows_the_clock_and_whom_we_wait_for(self, portal: Any, erika: Any) -> None:
        deferred = next(one for one in TOLD if isinstance(one, disputes.DisputeDeferred))
        await portal.hear(deferred)

        first, outcome = (await shown(erika))["clocks"]

        assert (first["due_at"], first["running"]) == (None, False), "we have answered"
        assert outcome == {
            "kind": "resolution",
            "due_at": "2026-05-06T08:30:00Z",
            "running": False,
            "paused_for": "customer",
            "limit_s": 324_000,
            "responsible_role": "logistics",
        }

    async def test_a_clock_that_rested_for_long_enough_runs(self, portal: Any, erika: Any) -> None:
        deferred = next(one for one in TOLD if isinstance(one, disputes.DisputeDeferred))
        *_, resting = deferred.clocks
        ends = resting.model_copy(update={"goes_on_at": MORNING + timedelta(hours=1)})
        await portal.hear(deferred.model_copy(update={"clocks": (ends,)}))

        (clock,) = (await shown(erika))["clocks"]

        assert (clock["running"], clock["paused_for"]) == (True, None)

    async def test_shows_all_that_was_said_once_and_in_order(self, portal: Any, erika: Any) -> None:
        await portal.hear(*MOVED[::-1], *MOVED)

        said = (await shown(erika))["said"]

        assert [one["words"] for one in said] == [one.words for one in MOVED if one.words]
        assert {one["by"] for one in said} == {"staff"}
        assert len(said) == 4

    async def test_never_goes_back(self, portal: Any, erika: Any) -> None:
        await portal.hear(MOVED[-1])
        await portal.hear(MOVED[0])

        assert (await shown(erika))["version"] == MOVED[-1].version

    async def test_of_somebody_else_is_as_unknown_as_none(self, erika: Any) -> None:
        others, none = [
            await erika.get(f"/v1/disputes/{one}") for one in (OTHER_DISPUTE, UUID(int=7))
        ]

        assert others.status_code == none.status_code == 404
        assert others.json() | {"trace_id": ""} == none.json() | {"trace_id": ""}
        assert others.json()["code"] == "dispute-unknown"
        (mine,) = (await erika.get("/v1/disputes")).json()["items"]
        assert mine["dispute_id"] == str(TOLD[0].dispute_id)


class TestList:
    async def test_goes_on_page_by_page_the_last_opened_first(
        self, portal: Any, erika: Any
    ) -> None:
        many = [
            {"dispute_id": UUID(int=n), "opened_at": MORNING - timedelta(seconds=n % 3)}
            for n in range(1, 8)
        ]
        await portal.hear(*(TOLD[0].model_copy(update=one) for one in many))

        seen, cursor = list[tuple[str, str]](), None
        while True:
            asked = {"limit": 3} | ({"cursor": cursor} if cursor else {})
            page = (await erika.get("/v1/disputes", params=asked)).json()
            seen += [(one["opened_at"], one["dispute_id"]) for one in page["items"]]
            cursor = page["next"]
            if cursor is None:
                break

        assert len(seen) == len(set(seen)) == 8
        assert seen == sorted(seen, reverse=True)
