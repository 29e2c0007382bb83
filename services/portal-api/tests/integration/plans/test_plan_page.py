"""The page that mails about a plan lead to offers what they say it does."""

from typing import Any

import pytest

from shared.contracts import erp
from shared.testing.examples import CUSTOMER

FORM = "/extensions"


async def page(browser: Any, plan: dict[str, Any]) -> str:
    answer = await browser.get(f"/plans/{plan['plan_id']}")
    assert answer.status_code == 200, answer.text
    text: str = answer.text
    return text


async def moved(browser: Any, plan: dict[str, Any], days: object) -> int:
    answer = await browser.post(f"/plans/{plan['plan_id']}/extensions", data={"days": days})
    status: int = answer.status_code
    return status


class TestMoreTime:
    async def test_is_offered_once_and_had_by_a_form(self, plans: Any, erika: Any) -> None:
        plan = await plans.agreed(erika)
        assert FORM in await page(erika, plan)

        assert await moved(erika, plan, 14) == 303

        shown = (await erika.get(f"/v1/plans/{plan['plan_id']}")).json()
        assert shown["instalments"][0]["due_on"] == "2026-05-14"
        assert FORM not in await page(erika, plan)
        assert await moved(erika, plan, 14) == 409

    async def test_is_not_offered_before_both_sides_agreed(self, plans: Any, erika: Any) -> None:
        plan = await plans.proposed(erika)

        assert FORM not in await page(erika, plan)
        assert await moved(erika, plan, 14) == 409

    @pytest.mark.parametrize("days", [0, -1, 32, 1_001, "many", ""])
    async def test_of_days_that_may_not_be_is_refused(
        self, plans: Any, erika: Any, days: object
    ) -> None:
        plan = await plans.agreed(erika)

        assert await moved(erika, plan, days) == 422
        assert FORM in await page(erika, plan)

    async def test_is_for_whoever_may_pay_and_one_s_own(
        self, plans: Any, portal: Any, erika: Any
    ) -> None:
        plan = await plans.agreed(erika)
        otto, viewer = portal.browser(), portal.browser()
        await portal.sign_in(otto, "otto@other.example")
        only = ("v@muster.example", erp.Role.OTHER)
        await portal.hear(portal.customer(CUSTOMER, only, version=2))
        await portal.sign_in(viewer, only[0])

        assert [await moved(one, plan, 14) for one in (otto, viewer)] == [404, 403]
        assert FORM not in await page(viewer, plan)
