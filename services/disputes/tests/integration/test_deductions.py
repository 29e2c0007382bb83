"""A payment came short with a reason: one dispute of what was left out."""

from datetime import datetime
from typing import Any
from uuid import UUID

from shared.contracts.disputes import DisputeOpened
from shared.contracts.ledger import DeductionClaimed
from shared.testing.examples import CUSTOMER, our_examples

CLAIM = next(one for one in our_examples() if isinstance(one, DeductionClaimed))


def claim(amount: str = "100.00", number: int = 1) -> DeductionClaimed:
    return CLAIM.model_copy(update={"amount": amount, "deduction_id": UUID(int=number)})


async def disputed(office: Any) -> list[str]:
    page = await office.get("/v1/disputes", customer_id=str(CUSTOMER))
    return sorted(one["items"][0]["amount"] for one in page["items"])


class TestADeduction:
    async def test_opens_one_dispute_however_often_it_is_told(self, office: Any) -> None:
        await office.hear(claim(), claim())
        await office.hear(claim())

        (opened,) = await office.told(DisputeOpened.TYPE)
        assert (opened["reason"], opened["by"], opened["items"][0]["held"]) == (
            "damaged", "customer", "100.00",
        )  # fmt: skip
        page = await office.get("/v1/disputes", customer_id=str(CUSTOMER))
        (shown,) = page["items"]
        assert (shown["state"], shown["team"]) == ("acknowledged", "logistics")
        assert shown["moves"][0]["why"] == CLAIM.words

    async def test_does_not_open_again_once_it_was_withdrawn(self, office: Any) -> None:
        await office.hear(claim())
        (shown,) = (await office.get("/v1/disputes", customer_id=str(CUSTOMER)))["items"]
        path = f"/v1/disputes/{shown['dispute_id']}/withdrawals"
        await office.post(path, why="they paid the rest")

        await office.hear(claim())

        assert len(await office.told(DisputeOpened.TYPE)) == 1

    async def test_disputes_no_more_than_is_left(self, office: Any) -> None:
        await office.open("950.00")

        await office.hear(claim("100.00", 1), claim("100.00", 2))

        assert await disputed(office) == ["50.00", "950.00"]

    async def test_several_of_one_slice_are_a_dispute_each(self, office: Any) -> None:
        await office.hear(claim("40.00", 1), claim("30.00", 2), claim("20.00", 3))

        assert await disputed(office) == ["20.00", "30.00", "40.00"]
        async with office.service.database.look() as connection:
            rows = await connection.fetch("SELECT place FROM disputes ORDER BY place")
        assert [row["place"] for row in rows] == [0, 1, 2]

    async def test_is_watched_by_the_clocks(self, office: Any) -> None:
        await office.hear(claim())
        (shown,) = (await office.get("/v1/disputes", customer_id=str(CUSTOMER)))["items"]
        (first, *_) = await office.get(f"/v1/disputes/{shown['dispute_id']}/clock")

        office.move(datetime.fromisoformat(first["due_at"]))
        await office.watch()

        told = await office.told("disputes.clock.warned")
        assert ("first-answer", 100) in [(one["clock"], one["per_cent"]) for one in told]
