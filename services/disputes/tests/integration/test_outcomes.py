"""What is decided of a dispute, and by how many of us."""

from typing import Any

import pytest

from shared.base.ids import LEDGER, CreditName
from shared.contracts import ledger
from shared.testing.examples import CUSTOMER, our_examples


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
        refused = await office.approve(path, status=403)
        assert refused["code"] == "second-person-wanted"

        office.person = "bob"
        approved = await office.approve(path)
        assert (approved["state"], approved["approved_by"]) == ("resolved", "bob")
        refused = await office.approve(path, status=409)
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
        refused = await office.approve(path, status=403)
        assert refused["code"] == "second-person-wanted"
        office.person = "ada"
        approved = await office.approve(path)
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
        for refused in (
            await office.approve(path, status=409),
            await office.post(f"{path}/declines", why="again", status=409),
        ):
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


class TestFourEyes:
    async def test_approve_what_they_have_seen(self, office: Any) -> None:
        path, _ = await proposed(office)
        seen = (await office.get(path))["version"]
        less = {"outcome": "partly-upheld", "upheld": ["290.00"]}
        await office.post(f"{path}/resolutions", **less, why="one", words="All but one.")
        office.person = "bob"

        refused = await office.approve(path, seen=seen, status=412)
        assert refused["code"] == "version-outdated"
        unseen = await office.post(f"{path}/approvals", status=428)
        assert unseen["code"] == "version-required"
        answer = await office.http.get(path)
        approved = await office.http.post(
            f"{path}/approvals", headers={"If-Match": answer.headers["ETag"]}
        )
        assert (approved.status_code, approved.json()["items"][0]["upheld"]) == (201, "290.00")

    async def test_count_what_earlier_decisions_of_it_took_off(self, office: Any) -> None:
        path = f"/v1/disputes/{(await office.open('600.00'))['dispute_id']}"
        said = {"outcome": "partly-upheld", "why": "true", "words": "In part."}
        decided = await office.post(f"{path}/resolutions", **said, upheld=["200.00"])
        assert decided["state"] == "resolved", "200.00 alone are within the limit"
        await office.hear(credited(decided))
        await office.post(f"{path}/reopenings", why="once more")

        again = await office.post(f"{path}/resolutions", **said, upheld=["100.00"])

        assert (again["state"], again["proposal"]["by"]) == ("in-review", "ada")
        office.person = "bob"
        approved = await office.approve(path)
        assert (approved["state"], approved["approved_by"]) == ("resolved", "bob")

    async def test_a_rejection_wants_one_person_whatever_was_taken_off(self, office: Any) -> None:
        path = f"/v1/disputes/{(await office.open('600.00'))['dispute_id']}"
        said = {"why": "true", "words": "In part."}
        part = {"outcome": "partly-upheld", "upheld": ["250.00"]}
        await office.hear(credited(await office.post(f"{path}/resolutions", **said, **part)))
        await office.post(f"{path}/reopenings", why="once more")

        assert (await office.post(f"{path}/resolutions", **said, outcome="rejected"))["state"] == (
            "resolved"
        )


def credited(decided: dict[str, Any]) -> ledger.CreditPosted:
    """The ledger's own credit of what was just upheld of the first item."""
    posted = next(one for one in our_examples() if isinstance(one, ledger.CreditPosted))
    name = CreditName(decided["dispute_id"], decided["version"], 0)
    said = {"customer_id": CUSTOMER, "source": LEDGER, "source_id": str(name), "invoices": ()}
    return posted.model_copy(update=said)
