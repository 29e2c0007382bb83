"""A customer has what was rejected opened again: with papers that came since, for so long, and so often."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from shared.base.ids import LEDGER, CreditName
from shared.contracts import ledger
from shared.contracts.disputes import DisputeReopened
from shared.testing.examples import our_examples

DAY = timedelta(days=1)
ERIKA = {"contact_id": "7"}


async def decided(office: Any, outcome: str = "rejected", **more: Any) -> str:
    """A dispute of 100.00 that was decided a minute after its opening; its path."""
    path = f"/v1/disputes/{(await office.open(**ERIKA))['dispute_id']}"
    office.move(office.service.clock.now() + timedelta(minutes=1))
    said = {"why": "signed for", "words": "Your warehouse signed for ten."}
    await office.post(f"{path}/resolutions", outcome=outcome, **said, **more)
    return path


async def brought(office: Any, path: str, content: bytes = b"a;b\n1;2\n", **form: str) -> str:
    """A paper, of the customer unless something else is said."""
    form = form or ERIKA
    answer = await office.http.post(f"{path}/papers", files={"file": ("l.csv", content)}, data=form)
    assert answer.status_code == 201, answer.text
    paper_id: str = answer.json()["paper_id"]
    return paper_id


async def reopen(office: Any, path: str, *papers: str, status: int = 201) -> Any:
    said = {**ERIKA, "why": "a second photograph", "papers": list(papers)}
    return await office.post(f"{path}/reopenings", status=status, **said)


class TestReopening:
    async def test_holds_it_again_with_the_customer_s_words_and_papers(self, office: Any) -> None:
        path = await decided(office)
        paper = await brought(office, path)

        shown = await reopen(office, path, paper)

        assert (shown["state"], shown["outcome"]) == ("in-review", None)
        assert shown["items"][0] == shown["items"][0] | {"held": "100.00", "upheld": None}
        move = shown["moves"][-1]
        assert (move["by"], move["who"], move["why"]) == ("customer", "7", "a second photograph")
        (told,) = await office.told(DisputeReopened.TYPE)
        assert (told["by"], told["papers"], told["words"]) == ("customer", [paper], "")
        assert told["items"][0]["held"] == "100.00"

    async def test_the_clocks_go_on_where_they_stood(self, office: Any) -> None:
        path = await decided(office)
        _, before, _ = await office.get(f"{path}/clock")
        office.move(office.service.clock.now() + 7 * DAY)
        await reopen(office, path, await brought(office, path))

        _, after, _ = await office.get(f"{path}/clock")
        assert (before["elapsed_s"], before["due_at"]) == (60, None)
        assert (after["elapsed_s"], after["running"]) == (60, True)

    async def test_closed_it_can_be_opened_again_too(self, office: Any) -> None:
        path = await decided(office)
        await office.post(f"{path}/closures", why="told")
        assert (await reopen(office, path, await brought(office, path)))["state"] == "in-review"

    async def test_of_what_was_upheld_in_part_the_rest_alone(self, office: Any) -> None:
        path = await decided(office, "partly-upheld", upheld=["60.00"])
        paper = await brought(office, path)
        refused = await reopen(office, path, paper, status=409)
        assert refused["code"] == "dispute-in-other-state", "60.00 are not taken off yet"

        decision = (await office.told("disputes.dispute.resolved"))[-1]
        await office.hear(credit_of(decision))
        shown = await reopen(office, path, paper)
        assert [(one["amount"], one["held"]) for one in shown["items"]] == [("40.00", "40.00")]


class TestUntilWhen:
    async def test_is_shown_and_told_as_a_day_of_the_legal_entity(self, office: Any) -> None:
        office.move(office.service.clock.now().replace(hour=22, minute=30))
        path = await decided(office)

        assert (await office.get(path))["reopen_until"] == "2026-05-21", "decided on the 21st there"
        told = (await office.told("disputes.dispute.resolved"))[-1]
        assert told["reopen_until"] == "2026-05-21"
        assert (await reopen(office, path, await brought(office, path)))["reopen_until"] is None

    @pytest.mark.parametrize(
        ("outcome", "more", "until"),
        [("upheld", {}, None), ("partly-upheld", {"upheld": ["60.00"]}, "2026-05-20")],
    )
    async def test_is_said_of_what_was_not_upheld(
        self, office: Any, outcome: str, more: Any, until: str | None
    ) -> None:
        path = await decided(office, outcome, **more)
        assert (await office.get(path))["reopen_until"] == until

    async def test_is_not_said_of_what_was_opened_as_often_as_one_may(self, office: Any) -> None:
        path = await decided(office)
        said = {"outcome": "rejected", "why": "still", "words": "No."}
        for turn in range(2):
            await reopen(office, path, await brought(office, path, b"%d" % turn))
            office.move(office.service.clock.now() + DAY)
            shown = await office.post(f"{path}/resolutions", **said)
            assert (shown["reopen_until"] is None) is (turn == 1)


class TestRails:
    @pytest.mark.parametrize(
        ("outcome", "noun"), [("upheld", ""), (None, "withdrawals"), (None, "")]
    )
    async def test_only_what_was_rejected_can_be_opened_again(
        self, office: Any, outcome: str | None, noun: str
    ) -> None:
        if outcome:
            path = await decided(office, outcome)
        else:
            path = f"/v1/disputes/{(await office.open())['dispute_id']}"
        if noun:
            await office.post(f"{path}/{noun}", why="found it")

        refused = await reopen(office, path, await brought(office, path), status=409)
        assert refused["code"] == "dispute-in-other-state"

    async def test_a_paper_that_came_since_the_outcome_is_wanted(self, office: Any) -> None:
        path = f"/v1/disputes/{(await office.open())['dispute_id']}"
        old = await brought(office, path, b"old")
        office.move(office.service.clock.now() + DAY)
        said = {"outcome": "rejected", "why": "signed for", "words": "You signed."}
        await office.post(f"{path}/resolutions", **said)
        ours = await brought(office, path, b"ours", to="customer")
        other = f"/v1/disputes/{(await office.open('1.00'))['dispute_id']}"
        elsewhere = await brought(office, other, b"elsewhere")
        new = await brought(office, path, b"new")

        for papers, pointer in (
            ((), "/papers"), ((old,), "/papers/0"), ((new, ours), "/papers/1"),
            ((elsewhere,), "/papers/0"), ((str(UUID(int=7)),), "/papers/0"),
        ):  # fmt: skip
            refused = await reopen(office, path, *papers, status=422)
            assert (refused["code"], refused["errors"][0]["pointer"]) == (
                "evidence-not-new", pointer,
            )  # fmt: skip
        assert (await office.get(path))["state"] == "resolved"
        await reopen(office, path, new)

    async def test_what_the_scanner_found_something_in_is_no_evidence(self, office: Any) -> None:
        path = await decided(office)
        eicar = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
        paper = await brought(office, path, eicar.encode())
        await office.work("scan")

        refused = await reopen(office, path, paper, status=422)
        assert refused["code"] == "evidence-not-new"

    async def test_not_later_than_so_many_days(self, office: Any) -> None:
        path, other = await decided(office), None
        other = await decided_other(office)
        papers = [await brought(office, one) for one in (path, other)]
        office.move(office.service.clock.now() + 30 * DAY)
        await reopen(office, path, papers[0])
        office.move(office.service.clock.now() + DAY)
        refused = await reopen(office, other, papers[1], status=409)
        assert refused["code"] == "reopening-too-late"

    async def test_not_more_often_than_so_many_times(self, office: Any) -> None:
        path = await decided(office)
        said = {"outcome": "rejected", "why": "still", "words": "No."}
        for turn in range(2):
            await reopen(office, path, await brought(office, path, b"%d" % turn))
            office.move(office.service.clock.now() + DAY)
            await office.post(f"{path}/resolutions", **said)

        paper = await brought(office, path, b"third")
        refused = await reopen(office, path, paper, status=409)
        assert refused["code"] == "reopened-too-often"
        again = await office.post(f"{path}/reopenings", why="we have seen it ourselves")
        assert again["state"] == "in-review", "people of ours may at any time"

    async def test_no_more_than_is_open_by_then(self, office: Any) -> None:
        path = await decided(office)
        paper = await brought(office, path)
        opened = next(one for one in our_examples() if isinstance(one, ledger.InvoiceOpened))
        await office.hear(opened.model_copy(update={"open": "99.99", "version": 9}))

        refused = await reopen(office, path, paper, status=409)
        assert refused["code"] == "more-disputed-than-open"
        refused = await office.post(f"{path}/reopenings", why="seen it", status=409)
        assert refused["code"] == "more-disputed-than-open"

    async def test_no_more_than_a_customer_may_have_open(self, office: Any) -> None:
        path = await decided(office)
        paper = await brought(office, path)
        for place in range(20):
            await office.open(f"{place + 1}.00")

        refused = await reopen(office, path, paper, status=429)
        assert refused["code"] == "too-many-disputes"


async def decided_other(office: Any) -> str:
    path = f"/v1/disputes/{(await office.open('50.00', reason='price'))['dispute_id']}"
    said = {"outcome": "rejected", "why": "as agreed", "words": "It is the price agreed."}
    await office.post(f"{path}/resolutions", **said)
    return path


def credit_of(decision: dict[str, Any]) -> ledger.CreditPosted:
    """The ledger's own, at the first item of that decision."""
    posted = next(one for one in our_examples() if isinstance(one, ledger.CreditPosted))
    name = CreditName(UUID(decision["dispute_id"]), decision["version"], 0)
    said = {"customer_id": UUID(decision["customer_id"]), "source": LEDGER, "source_id": str(name)}
    return posted.model_copy(update=said | {"invoices": ()})
