"""Two disputes say the same: the one told first goes on, and nothing that was disputed falls between them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from shared.base.ids import LEDGER, CreditName
from shared.contracts import ledger
from shared.contracts.disputes import DisputeResolved
from shared.testing.examples import CUSTOMER, INVOICE, our_examples

OTHER = UUID(int=77)
"""Another invoice, over 500.00."""


async def two(office: Any, *amounts: str, **later: Any) -> tuple[str, str]:
    """Paths of two disputes, the second an hour after the first."""
    first = await office.open(amounts[0])
    office.move(office.service.clock.now() + timedelta(hours=1))
    second = await office.open(amounts[1], words="and the box was wet", **later)
    return tuple(f"/v1/disputes/{one['dispute_id']}" for one in (first, second))


async def merge(office: Any, path: str, into: str, status: int = 201) -> Any:
    return await office.post(f"{path}/merges", into=into.rpartition("/")[2], status=status)


def credit(decided: dict[str, Any]) -> ledger.CreditPosted:
    """The ledger's own credit of the first item of that decision."""
    posted = next(one for one in our_examples() if isinstance(one, ledger.CreditPosted))
    name = CreditName(decided["dispute_id"], decided["version"], 0)
    said = {"customer_id": CUSTOMER, "source": LEDGER, "source_id": str(name), "invoices": ()}
    return posted.model_copy(update=said)


async def another_invoice(office: Any) -> None:
    opened = next(one for one in our_examples() if isinstance(one, ledger.InvoiceOpened))
    part = opened.instalments[0].model_copy(update={"amount": "500.00", "open": "500.00"})
    said = {"invoice_id": OTHER, "source_id": "RE-77", "invoice_number": "RE-77"}
    amounts = {"total": "500.00", "open": "500.00", "instalments": (part,)}
    await office.hear(opened.model_copy(update=said | amounts))


class TestMerging:
    async def test_of_a_duplicate_holds_the_amount_once(self, office: Any) -> None:
        first, second = await two(office, "100.00", "50.00")

        merged = await merge(office, second, first)

        assert (merged["state"], merged["items"][0]["held"]) == ("merged", "0.00")
        goes_on = await office.get(first)
        assert goes_on["items"][0]["held"] == "100.00"
        assert goes_on["moves"][-1]["why"].endswith("which says: and the box was wet")
        assert await office.told("disputes.dispute.extended") == []

    async def test_of_one_that_says_more_holds_the_more(self, office: Any) -> None:
        await another_invoice(office)
        items = [
            {"invoice_id": str(INVOICE), "amount": "150.00"},
            {"invoice_id": str(OTHER), "amount": "30.00"},
        ]
        first, second = await two(office, "100.00", "", items=items)

        await merge(office, second, first)

        held = [(one["invoice_id"], one["held"]) for one in (await office.get(first))["items"]]
        assert held == [(str(INVOICE), "150.00"), (str(OTHER), "30.00")]
        *_, extended, merged = await office.told()
        assert extended["type"] == "disputes.dispute.extended.v1", "first more is held, then less"
        assert [one["held"] for one in extended["items"]] == ["150.00", "30.00"]
        assert [one["held"] for one in merged["items"]] == ["0.00", "0.00"]

    async def test_goes_into_the_one_whose_clocks_run_longer(self, office: Any) -> None:
        first, second = await two(office, "100.00", "50.00")
        refused = await merge(office, first, second, status=409)
        assert refused["code"] == "dispute-in-other-state"
        assert (await office.get(first))["state"] == "acknowledged"

    async def test_of_one_of_which_a_part_was_taken_off_is_refused(self, office: Any) -> None:
        """Its decisions count together against the limit of one person, and the books may put that part back."""
        first, second = await two(office, "300.00", "100.00")
        said = {"outcome": "partly-upheld", "upheld": ["60.00"], "why": "true", "words": "Yes."}
        await office.post(f"{second}/resolutions", **said)
        await office.hear(credit((await office.told(DisputeResolved.TYPE))[-1]))
        await office.post(f"{second}/reopenings", why="new evidence", words="We look again.")

        refused = await merge(office, second, first, status=409)

        assert refused["code"] == "dispute-in-other-state"
        assert (await office.get(second))["state"] == "in-review"

    async def test_leaves_nothing_proposed_that_fits_no_more(self, office: Any) -> None:
        first, second = await two(office, "300.00", "350.00")
        said = {"outcome": "upheld", "why": "true", "words": "You are right."}
        await office.post(f"{first}/resolutions", **said)

        await merge(office, second, first)

        refused = await office.approve(first, status=409)
        assert refused["code"] == "dispute-in-other-state"

    @pytest.mark.parametrize("noun", ["itself", "withdrawn"])
    async def test_wants_another_that_is_open(self, office: Any, noun: str) -> None:
        first, second = await two(office, "100.00", "50.00")
        if noun == "withdrawn":
            await office.post(f"{first}/withdrawals", why="found them")
        refused = await merge(office, second, second if noun == "itself" else first, status=409)
        assert refused["code"] == "dispute-in-other-state"


class TestMerged:
    async def test_its_papers_are_the_other_one_s(self, office: Any) -> None:
        first, second = await two(office, "100.00", "50.00")
        third = f"/v1/disputes/{(await office.open('20.00'))['dispute_id']}"
        for path in (first, second, third):
            form = {"files": {"file": ("l.csv", path.encode())}, "data": {"contact_id": "7"}}
            assert (await office.http.post(f"{path}/papers", **form)).status_code == 201
        await merge(office, third, second)
        await merge(office, second, first)

        papers = (await office.get(f"{first}/papers"))["items"]
        assert {one["dispute_id"] for one in papers} == {
            path.rpartition("/")[2] for path in (first, second, third)
        }

    @pytest.mark.parametrize(
        ("noun", "said"),
        [
            ("comments", {"to": "customer", "words": "We go on."}),
            ("comments", {"to": "us", "words": "he called"}),
            ("assignments", {"owner": "bob"}),
            ("reopenings", {"why": "after all"}),
        ],
    )
    async def test_nothing_is_said_or_done_about_it_any_more(
        self, office: Any, noun: str, said: dict[str, str]
    ) -> None:
        first, second = await two(office, "100.00", "50.00")
        await merge(office, second, first)
        refused = await office.post(f"{second}/{noun}", **said, status=409)
        assert refused["code"] == "dispute-in-other-state"
