"""What the ledger's cash makes of a plan: kept, late, broken, extended."""

import asyncio
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from shared.contracts import ledger

DAY = timedelta(days=1)


class TestOutcome:
    async def test_kept_part_by_part(self, plans: Any, portal: Any, erika: Any) -> None:
        plan = await plans.agreed(erika)
        amounts = (("33.34", "1166.66"), ("33.33", "1133.33"), ("33.33", "1100.00"))
        days = (date(2026, 4, 29), date(2026, 5, 29), date(2026, 6, 29))
        for n, ((amount, left), on) in enumerate(zip(amounts, days, strict=True), 1):
            await plans.watch_until(on)
            paid = portal.pays(amount, left=left, on=on, version=n, payment_id=UUID(int=70 + n))
            await portal.hear(paid)
            await portal.watch("plans")

        assert (await plans.told())[2:] == [
            ("instalment-due", "0.00", "100.00"),
            ("instalment-paid", "33.34", "66.66"),
            ("instalment-due", "33.34", "66.66"),
            ("instalment-paid", "66.67", "33.33"),
            ("instalment-due", "66.67", "33.33"),
            ("completed", "100.00", "0.00"),
        ]
        await portal.sign_in(erika)
        shown = (await erika.get(f"/v1/plans/{plan['plan_id']}")).json()
        assert (shown["state"], shown["items"][0]["paid"]) == ("completed", "100.00")

    async def test_late_within_grace_and_then_in_time(
        self, plans: Any, portal: Any, erika: Any
    ) -> None:
        await plans.agreed(erika)
        await plans.watch_until(date(2026, 5, 4))
        await portal.hear(portal.pays("33.34", left="1166.66", on=date(2026, 5, 5)))
        await plans.watch_until(date(2026, 5, 10))

        assert [name for name, *_ in (await plans.told())[2:]] == [
            "instalment-due",
            "instalment-missed",
            "instalment-paid",
        ]

    async def test_missed_after_grace_breaks_it_once(
        self, plans: Any, portal: Any, erika: Any
    ) -> None:
        await plans.agreed(erika)
        await plans.watch_until(date(2026, 5, 5))
        assert [name for name, *_ in (await plans.told())[2:]] == [
            "instalment-due",
            "instalment-missed",
        ]
        portal.move(DAY)
        await asyncio.gather(*(portal.watch("plans") for _ in range(3)))

        assert (await plans.told())[4:] == [("broken", "0.00", "0.00")]
        (*_, last) = await portal.told()
        assert last["number"] == 1

    async def test_waits_until_what_was_missed_is_heard(
        self, plans: Any, portal: Any, erika: Any
    ) -> None:
        await plans.agreed(erika)
        portal.move(timedelta(days=30))
        await portal.watch("plans", "1 of ledger.events.v1[0]")
        assert len(await plans.told()) == 2

        await portal.hear(portal.pays("33.34", left="1166.66", on=date(2026, 4, 29)))
        await portal.watch("plans")
        assert [name for name, *_ in (await plans.told())[2:]] == ["instalment-paid"]

    async def test_a_payment_that_went_back_was_none(
        self, plans: Any, portal: Any, erika: Any
    ) -> None:
        await plans.agreed(erika)
        await portal.hear(portal.pays("33.34", left="1166.66"))
        await portal.watch("plans")
        gone = portal.pays("33.34", left="1200.00", version=2)
        await portal.hear(ledger.PaymentReturned(**gone.model_dump() | {"allocations": ()}))
        await portal.watch("plans")

        assert (await plans.told())[2:] == [
            ("instalment-paid", "33.34", "66.66"),
            ("instalment-paid", "0.00", "100.00"),
        ]

    async def test_an_invoice_taken_back_ends_it(self, plans: Any, portal: Any, erika: Any) -> None:
        await plans.agreed(erika)
        gone = portal.invoice(open="0.00", status=ledger.InvoiceStatus.CANCELLED, version=2)
        await portal.hear(ledger.InvoiceCancelled(**gone.model_dump()))
        await portal.watch("plans")

        assert (await plans.told())[2:] == [("completed", "0.00", "0.00")]


class TestExtension:
    async def test_moves_what_is_not_paid_once_and_is_reminded_of_anew(
        self, plans: Any, portal: Any, erika: Any
    ) -> None:
        plan = await plans.agreed(erika)
        await plans.watch_until(date(2026, 5, 3))
        await portal.sign_in(erika)
        assert await plans.extend(erika, plan, 32) == (422, "extension-too-long")
        assert await plans.extend(erika, plan, 14) == (201, "active")
        assert await plans.extend(erika, plan, 14) == (409, "plan-extended-already")
        await plans.watch_until(date(2026, 5, 20))

        assert [name for name, *_ in (await plans.told())[2:]] == [
            "instalment-due",
            "instalment-missed",
            "extended",
            "instalment-due",
            "instalment-missed",
            "broken",
        ]
        await portal.sign_in(erika)
        shown = (await erika.get(f"/v1/plans/{plan['plan_id']}")).json()
        assert _days(shown["instalments"]) == ["2026-05-14", "2026-06-13", "2026-07-14"]

    async def test_of_a_plan_that_is_not_active_is_refused(self, plans: Any, erika: Any) -> None:
        plan = await plans.proposed(erika)

        assert await plans.extend(erika, plan, 14) == (409, "plan-not-open")


def _days(instalments: Iterable[dict[str, Any]]) -> list[str]:
    return [one["due_on"] for one in instalments]
