"""What was upheld is held until the ledger has taken it off: its credit is known by its name."""

from typing import Any
from uuid import UUID

import pytest

from shared.base.ids import LEDGER, CreditName
from shared.contracts import ledger
from shared.contracts.disputes import DisputeResolved
from shared.testing.examples import CUSTOMER, our_examples

POSTED = next(one for one in our_examples() if isinstance(one, ledger.CreditPosted))


def credit(decided: dict[str, Any], place: int = 0, **more: Any) -> ledger.CreditPosted:
    """The ledger's own credit of an item of that decision."""
    name = CreditName(decided["dispute_id"], decided["version"], place)
    said = {"customer_id": CUSTOMER, "source": LEDGER, "source_id": str(name), "invoices": ()}
    return POSTED.model_copy(update=said | more)


async def upheld(office: Any, *amounts: str) -> tuple[str, dict[str, Any]]:
    """A dispute of 100.00 of which so much was upheld; its path, and what was told of the decision."""
    dispute = await office.open()
    path = f"/v1/disputes/{dispute['dispute_id']}"
    await decide(office, path, *amounts)
    return path, (await office.told(DisputeResolved.TYPE))[-1]


WHOLE = {("100.00",): "upheld", ("0.00",): "rejected"}


async def decide(office: Any, path: str, *amounts: str) -> None:
    outcome = WHOLE.get(amounts, "partly-upheld")
    said = {"outcome": outcome, "upheld": list(amounts), "why": "so it is", "words": "We looked."}
    await office.post(f"{path}/resolutions", **said)


async def decided_again(office: Any, path: str, amount: str) -> None:
    """The rest, after it was opened again."""
    await office.post(f"{path}/reopenings", why="new evidence", words="We look again.")
    await decide(office, path, amount)


class TestSettling:
    async def test_ends_what_is_held_once(self, office: Any) -> None:
        path, decided = await upheld(office, "100.00")
        assert decided["items"][0]["held"] == "100.00"

        await office.hear(credit(decided))
        await office.hear(credit(decided), credit(decided))

        shown = await office.get(path)
        assert (shown["items"][0]["held"], shown["settled_at"] is not None) == ("0.00", True)
        (settled,) = await office.told("disputes.dispute.settled")
        assert (settled["items"][0]["held"], settled["version"]) == ("0.00", shown["version"])

    async def test_is_told_beside_other_facts_of_the_same_slice(self, office: Any) -> None:
        _, decided = await upheld(office, "100.00")
        (customer,) = [one for one in our_examples() if isinstance(one, ledger.CustomerChanged)]
        newer = customer.model_copy(update={"version": 9, "name": "Muster AG"})
        other = newer.model_copy(update={"customer_id": UUID(int=5)})

        await office.hear(newer, other, credit(decided), newer)

        async with office.service.database.look() as connection:
            rows = await connection.fetch("SELECT version, name FROM customers")
        assert [tuple(row) for row in rows] == [(9, "Muster AG")] * 2
        assert len(await office.told("disputes.dispute.settled")) == 1

    @pytest.mark.parametrize(
        "strange",
        [
            {"source": "urn:acme:erp:de01"},
            {"source_id": "R-17"},
            {"source_id": str(CreditName(CUSTOMER, 3, 0))},
        ],
    )
    async def test_other_credits_settle_nothing(self, office: Any, strange: dict[str, str]) -> None:
        path, decided = await upheld(office, "100.00")
        await office.hear(credit(decided, **strange))
        assert (await office.get(path))["settled_at"] is None

    async def test_an_item_that_is_not_there_settles_nothing(self, office: Any) -> None:
        path, decided = await upheld(office, "100.00")
        await office.hear(credit(decided, place=1))
        assert (await office.get(path))["settled_at"] is None

    async def test_the_credit_of_an_earlier_decision_settles_no_later_one(
        self, office: Any
    ) -> None:
        path, first = await upheld(office, "60.00")
        await office.hear(credit(first))
        await decided_again(office, path, "10.00")
        second = (await office.told(DisputeResolved.TYPE))[-1]

        await office.hear(credit(first))
        assert (await office.get(path))["settled_at"] is None
        await office.hear(credit(second))
        assert (await office.get(path))["settled_at"] is not None


class TestPutBack:
    """The ERP refuses the credit, or one of us withdraws it: we said that it is not owed, so it is held again."""

    async def test_is_held_again_and_told_once(self, office: Any) -> None:
        path, decided = await upheld(office, "60.00")
        await office.hear(credit(decided))

        await office.hear(taken_back(decided))
        await office.hear(taken_back(decided))

        shown = await office.get(path)
        assert (shown["items"][0]["held"], shown["settled_at"]) == ("60.00", None)
        (told,) = await office.told("disputes.dispute.unsettled")
        assert (told["items"][0]["held"], told["words"], told["by"]) == ("60.00", "", "dunwell")

    async def test_for_the_erp_s_own_changes_nothing(self, office: Any) -> None:
        path, decided = await upheld(office, "60.00")
        await office.hear(credit(decided))
        await office.hear(taken_back(decided, answered_by=UUID(int=3)))

        assert (await office.get(path))["settled_at"] is not None
        assert await office.told("disputes.dispute.unsettled") == []

    async def test_and_posted_by_the_erp_after_all_settles_it(self, office: Any) -> None:
        path, decided = await upheld(office, "60.00")
        await office.hear(credit(decided), taken_back(decided))
        name = credit(decided).source_id

        await office.hear(credit(decided, source="urn:acme:erp:de01", source_id="N1", answers=name))

        shown = await office.get(path)
        assert (shown["items"][0]["held"], shown["settled_at"] is not None) == ("0.00", True)

    async def test_can_be_decided_anew(self, office: Any) -> None:
        path, decided = await upheld(office, "60.00")
        await office.hear(credit(decided), taken_back(decided))

        again = await office.post(f"{path}/reopenings", why="the ERP does not want it")

        assert (again["items"][0]["amount"], again["items"][0]["held"]) == ("100.00", "100.00")
        await decide(office, path, "100.00")
        second = (await office.told(DisputeResolved.TYPE))[-1]
        await office.hear(taken_back(decided))
        assert (await office.get(path))["items"][0]["held"] == "100.00"
        await office.hear(credit(second))
        assert (await office.get(path))["settled_at"] is not None

    async def test_after_the_rest_was_opened_again_is_disputed_again(self, office: Any) -> None:
        path, first = await upheld(office, "60.00")
        await office.hear(credit(first))
        await office.post(f"{path}/reopenings", why="new evidence", words="We look again.")

        await office.hear(taken_back(first))
        await office.hear(taken_back(first))

        (item,) = (await office.get(path))["items"]
        assert (item["amount"], item["held"], item["upheld"]) == ("100.00", "100.00", None)
        (told,) = await office.told("disputes.dispute.extended")
        assert [one["held"] for one in told["items"]] == ["100.00"]
        assert await office.told("disputes.dispute.unsettled") == []

    async def test_after_the_rest_was_decided_is_held_until_it_is_posted(self, office: Any) -> None:
        path, first = await upheld(office, "60.00")
        await office.hear(credit(first))
        await decided_again(office, path, "0.00")

        await office.hear(taken_back(first))

        shown = await office.get(path)
        assert [one["held"] for one in shown["items"]] == ["0.00", "60.00"]
        assert shown["outcome"] == "partly-upheld"
        (*_, told) = await office.told("disputes.dispute.unsettled")
        assert [(one["amount"], one["held"]) for one in told["items"]] == [("100.00", "60.00")]
        name = credit(first).source_id
        await office.hear(credit(first, source="urn:acme:erp:de01", source_id="N1", answers=name))
        shown = await office.get(path)
        assert [one["held"] for one in shown["items"]] == ["0.00", "0.00"]
        assert shown["settled_at"] is not None

    async def test_of_what_was_decided_twice_is_one_item_when_it_is_opened_again(
        self, office: Any
    ) -> None:
        path, first = await upheld(office, "60.00")
        await office.hear(credit(first))
        await decided_again(office, path, "0.00")
        await office.hear(taken_back(first))

        again = await office.post(f"{path}/reopenings", why="the ERP does not want it")

        assert [(one["amount"], one["held"]) for one in again["items"]] == [("100.00", "100.00")]


def taken_back(decided: dict[str, Any], **more: Any) -> ledger.CreditCancelled:
    """The ledger's own credit of the first item of that decision, which is none any more."""
    said = credit(decided).model_dump() | {"status": ledger.CreditStatus.CANCELLED, "version": 2}
    return ledger.CreditCancelled(**said | more)
