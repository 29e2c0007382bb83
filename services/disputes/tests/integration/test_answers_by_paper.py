"""We asked the customer for something, and they bring it: it is our turn again."""

from datetime import timedelta
from typing import Any

import pytest

ERIKA = {"contact_id": "7"}


@pytest.fixture
async def asked(office: Any) -> str:
    """A dispute that waits for the customer since an hour; its path."""
    path = f"/v1/disputes/{(await office.open())['dispute_id']}"
    await office.post(f"{path}/waits", **{"for": "customer"}, words="a photograph, please")
    office.move(office.service.clock.now() + timedelta(hours=1))
    return path


async def bring(office: Any, path: str, **form: str) -> None:
    files = {"file": ("crate.csv", b"a;b\n1;2\n")}
    answer = await office.http.post(f"{path}/papers", files=files, data=form)
    assert answer.status_code == 201, answer.text


class TestTheCustomersPaper:
    async def test_lets_the_clocks_go_on_and_is_told(self, office: Any, asked: str) -> None:
        await bring(office, asked, **ERIKA)

        _, outcome, _ = await office.get(f"{asked}/clock")
        assert (outcome["running"], outcome["paused_for"]) == (True, None)
        move = (await office.get(asked))["moves"][-1]
        assert (move["state"], move["by"], move["who"], move["why"]) == (
            "in-review", "customer", "7", "brought crate.csv",
        )  # fmt: skip
        told = (await office.told())[-1]
        assert (told["type"], told["by"], told["state"]) == (
            "disputes.dispute.examined.v1", "customer", "in-review",
        )  # fmt: skip

    async def test_moves_nothing_when_it_was_there(self, office: Any, asked: str) -> None:
        await bring(office, asked, **ERIKA)
        said = {"for": "customer", "words": "another one, please"}
        await office.post(f"{asked}/waits", **said)
        await bring(office, asked, **ERIKA)
        assert (await office.get(asked))["state"] == "waiting-for-customer"

    async def test_moves_nothing_while_we_wait_for_a_carrier(self, office: Any, asked: str) -> None:
        await office.post(f"{asked}/waits", **{"for": "carrier"}, words="we ask the carrier")
        await bring(office, asked, **ERIKA)
        assert (await office.get(asked))["state"] == "waiting-for-carrier"


async def test_a_paper_of_ours_is_not_what_we_wait_for(office: Any, asked: str) -> None:
    await bring(office, asked, to="customer")
    assert (await office.get(asked))["state"] == "waiting-for-customer"
