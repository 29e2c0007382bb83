"""Clocks of a dispute as the doors show them and as they are told."""

from datetime import timedelta
from typing import Any

from shared.contracts import ledger
from shared.db.timers import next_due
from shared.testing.examples import our_examples


class TestClocks:
    async def test_show_what_is_due_and_stop(self, office: Any) -> None:
        dispute = await office.open()
        path = f"/v1/disputes/{dispute['dispute_id']}"
        answer, outcome, stop = await office.get(f"{path}/clock")
        assert answer == {
            "kind": "first-answer",
            "due_at": "2026-04-21T16:00:00Z",
            "running": True,
            "elapsed_s": 0,
            "limit_s": 64_800,
            "paused_for": None,
            "responsible_role": "logistics",
        }
        assert (outcome["due_at"], stop["due_at"]) == (
            "2026-05-04T16:00:00Z",
            "2026-05-20T07:00:00Z",
        )
        await office.post(f"{path}/comments", to="customer", words="we look into it")
        assert (await office.get(f"{path}/clock"))[0]["due_at"] is None

    async def test_say_whom_they_wait_for(self, office: Any) -> None:
        path = f"/v1/disputes/{(await office.open())['dispute_id']}"
        await office.post(f"{path}/waits", **{"for": "carrier"}, words="we ask the carrier")

        _, outcome, stop = await office.get(f"{path}/clock")

        assert (outcome["running"], outcome["paused_for"]) == (False, "carrier")
        assert (stop["running"], stop["paused_for"]) == (True, None)
        office.move(office.service.clock.now() + timedelta(days=30))
        _, outcome, _ = await office.get(f"{path}/clock")
        assert (outcome["running"], outcome["paused_for"]) == (True, None), "it waited long enough"

    async def test_of_a_large_customer_are_shorter_and_stay_so(self, office: Any) -> None:
        customer = next(one for one in our_examples() if isinstance(one, ledger.CustomerChanged))
        for version, amount in ((5, "100000.00"), (6, "5.00")):
            limit = ledger.CreditLimit(amount=amount, currency="EUR")
            await office.hear(
                customer.model_copy(update={"version": version, "credit_limit": limit})
            )
            if version == 5:
                dispute = await office.open()

        assert dispute["segment"] == "white-glove"
        assert (await office.open("50.00"))["segment"] == "standard"
        answer, outcome, _ = await office.get(f"/v1/disputes/{dispute['dispute_id']}/clock")
        assert (answer["limit_s"], outcome["limit_s"]) == (9 * 3600, 5 * 9 * 3600)

    async def test_levels_are_told_once_each_and_no_more_once_it_is_over(self, office: Any) -> None:
        dispute = await office.open()
        begun = office.service.clock.now()
        for hours in range(0, 24 * 12, 3):
            office.move(begun + timedelta(hours=hours))
            await office.watch()
            await office.watch()
        warned = [(one["clock"], one["per_cent"]) for one in await office.told("disputes.clock")]
        assert warned == [
            ("first-answer", 50), ("first-answer", 80), ("first-answer", 100),
            ("resolution", 50), ("resolution", 80),
        ]  # fmt: skip

        path = f"/v1/disputes/{dispute['dispute_id']}"
        await office.post(f"{path}/withdrawals", why="found them")
        office.move(begun + timedelta(days=60))
        await office.watch()
        assert len(await office.told("disputes.clock")) == 5

    async def test_a_level_that_nobody_told_before_it_stopped_is_told_no_more(
        self, office: Any
    ) -> None:
        dispute = await office.open()
        path = f"/v1/disputes/{dispute['dispute_id']}"
        office.move(office.service.clock.now() + timedelta(days=15))
        await office.post(f"{path}/withdrawals", why="found them")
        await office.watch()

        assert await office.told("disputes.clock") == []
        async with office.service.database.look() as connection:
            assert await next_due(connection) is None


class TestWhatIsOwed:
    """Every telling says until when we owe a word, if nothing moves."""

    async def test_is_an_answer_then_a_decision_then_nothing(self, office: Any) -> None:
        path = f"/v1/disputes/{(await office.open())['dispute_id']}"
        first, decision, _ = await office.get(f"{path}/clock")
        await office.post(f"{path}/comments", to="customer", words="we look into it")
        no = {"outcome": "rejected", "why": "signed for", "words": "You have all of it."}
        await office.post(f"{path}/resolutions", **no)

        opened, acknowledged, answered, resolved = await office.told()
        for told in (opened, acknowledged):
            assert told["answer_due_at"] == first["due_at"]
            assert told["decision_due_at"] == decision["due_at"]
        assert (answered.get("answer_due_at"), answered["decision_due_at"]) == (
            None,
            decision["due_at"],
        )
        assert resolved.get("answer_due_at") is resolved.get("decision_due_at") is None

    async def test_moves_while_we_wait(self, office: Any) -> None:
        path = f"/v1/disputes/{(await office.open())['dispute_id']}"
        await office.post(f"{path}/waits", **{"for": "customer"}, words="a photograph, please")

        *_, acknowledged, deferred = await office.told()
        assert deferred["decision_due_at"] > acknowledged["decision_due_at"]
        for told in (acknowledged, deferred):
            assert [one["limit_s"] for one in told["clocks"]] == [64_800, 324_000, 2_592_000]
            assert told["clocks"][1]["due_at"] == told["decision_due_at"]
        rests = deferred["clocks"][1]
        assert (rests["paused_for"], rests["goes_on_at"]) == ("customer", "2026-05-04T16:00:00Z")
        assert rests["responsible_role"] == "logistics"
