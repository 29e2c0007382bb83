"""A dispute from its opening to its end, through the doors."""

from datetime import timedelta
from typing import Any

import pytest

from shared.contracts import ledger
from shared.db.timers import next_due
from shared.testing.examples import CUSTOMER, INVOICE, our_examples


class TestOpening:
    async def test_holds_the_amount_and_says_so(self, office: Any) -> None:
        dispute = await office.open()

        assert (dispute["state"], dispute["team"]) == ("acknowledged", "logistics")
        assert dispute["items"][0]["held"] == "100.00"
        opened, acknowledged = await office.told()
        assert opened["type"] == "disputes.dispute.opened.v1"
        assert acknowledged["items"][0]["held"] == "100.00"

    async def test_the_same_words_twice_are_one_dispute(self, office: Any) -> None:
        first, again = await office.open(), await office.open()
        assert again["dispute_id"] == first["dispute_id"]
        assert len(await office.told()) == 2

    async def test_no_more_than_is_open_and_not_disputed(self, office: Any) -> None:
        await office.open("900.00")
        items = [{"invoice_id": str(INVOICE), "amount": "100.01"}]
        said = {"customer_id": str(CUSTOMER), "reason": "price", "words": "too much"}
        refused = await office.post("/v1/disputes", items=items, **said, status=409)
        assert refused["code"] == "more-disputed-than-open"
        assert refused["errors"][0]["pointer"] == "/items/0/amount"

    async def test_an_instalment_leaves_no_more_room_than_its_invoice(self, office: Any) -> None:
        await office.open("900.00")
        part = {"invoice_id": str(INVOICE), "instalment": 1}
        said = {"customer_id": str(CUSTOMER), "reason": "price", "words": "too much"}
        for items in (
            [{**part, "amount": "100.01"}],
            [{**part, "amount": "60.00"}, {"invoice_id": str(INVOICE), "amount": "40.01"}],
        ):
            refused = await office.post("/v1/disputes", items=items, **said, status=409)
            assert refused["code"] == "more-disputed-than-open"

    async def test_refuses_by_name(self, office: Any) -> None:
        item = {"invoice_id": str(INVOICE), "amount": "10.00"}
        said = {"customer_id": str(CUSTOMER), "reason": "price", "words": "too much"}
        strange = {**item, "invoice_id": str(CUSTOMER)}
        for items, status, code in (
            ([strange], 422, "invoice-unknown"),
            ([item, item], 422, "items-mixed"),
            ([{**item, "amount": "1.234"}], 422, "amount-too-precise"),
            ([{**item, "amount": "0"}], 422, "request-invalid"),
            ([{**item, "instalment": 7}], 409, "more-disputed-than-open"),
            ([], 422, "request-invalid"),
        ):
            refused = await office.post("/v1/disputes", items=items, **said, status=status)
            assert refused["code"] == code
        nobody = {**said, "customer_id": str(INVOICE)}
        refused = await office.post("/v1/disputes", items=[item], **nobody, status=404)
        assert refused["code"] == "customer-unknown"

    async def test_a_customer_has_only_so_many_open(self, office: Any) -> None:
        for place in range(20):
            await office.open(f"{place + 1}.00")
        refused = await office.post(
            "/v1/disputes",
            customer_id=str(CUSTOMER),
            reason="price",
            words="and again",
            items=[{"invoice_id": str(INVOICE), "amount": "21.00"}],
            status=429,
        )
        assert refused["code"] == "too-many-disputes"


class TestMoves:
    async def test_waits_and_goes_on(self, office: Any) -> None:
        dispute = await office.open()
        path = f"/v1/disputes/{dispute['dispute_id']}"
        await office.post(f"{path}/waits", **{"for": "customer"}, words="a photograph, please")
        moved = await office.post(f"{path}/reviews")

        assert [one["state"] for one in moved["moves"]] == [
            "opened", "acknowledged", "waiting-for-customer", "in-review",
        ]  # fmt: skip
        refused = await office.post(f"{path}/closures", why="done", status=409)
        assert refused["code"] == "dispute-in-other-state"

    async def test_a_word_to_the_customer_is_told_and_a_note_is_not(self, office: Any) -> None:
        dispute = await office.open()
        path = f"/v1/disputes/{dispute['dispute_id']}/comments"
        await office.post(path, to="us", words="he always says that")
        await office.post(path, to="customer", words="we look into it")

        told = await office.told()
        assert [one["words"] for one in told] == ["", "", "we look into it"]
        assert "he always" not in str(told)

    async def test_a_duplicate_is_merged_and_holds_no_more(self, office: Any) -> None:
        first, second = await office.open(), await office.open("50.00")
        path = f"/v1/disputes/{second['dispute_id']}/merges"
        merged = await office.post(path, into=first["dispute_id"])

        assert (merged["state"], merged["items"][0]["held"]) == ("merged", "0.00")
        itself = f"/v1/disputes/{first['dispute_id']}/merges"
        refused = await office.post(itself, into=first["dispute_id"], status=409)
        assert refused["code"] == "dispute-in-other-state"

    async def test_is_found_in_its_queue(self, office: Any) -> None:
        dispute = await office.open()
        path = f"/v1/disputes/{dispute['dispute_id']}"
        await office.post(f"{path}/assignments", owner="bob")
        for asked in ({"owner": "bob"}, {"team": "logistics"}, {"state": "acknowledged"}, {}):
            found = await office.get("/v1/disputes", **asked)
            assert [one["dispute_id"] for one in found["items"]] == [dispute["dispute_id"]]
        assert (await office.get("/v1/disputes", owner="ada"))["items"] == []

    async def test_an_assignment_is_told_with_who_and_why_and_once(self, office: Any) -> None:
        dispute = await office.open()
        path = f"/v1/disputes/{dispute['dispute_id']}"
        said = {"owner": "bob", "team": "sales", "why": "he made the offer"}
        for _ in range(2):
            shown = await office.post(f"{path}/assignments", **said)

        assert (shown["owner"], shown["team"], shown["state"]) == ("bob", "sales", "acknowledged")
        move = shown["moves"][-1]
        assert (move["by"], move["who"], move["why"]) == ("staff", "ada", "he made the offer")
        (told,) = await office.told("disputes.dispute.assigned")
        assert (told["owner"], told["team"], told["assigned_by"], told["why"]) == (
            "bob", "sales", "ada", "he made the offer",
        )  # fmt: skip
        assert (told["items"][0]["held"], told["clocks"][0]["responsible_role"]) == (
            "100.00", "sales",
        )  # fmt: skip
        await office.post(f"{path}/assignments")
        *_, back = await office.told("disputes.dispute.assigned")
        assert "owner" not in back, "it is in its team's queue again"

    async def test_one_that_is_not_there_is_unknown(self, office: Any) -> None:
        refused = await office.post(f"/v1/disputes/{INVOICE}/reviews", status=404)
        assert refused["code"] == "dispute-unknown"


class TestOutcome:
    async def test_rejected_is_asked_for_again(self, office: Any) -> None:
        dispute = await office.open()
        path = f"/v1/disputes/{dispute['dispute_id']}"
        said = {"why": "signed for", "words": "Your warehouse signed for ten whole ones."}
        resolved = await office.post(f"{path}/resolutions", outcome="rejected", **said)

        assert (resolved["state"], resolved["items"][0]["held"]) == ("resolved", "0.00")
        closed = await office.post(f"{path}/closures", why="told")
        assert closed["state"] == "closed"

    async def test_upheld_stays_held_until_it_is_taken_off(self, office: Any) -> None:
        dispute = await office.open()
        path = f"/v1/disputes/{dispute['dispute_id']}"
        said = {"why": "true", "words": "You are right."}
        half = await office.post(
            f"{path}/resolutions", outcome="partly-upheld", upheld=["60.00"], **said
        )
        assert half["items"][0] == half["items"][0] | {"upheld": "60.00", "held": "60.00"}
        assert (await office.told())[-1]["decided_by"] == "ada"

    async def test_much_money_wants_a_second_person(self, office: Any) -> None:
        dispute = await office.open("300.00")
        path = f"/v1/disputes/{dispute['dispute_id']}"
        said = {"why": "true", "words": "You are right."}
        proposed = await office.post(f"{path}/resolutions", outcome="upheld", **said)
        assert (proposed["state"], proposed["proposal"]["by"]) == ("acknowledged", "ada")
        refused = await office.post(f"{path}/approvals", status=403)
        assert refused["code"] == "second-person-wanted"

        office.person = "bob"
        approved = await office.post(f"{path}/approvals")
        assert (approved["state"], approved["approved_by"]) == ("resolved", "bob")
        refused = await office.post(f"{path}/approvals", status=409)
        assert refused["code"] == "dispute-in-other-state"

    async def test_a_proposal_is_told_among_us_and_nothing_of_it_to_the_customer(
        self, office: Any
    ) -> None:
        path, proposal = await proposed(office)

        told = (await office.told())[-1]
        assert (told["type"], told["proposal"], told["by"]) == (
            "disputes.outcome.proposed.v1", proposal, "staff",
        )  # fmt: skip
        assert (told["state"], told["words"]) == ("acknowledged", "")
        assert "outcome" not in told, "nothing is decided"
        assert told["items"][0]["held"] == "300.00"
        assert "You are right" not in str(told)
        move = (await office.get(path))["moves"][-1]
        assert (move["by"], move["who"], move["why"]) == ("staff", "ada", "upheld proposed: true")

    async def test_a_newer_proposal_takes_the_place_of_the_one_before(self, office: Any) -> None:
        path, _ = await proposed(office)
        office.person = "bob"
        less = {"outcome": "partly-upheld", "upheld": ["260.00"]}
        await office.post(f"{path}/resolutions", **less, why="two", words="Two of them.")

        first, second = await office.told("disputes.outcome.proposed")
        assert (second["proposal"]["upheld"], second["proposal"]["by"]) == ("260.00", "bob")
        assert second["version"] > first["version"]
        refused = await office.post(f"{path}/approvals", status=403)
        assert refused["code"] == "second-person-wanted"
        office.person = "ada"
        approved = await office.post(f"{path}/approvals")
        assert (approved["outcome"], approved["decided_by"]) == ("partly-upheld", "bob")

    @pytest.mark.parametrize("person", ["ada", "bob"])
    async def test_a_proposal_that_is_declined_waits_no_more_and_moves_nothing(
        self, office: Any, person: str
    ) -> None:
        path, _ = await proposed(office)
        office.person = person
        declined = await office.post(f"{path}/declines", why="one is whole")

        assert (declined["state"], declined["proposal"]) == ("acknowledged", None)
        assert declined["items"][0]["held"] == "300.00"
        told = (await office.told())[-1]
        assert (told["type"], told["declined_by"], told["why"]) == (
            "disputes.outcome.declined.v1", person, "one is whole",
        )  # fmt: skip
        assert "proposal" not in told
        for noun, said in (("approvals", {}), ("declines", {"why": "again"})):
            refused = await office.post(f"{path}/{noun}", **said, status=409)
            assert refused["code"] == "dispute-in-other-state"

    @pytest.mark.parametrize(
        ("noun", "said"),
        [
            ("reviews", {}),
            ("waits", {"for": "carrier", "words": "we ask the carrier"}),
            ("withdrawals", {"why": "found it"}),
            ("resolutions", {"outcome": "rejected", "why": "signed", "words": "You signed."}),
        ],
    )
    async def test_whatever_else_moves_it_leaves_nothing_proposed(
        self, office: Any, noun: str, said: Any
    ) -> None:
        path, _ = await proposed(office)
        assert (await office.post(f"{path}/{noun}", **said))["proposal"] is None
        assert "proposal" not in (await office.told())[-1]

    async def test_a_word_meanwhile_leaves_it_proposed(self, office: Any) -> None:
        path, proposal = await proposed(office)
        await office.post(f"{path}/comments", to="customer", words="We are nearly there.")
        assert (await office.told())[-1]["proposal"] == proposal

    async def test_amounts_have_to_fit_the_outcome(self, office: Any) -> None:
        dispute = await office.open()
        path = f"/v1/disputes/{dispute['dispute_id']}/resolutions"
        said = {"why": "true", "words": "You are right."}
        for body, code in (
            ({"outcome": "upheld", "upheld": ["60.00"]}, "outcome-contradicted"),
            ({"outcome": "rejected", "upheld": ["60.00"]}, "outcome-contradicted"),
            ({"outcome": "upheld", "upheld": ["100.01"]}, "more-upheld-than-disputed"),
            ({"outcome": "upheld", "upheld": ["50.00", "50.00"]}, "outcome-contradicted"),
        ):
            refused = await office.post(path, **body, **said, status=422)
            assert refused["code"] == code


async def proposed(office: Any) -> tuple[str, dict[str, str]]:
    """300.00 that somebody wants to uphold; where, and how it is told."""
    path = f"/v1/disputes/{(await office.open('300.00'))['dispute_id']}"
    said = {"why": "true", "words": "You are right."}
    await office.post(f"{path}/resolutions", outcome="upheld", **said)
    return path, {"outcome": "upheld", "upheld": "300.00", "by": "ada", "why": "true"}


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
