"""A card that ends soon is told of before the next charge; one that its issuer renews is charged as it is now."""

from datetime import timedelta
from typing import Any

EXPIRING = ("portal-api.mandate.expiring",)


async def renewed(counter: Any, year: int, month: int, last4: str = "5556") -> list[str]:
    (method,) = (await counter.stripe.get("/methods")).json()["items"]
    said = {"last4": last4, "exp_year": year, "exp_month": month}
    answer = await counter.stripe.post(f"/methods/{method['id']}/renewals", json=said)
    assert answer.status_code == 200, answer.text
    outcomes: list[str] = await counter.hears_new()
    return outcomes


class TestExpiring:
    async def test_is_told_once_in_time_and_again_of_another_end(self, ready: Any) -> None:
        await renewed(ready, 2026, 5)
        for _ in range(14):
            await ready.portal.watch("autopay")
            ready.portal.move(timedelta(days=1))
        (told,) = await ready.told(*EXPIRING)
        assert (told["expires"], told["means"]["last4"]) == ("2026-05", "5556")
        assert told["at"] > "2026-05-01"

        await renewed(ready, 2026, 6, "1881")
        ready.portal.move(timedelta(days=30))
        await ready.portal.watch("autopay")
        assert [one["expires"] for one in await ready.told(*EXPIRING)] == ["2026-05", "2026-06"]

    async def test_nobody_is_told_where_autopay_is_off(self, ready: Any) -> None:
        await renewed(ready, 2026, 5)
        await ready.autopay(None)
        ready.portal.move(timedelta(days=20))
        await ready.portal.watch("autopay")

        assert await ready.told(*EXPIRING) == []


class TestRenewed:
    async def test_however_often_it_is_told_the_next_announcement_names_the_new_card(
        self, ready: Any
    ) -> None:
        assert await renewed(ready, 2031, 1) == ["moved"]
        (*_, event) = await ready.events()
        for place in range(3):
            event["id"] = f"evt_{place}"
            assert (await ready.hears(event)).json() == {"outcome": "no-news"}

        assert (await ready.announced())["means"]["last4"] == "5556"
        assert (await ready.mandate())["means"]["expires"] == "2031-01"

    async def test_while_the_provider_is_away_it_is_told_again(self, ready: Any) -> None:
        await renewed(ready, 2031, 1)
        (*_, event) = await ready.events()
        event["id"] = "evt_again"
        await ready.stripe.post("/faults", json={"mode": "tempfail"})
        assert (await ready.hears(event)).status_code == 503
