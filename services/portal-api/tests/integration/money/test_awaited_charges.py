"""A charge is awaited once its announcement has left, and not before: told once, and silent no longer than needed."""

from datetime import timedelta
from typing import Any

AWAITED = "portal-api.charge.awaited"


async def awaited(ready: Any) -> list[Any]:
    """What is told so once the job has run."""
    await ready.portal.watch("announcements")
    found: list[Any] = await ready.told(AWAITED)
    return found


def holds(told: Any) -> tuple[list[str], str | None]:
    return [one["held"] for one in told["items"]], told.get("until")


class TestAwaited:
    async def test_is_told_once_its_announcement_has_left(self, ready: Any) -> None:
        await ready.portal.watch("autopay")
        (announced,) = await ready.told("portal-api.charge.announced")
        assert holds(announced) == (["0.00"], None)
        assert await awaited(ready) == []

        for _ in range(3):
            await ready.leaves(announced)
            (told,) = await awaited(ready)

        assert holds(told) == ([announced["amount"]], "2026-04-27")
        assert told["version"] == announced["version"] + 1

    async def test_never_of_one_whose_announcement_left_too_late(self, ready: Any) -> None:
        await ready.announced(ago=timedelta(days=-2))

        assert await awaited(ready) == []

    async def test_never_of_one_that_is_over(self, ready: Any) -> None:
        told = await ready.announced()
        path = f"/v1/charges/{told['charge_id']}/cancellations"
        assert (await ready.browser.post(path)).status_code == 201

        assert await awaited(ready) == []

    async def test_is_charged_all_the_same(self, ready: Any) -> None:
        """What we hold ourselves is no reason to charge less."""
        told = await ready.announced()
        assert len(await awaited(ready)) == 1
        await ready.charges_day()

        (intent,) = await ready.intents()
        assert f"{intent['amount'] / 100:.2f}" == told["amount"]
        (paid,) = await ready.told("portal-api.charge.paid")
        assert holds(paid) == ([told["amount"]], "2026-04-24")

    async def test_another_look_announces_nothing_twice(self, ready: Any) -> None:
        await ready.announced()
        await awaited(ready)
        ready.portal.move(timedelta(days=1))
        await ready.portal.watch("autopay")

        assert len(await ready.told("portal-api.charge.announced")) == 1

    async def test_declined_for_good_is_held_no_more(self, ready: Any) -> None:
        await ready.bank_says("authentication_required")
        await ready.announced()
        await awaited(ready)
        await ready.charges_day()

        (failed,) = await ready.told("portal-api.charge.failed")
        assert holds(failed) == (["0.00"], None)
        assert failed["decline"]["code"] == "authentication_required"

    async def test_paid_by_transfer_in_between_is_held_no_more_from_its_day_on(
        self, ready: Any
    ) -> None:
        await ready.announced()
        await awaited(ready)
        ready.around.open.clear()
        await ready.charges_day()

        (dropped,) = await ready.told("portal-api.charge.dropped")
        assert (holds(dropped), dropped["reason"]) == ((["0.00"], None), "nothing-due")
