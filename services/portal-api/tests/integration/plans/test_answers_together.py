"""Several answers about one invoice: money counts for one of them, and what is disputed is waited for by none."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from portal_api.gateways.disputes import STANDING_READ_MAX
from shared.contracts import disputes
from shared.testing.examples import INVOICE, our_examples

FIRST = "2026-04-30"
OPENED = next(one for one in our_examples() if isinstance(one, disputes.DisputeOpened))
WITHDRAWN = next(one for one in our_examples() if isinstance(one, disputes.DisputeWithdrawn))
RESOLVED = next(one for one in our_examples() if isinstance(one, disputes.DisputeResolved))
NOW = OPENED.opened_at
TIME_IS_UP = timedelta(days=15)


def disputed(told: disputes.DisputeEvent, amount: str, version: int = 20) -> disputes.DisputeEvent:
    """So much of the first invoice is held by a dispute of it."""
    held = told.items[0].model_copy(
        update={"invoice_id": INVOICE, "amount": "1200.00", "held": amount}
    )
    return told.model_copy(update={"items": (held,), "version": version})


async def promise(browser: Any, amount: str, pay_on: str = FIRST) -> tuple[int, str]:
    item = {"invoice_id": str(INVOICE), "amount": amount}
    answer = await browser.post("/v1/promises", json={"items": [item], "pay_on": pay_on})
    return answer.status_code, answer.json().get("promise_id") or answer.json()["code"]


async def news(portal: Any) -> list[tuple[str, str, str, str]]:
    """Of each step: of what it is, its name, and of its item what is held and left."""
    names = await portal.rows("SELECT headers::json->>'ce_type' AS name FROM outbox ORDER BY seq")
    return [
        (*row["name"].split(".")[1:3], body["items"][0]["held"], body["items"][0]["left"])
        for row, body in zip(names, await portal.told(), strict=True)
        if "plan_id" in body or "promise_id" in body
    ]


class TestOnePayment:
    async def test_of_what_is_promised_pays_nothing_of_the_plan(
        self, plans: Any, portal: Any, erika: Any
    ) -> None:
        await promise(erika, "400.00")
        await plans.agreed(erika, (INVOICE, "800.00"), first_on="2026-05-15", parts=2)
        await portal.hear(portal.pays("400.00", left="800.00"))
        for _ in range(2):
            await portal.watch("plans")
            await portal.watch("promises")

        assert (await news(portal))[3:] == [("promise", "kept", "0.00", "0.00")]
        (row,) = await portal.rows("SELECT items FROM plans")
        assert (row["items"][0]["paid_minor"], list(row["items"][0]["before"].values())) == (
            0,
            [40_000],
        )

    async def test_keeps_one_of_two_promises_and_the_second_keeps_the_other(
        self, portal: Any, erika: Any
    ) -> None:
        for amount, day in (("600.00", "2026-05-15"), ("400.00", FIRST)):
            await promise(erika, amount, day)
        await portal.hear(portal.pays("400.00", left="800.00"))
        await portal.watch("promises")
        assert (await news(portal))[2:] == [("promise", "kept", "0.00", "0.00")]

        second = portal.pays("600.00", left="200.00", version=2, payment_id=UUID(int=78))
        await portal.hear(second)
        await portal.watch("promises")
        assert (await news(portal))[3:] == [("promise", "kept", "0.00", "0.00")]


class TestADispute:
    async def test_of_all_that_was_promised_breaks_no_promise(
        self, portal: Any, erika: Any
    ) -> None:
        await promise(erika, "500.00")
        await portal.hear(disputed(OPENED, "1200.00"))
        await portal.watch("promises")

        assert (await news(portal))[1:] == [("promise", "withdrawn", "0.00", "0.00")]
        (*_, last) = await portal.told()
        assert "withdrawn_by" not in last, "the customer did not, and it counts for no rail"

    async def test_of_a_part_leaves_the_rest_to_be_paid(self, portal: Any, erika: Any) -> None:
        await promise(erika, "1200.00")
        await portal.hear(disputed(OPENED, "200.00"))
        await portal.watch("promises")
        assert (await news(portal))[1:] == [("promise", "part-paid", "1200.00", "1000.00")]

        await portal.hear(portal.pays("1000.00", left="200.00"))
        await portal.watch("promises")
        assert (await news(portal))[2:] == [("promise", "kept", "0.00", "0.00")]

    async def test_leaves_that_amount_out_of_promises_and_plans(
        self, plans: Any, portal: Any, erika: Any
    ) -> None:
        await portal.hear(disputed(OPENED, "200.00"))

        assert await promise(erika, "1000.01") == (409, "more-promised-than-open")
        quote = await plans.quoted(erika, (INVOICE, None), parts=2)
        assert [one["amount"] for one in quote["items"]] == ["1000.00"]

    async def test_of_long_ago_is_left_out_however_many_were_decided_since(
        self, portal: Any, erika: Any
    ) -> None:
        held = disputed(OPENED, "200.00")
        decided = disputed(RESOLVED, "0.00")
        later = [
            decided.model_copy(
                update={"dispute_id": UUID(int=n), "opened_at": NOW + timedelta(hours=n)}
            )
            for n in range(1, STANDING_READ_MAX + 1)
        ]
        await portal.hear(held, *later)

        assert await promise(erika, "1000.01") == (409, "more-promised-than-open")

    async def test_that_holds_though_its_rest_was_withdrawn_is_left_out(
        self, portal: Any, erika: Any
    ) -> None:
        await portal.hear(disputed(WITHDRAWN, "200.00"))

        assert await promise(erika, "1000.01") == (409, "more-promised-than-open")
        assert (await erika.get("/")).status_code == 200

    async def test_breaks_no_plan_and_ends_none_while_it_lasts(
        self, plans: Any, portal: Any, erika: Any
    ) -> None:
        await plans.agreed(erika, (INVOICE, "1200.00"))
        await portal.hear(disputed(OPENED, "1200.00"))
        await plans.watch_until(date(2026, 6, 1))
        assert (await news(portal))[2:] == [("plan", "instalment-paid", "1200.00", "0.00")]

    async def test_that_is_over_gives_time_to_pay_what_it_held(
        self, plans: Any, portal: Any, erika: Any
    ) -> None:
        await plans.agreed(erika, (INVOICE, "1200.00"))
        await portal.hear(disputed(OPENED, "1200.00"))
        await plans.watch_until(date(2026, 6, 1))
        await portal.hear(disputed(WITHDRAWN, "0.00", version=21))
        await portal.watch("plans")

        assert [name for _, name, *_ in (await news(portal))[3:]] == [
            "instalment-paid",
            "instalment-due",
        ]
        (*_, last) = await portal.told()
        days = [one["due_on"] for one in last["instalments"]]
        assert days == ["2026-06-04", "2026-06-05", "2026-06-30"]
        await plans.watch_until(date(2026, 6, 9))
        assert [name for _, name, *_ in (await news(portal))[5:]] == ["instalment-missed"]
        await plans.watch_until(date(2026, 6, 10))
        assert (await news(portal))[6:] == [("plan", "broken", "0.00", "1200.00")]

    async def test_that_is_over_puts_off_no_part_that_was_to_be_paid(
        self, plans: Any, portal: Any, erika: Any
    ) -> None:
        await plans.agreed(erika, (INVOICE, "1200.00"))
        await portal.hear(disputed(OPENED, "400.00"))
        await portal.hear(portal.pays("400.00", left="800.00", on=date(2026, 4, 30)))
        await plans.watch_until(date(2026, 5, 20))
        await portal.hear(disputed(WITHDRAWN, "0.00", version=21))
        await portal.watch("plans")

        (*_, last) = await portal.told()
        days = [one["due_on"] for one in last["instalments"]]
        assert days == ["2026-04-30", "2026-05-30", "2026-06-30"]


class TestACredit:
    async def test_leaves_less_of_the_last_parts_and_is_told(
        self, plans: Any, portal: Any, erika: Any
    ) -> None:
        await plans.agreed(erika, (INVOICE, "1200.00"))
        await portal.hear(portal.invoice(open="700.00", version=2))
        await portal.watch("plans")

        (*_, last) = await portal.told()
        assert [one["left"] for one in last["instalments"]] == ["400.00", "300.00", "0.00"]
        shown = (await erika.get(f"/v1/plans/{last['plan_id']}")).json()
        assert [one["left"] for one in shown["instalments"]] == ["400.00", "300.00", "0.00"]
        page = (await erika.get(f"/plans/{last['plan_id']}")).text
        assert page.count("Noch zu zahlen") == 1
        assert page.count("derzeit nichts zu zahlen") == 1
