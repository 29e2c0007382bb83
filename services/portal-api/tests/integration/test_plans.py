"""Plans at the door and in time: quote, words that both sides accept, and what the ledger's cash makes of them."""

import asyncio
import hashlib
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from portal_api.domain.plan import Acceptance, Side
from portal_api.interfaces.planning import Accepts, Planning
from shared.base.ids import object_id
from shared.contracts import erp, ledger
from shared.testing.examples import CUSTOMER, INVOICE, SOURCE

OTHER_INVOICE = object_id(SOURCE, "invoice", "RE-9")
NONE = UUID(int=2)
FIRST = "2026-04-30"
DAY = timedelta(days=1)


@pytest.fixture
async def erika(portal: Any) -> Any:
    """Signed in, for the first customer, who owes 1,200.00 since the ninth of April; it is the twentieth."""
    browser = portal.browser()
    await portal.sign_in(browser)
    return browser


async def ask(
    browser: Any,
    *items: tuple[UUID, str | None],
    first_on: str = FIRST,
    parts: int = 3,
) -> Any:
    wanted = [
        {"invoice_id": str(one)} | ({"amount": amount} if amount else {})
        for one, amount in items or ((INVOICE, "100.00"),)
    ]
    said = {"items": wanted, "first_on": first_on, "parts": parts}
    return await browser.post("/v1/plan-quotes", json=said)


async def quoted(browser: Any, *items: tuple[UUID, str | None], **more: Any) -> dict[str, Any]:
    answer = await ask(browser, *items, **more)
    assert answer.status_code == 201, answer.text
    quote: dict[str, Any] = answer.json()
    return quote


async def refused(browser: Any, *items: tuple[UUID, str | None], **more: Any) -> tuple[int, str]:
    answer = await ask(browser, *items, **more)
    return answer.status_code, answer.json()["code"]


async def propose(browser: Any, quote: dict[str, Any]) -> Any:
    return await browser.post("/v1/plans", json={"quote_id": quote["quote_id"]})


async def accept(browser: Any, plan: dict[str, Any], text_hash: str | None = None) -> Any:
    hashed = text_hash or plan["terms"]["text_hash"]
    return await browser.post(
        f"/v1/plans/{plan['plan_id']}/acceptances", json={"text_hash": hashed}
    )


async def proposed(browser: Any, *items: tuple[UUID, str | None], **more: Any) -> dict[str, Any]:
    answer = await propose(browser, await quoted(browser, *items, **more))
    assert answer.status_code == 201, answer.text
    plan: dict[str, Any] = answer.json()
    return plan


async def agreed(browser: Any, *items: tuple[UUID, str | None], **more: Any) -> dict[str, Any]:
    answer = await accept(browser, await proposed(browser, *items, **more))
    assert answer.status_code == 201, answer.text
    plan: dict[str, Any] = answer.json()
    return plan


async def refuse(browser: Any, plan: dict[str, Any], **said: str) -> tuple[int, str]:
    answer = await browser.post(f"/v1/plans/{plan['plan_id']}/refusals", json=said)
    return answer.status_code, answer.json().get("code") or answer.json()["state"]


async def extend(browser: Any, plan: dict[str, Any], days: int) -> tuple[int, str]:
    answer = await browser.post(f"/v1/plans/{plan['plan_id']}/extensions", json={"days": days})
    return answer.status_code, answer.json().get("code") or answer.json()["state"]


async def told(portal: Any) -> list[tuple[str, str, str]]:
    """Of each plan's step: its name, and of its one item paid and held."""
    names = await portal.rows("SELECT headers::json->>'ce_type' AS name FROM outbox ORDER BY seq")
    return [
        (row["name"].split(".")[2], body["items"][0]["paid"], body["items"][0]["held"])
        for row, body in zip(names, await portal.told(), strict=True)
        if "plan_id" in body
    ]


async def watch_until(portal: Any, day: date) -> None:
    """Every morning up to that day."""
    while portal.service.clock.now().date() < day:
        portal.move(DAY)
        await portal.watch("plans")


class TestQuote:
    async def test_says_parts_days_and_words(self, portal: Any, erika: Any) -> None:
        quote = await quoted(erika)

        assert [(one["due_on"], one["amount"]) for one in quote["instalments"]] == [
            ("2026-04-30", "33.34"),
            ("2026-05-30", "33.33"),
            ("2026-06-30", "33.33"),
        ]
        text = quote["terms"]["text"]
        assert "33,34 EUR" in text, "in the customer's language"
        assert hashlib.sha256(text.encode()).hexdigest() == quote["terms"]["text_hash"]
        assert await told(portal) == []

    async def test_of_all_that_is_left_where_no_amount_is_named(self, erika: Any) -> None:
        quote = await quoted(erika, (INVOICE, None), parts=2)

        assert [one["amount"] for one in quote["instalments"]] == ["600.00", "600.00"]

    async def test_refuses_by_name(self, portal: Any, erika: Any) -> None:
        await portal.hear(
            portal.invoice(invoice_id=NONE, invoice_number="2", currency="JPY", open="5000")
        )
        assert await refused(erika, first_on="2026-04-19") == (422, "first-on-past")
        assert await refused(erika, first_on="2026-05-21") == (422, "first-on-too-late")
        assert await refused(erika, (INVOICE, "1200.00"), parts=13) == (422, "too-many-parts")
        assert await refused(erika, parts=5) == (422, "part-too-small")
        assert await refused(erika, (INVOICE, "0.01"), parts=2) == (422, "part-too-small")
        assert await refused(erika, (INVOICE, "1200.01")) == (409, "more-promised-than-open")
        assert await refused(erika, (INVOICE, "100.001")) == (422, "amount-too-precise")
        assert await refused(erika, (NONE, "1000")) == (422, "currency-not-planned")
        assert await refused(erika, (INVOICE, "50.00"), (NONE, "1")) == (422, "items-mixed")
        assert await refused(erika, (OTHER_INVOICE, None)) == (422, "invoice-unknown")
        assert await refused(erika, parts=1) == (422, "request-invalid")

    async def test_leaves_out_what_is_promised_or_planned(self, erika: Any) -> None:
        item = {"invoice_id": str(INVOICE), "amount": "200.00"}
        await erika.post("/v1/promises", json={"items": [item], "pay_on": FIRST})
        await agreed(erika, (INVOICE, "300.00"))

        quote = await quoted(erika, (INVOICE, None), parts=2)
        assert [one["amount"] for one in quote["items"]] == ["700.00"]
        item["amount"] = "700.01"
        answer = await erika.post("/v1/promises", json={"items": [item], "pay_on": FIRST})
        assert answer.json()["code"] == "more-promised-than-open"

    async def test_is_good_for_its_days_and_then_forgotten(self, portal: Any, erika: Any) -> None:
        quote = await quoted(erika)
        portal.move(timedelta(days=7))
        await portal.sign_in(erika)
        assert (await propose(erika, quote)).json()["code"] == "quote-out-of-date"

        portal.move(timedelta(days=1, seconds=1))
        (job,) = [one for one in portal.service.jobs if one.name == "forget-sign-ins"]
        await job.run()
        await portal.sign_in(erika)
        assert (await propose(erika, quote)).json()["code"] == "quote-unknown"


class TestAgreement:
    async def test_is_active_once_both_sides_accepted_the_same_text(
        self, portal: Any, erika: Any
    ) -> None:
        plan = await proposed(erika)
        assert plan["state"] == "proposed"
        assert await told(portal) == [("proposed", "0.00", "0.00")], "nothing holds yet"

        other = await accept(erika, plan, "0" * 64)
        assert (other.status_code, other.json()["code"]) == (409, "text-not-the-same")
        active = (await accept(erika, plan)).json()

        assert active["state"] == "active"
        kept = [(one["side"], one["by"], one["network"]) for one in active["acceptances"]]
        assert kept == [("us", "policy plans/2", ""), ("customer", "1", "127.0.0.1")]
        assert {one["text_hash"] for one in active["acceptances"]} == {plan["terms"]["text_hash"]}
        assert (await told(portal))[1:] == [("activated", "0.00", "100.00")]

    async def test_twice_is_once(self, portal: Any, erika: Any) -> None:
        quote = await quoted(erika)
        first, again = [(await propose(erika, quote)).json() for _ in range(2)]
        assert first == again
        both = await asyncio.gather(*(accept(erika, first) for _ in range(3)))

        assert [one.status_code for one in both] == [201] * 3
        assert len(await told(portal)) == 2

    async def test_a_key_is_answered_as_before(self, erika: Any) -> None:
        quote = await quoted(erika)
        said, keyed = {"quote_id": quote["quote_id"]}, {"Idempotency-Key": "k"}
        first, again = [await erika.post("/v1/plans", json=said, headers=keyed) for _ in range(2)]

        assert first.content == again.content
        assert again.headers["Idempotency-Replayed"] == "true"

    async def test_a_newer_proposal_takes_the_place_of_one_not_accepted(
        self, portal: Any, erika: Any
    ) -> None:
        one, other = await quoted(erika), await quoted(erika, (INVOICE, "1150.00"))
        older = (await propose(erika, one)).json()
        newer = (await propose(erika, other)).json()

        assert [name for name, *_ in await told(portal)] == ["proposed", "lapsed", "proposed"]
        assert (await accept(erika, older)).json()["code"] == "plan-not-open"
        assert (await accept(erika, newer)).json()["state"] == "active"

    async def test_so_many_at_once_and_no_more(self, erika: Any) -> None:
        for amount in ("100.00", "110.00"):
            await agreed(erika, (INVOICE, amount))

        answer = await propose(erika, await quoted(erika, (INVOICE, "120.00")))
        assert (answer.status_code, answer.json()["code"]) == (409, "too-many-plans")

    async def test_is_not_begun_when_the_invoice_was_paid_meanwhile(
        self, portal: Any, erika: Any
    ) -> None:
        plan = await proposed(erika, (INVOICE, "1200.00"))
        await portal.hear(portal.pays("1.00", left="1199.00"))

        answer = await accept(erika, plan)
        assert (answer.status_code, answer.json()["code"]) == (409, "more-promised-than-open")

    async def test_lapses_when_nobody_accepts(self, portal: Any, erika: Any) -> None:
        plan = await proposed(erika)
        await watch_until(portal, date(2026, 4, 27))
        await portal.sign_in(erika)

        assert (await told(portal))[1:] == [("lapsed", "0.00", "0.00")]
        assert (await accept(erika, plan)).json()["code"] == "plan-not-open"

    async def test_wants_the_role_pay_and_one_s_own(self, portal: Any, erika: Any) -> None:
        plan = await proposed(erika)
        otto = portal.browser()
        await portal.sign_in(otto, "otto@other.example")
        asked = (
            otto.get(f"/v1/plans/{plan['plan_id']}"),
            accept(otto, plan),
            otto.post(f"/v1/plans/{plan['plan_id']}/extensions", json={"days": 1}),
        )
        assert [(await one).status_code for one in asked] == [404] * 3
        assert (await otto.get("/v1/plans")).json()["items"] == []

        viewer = portal.browser()
        only = ("v@muster.example", erp.Role.OTHER)
        await portal.hear(portal.customer(CUSTOMER, only, version=2))
        await portal.sign_in(viewer, only[0])
        assert await refused(viewer) == (403, "role-missing")
        assert (await accept(viewer, plan)).status_code == 403
        assert len((await viewer.get("/v1/plans")).json()["items"]) == 1


class TestApproval:
    @pytest.fixture
    async def planning(self, portal: Any) -> Planning:
        """As the staff door has it."""
        (job,) = [one for one in portal.service.jobs if one.name == "plans"]
        planning: Planning = job.run.__self__.judge.__self__
        return planning

    @pytest.fixture
    async def waiting(self, portal: Any, erika: Any) -> dict[str, Any]:
        """A plan of 6,000.00, accepted by the customer."""
        large = portal.invoice(total="6000.00", open="6000.00", version=2)
        await portal.hear(large)
        return await agreed(erika, (INVOICE, None))

    async def test_above_the_sum_waits_for_a_person_and_is_held_meanwhile(
        self, portal: Any, waiting: dict[str, Any], planning: Planning
    ) -> None:
        assert waiting["state"] == "accepted"
        assert (await told(portal))[1:] == [("accepted", "0.00", "6000.00")]

        accepts = Accepts("staff carla", waiting["terms"]["text_hash"], "")
        for _ in range(2):
            async with portal.service.database.work(portal.service.clock.now()) as work:
                plan = await planning.approve(work, UUID(waiting["plan_id"]), accepts)
        assert plan.state == "active"
        us = plan.accepted_by(Side.US)
        assert isinstance(us, Acceptance)
        assert us.by == "staff carla"
        assert (await told(portal))[2:] == [("activated", "0.00", "6000.00")]

    async def test_what_is_paid_meanwhile_counts(
        self, portal: Any, waiting: dict[str, Any], planning: Planning
    ) -> None:
        pays = portal.pays("2000.00", left="4000.00", on=date(2026, 4, 21), version=2)
        await portal.hear(pays)
        await portal.watch("plans")
        assert (await told(portal))[2:] == [("instalment-paid", "2000.00", "4000.00")]

        accepts = Accepts("staff carla", waiting["terms"]["text_hash"], "")
        async with portal.service.database.work(portal.service.clock.now()) as work:
            plan = await planning.approve(work, UUID(waiting["plan_id"]), accepts)
        assert [one.paid_minor for one in plan.instalments] == [200_000, 0, 0]

    async def test_all_paid_meanwhile_completes_it_at_once(
        self, portal: Any, waiting: dict[str, Any], planning: Planning
    ) -> None:
        pays = portal.pays("6000.00", left="0.00", on=date(2026, 4, 21), version=2)
        await portal.hear(pays)
        accepts = Accepts("staff carla", waiting["terms"]["text_hash"], "")
        async with portal.service.database.work(portal.service.clock.now()) as work:
            await planning.approve(work, UUID(waiting["plan_id"]), accepts)
        await portal.watch("plans")

        assert (await told(portal))[3:] == [("completed", "6000.00", "0.00")]

    async def test_a_declined_one_is_asked_for_again_and_says_why(
        self, portal: Any, waiting: dict[str, Any], planning: Planning
    ) -> None:
        for _ in range(2):
            async with portal.service.database.work(portal.service.clock.now()) as work:
                await planning.decline(work, UUID(waiting["plan_id"]), reason="Please call us.")

        assert (await told(portal))[2:] == [("declined", "0.00", "0.00")]
        (*_, last) = await portal.told()
        assert last["reason"] == "Please call us."

    async def test_lapses_when_we_stay_silent(self, portal: Any, waiting: dict[str, Any]) -> None:
        await watch_until(portal, date(2026, 4, 27))

        assert (await told(portal))[2:] == [("lapsed", "0.00", "0.00")]


class TestRefusal:
    async def test_ends_a_proposal_at_once_and_leaves_room_for_another(
        self, portal: Any, erika: Any
    ) -> None:
        plan = await proposed(erika)

        assert await refuse(erika, plan, words="In May we can pay all") == (201, "refused")
        assert await refuse(erika, plan) == (201, "refused")

        assert await told(portal) == [("proposed", "0.00", "0.00"), ("refused", "0.00", "0.00")]
        assert (await portal.told())[-1]["reason"] == "In May we can pay all"
        assert await portal.rows("SELECT * FROM timers WHERE kind = 'plans'") == []
        assert (await accept(erika, plan)).json()["code"] == "plan-not-open"

    async def test_of_what_we_have_not_agreed_to_yet_ends_its_hold(
        self, portal: Any, erika: Any
    ) -> None:
        await portal.hear(portal.invoice(open="6000.00", total="6000.00", version=2))
        plan = await agreed(erika, (INVOICE, "6000.00"))
        assert plan["state"] == "accepted"

        assert await refuse(erika, plan) == (201, "refused")
        assert (await told(portal))[1:] == [
            ("accepted", "0.00", "6000.00"),
            ("refused", "0.00", "0.00"),
        ]

    async def test_of_what_both_agreed_on_is_none(self, erika: Any) -> None:
        plan = await agreed(erika)

        assert await refuse(erika, plan) == (409, "plan-not-open")


class TestOutcome:
    async def test_kept_part_by_part(self, portal: Any, erika: Any) -> None:
        plan = await agreed(erika)
        amounts = (("33.34", "1166.66"), ("33.33", "1133.33"), ("33.33", "1100.00"))
        days = (date(2026, 4, 29), date(2026, 5, 29), date(2026, 6, 29))
        for n, ((amount, left), on) in enumerate(zip(amounts, days, strict=True), 1):
            await watch_until(portal, on)
            paid = portal.pays(amount, left=left, on=on, version=n, payment_id=UUID(int=70 + n))
            await portal.hear(paid)
            await portal.watch("plans")

        assert (await told(portal))[2:] == [
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

    async def test_late_within_grace_and_then_in_time(self, portal: Any, erika: Any) -> None:
        await agreed(erika)
        await watch_until(portal, date(2026, 5, 4))
        await portal.hear(portal.pays("33.34", left="1166.66", on=date(2026, 5, 5)))
        await watch_until(portal, date(2026, 5, 10))

        assert [name for name, *_ in (await told(portal))[2:]] == [
            "instalment-due",
            "instalment-missed",
            "instalment-paid",
        ]

    async def test_missed_after_grace_breaks_it_once(self, portal: Any, erika: Any) -> None:
        await agreed(erika)
        await watch_until(portal, date(2026, 5, 5))
        assert [name for name, *_ in (await told(portal))[2:]] == [
            "instalment-due",
            "instalment-missed",
        ]
        portal.move(DAY)
        await asyncio.gather(*(portal.watch("plans") for _ in range(3)))

        assert (await told(portal))[4:] == [("broken", "0.00", "0.00")]
        (*_, last) = await portal.told()
        assert last["number"] == 1

    async def test_waits_until_what_was_missed_is_heard(self, portal: Any, erika: Any) -> None:
        await agreed(erika)
        portal.move(timedelta(days=30))
        await portal.watch("plans", "1 of ledger.events.v1[0]")
        assert len(await told(portal)) == 2

        await portal.hear(portal.pays("33.34", left="1166.66", on=date(2026, 4, 29)))
        await portal.watch("plans")
        assert [name for name, *_ in (await told(portal))[2:]] == ["instalment-paid"]

    async def test_a_payment_that_went_back_was_none(self, portal: Any, erika: Any) -> None:
        await agreed(erika)
        await portal.hear(portal.pays("33.34", left="1166.66"))
        await portal.watch("plans")
        gone = portal.pays("33.34", left="1200.00", version=2)
        await portal.hear(ledger.PaymentReturned(**gone.model_dump() | {"allocations": ()}))
        await portal.watch("plans")

        assert (await told(portal))[2:] == [
            ("instalment-paid", "33.34", "66.66"),
            ("instalment-paid", "0.00", "100.00"),
        ]

    async def test_an_invoice_taken_back_ends_it(self, portal: Any, erika: Any) -> None:
        await agreed(erika)
        gone = portal.invoice(open="0.00", status=ledger.InvoiceStatus.CANCELLED, version=2)
        await portal.hear(ledger.InvoiceCancelled(**gone.model_dump()))
        await portal.watch("plans")

        assert (await told(portal))[2:] == [("completed", "0.00", "0.00")]


class TestExtension:
    async def test_moves_what_is_not_paid_once_and_is_reminded_of_anew(
        self, portal: Any, erika: Any
    ) -> None:
        plan = await agreed(erika)
        await watch_until(portal, date(2026, 5, 3))
        await portal.sign_in(erika)
        assert await extend(erika, plan, 32) == (422, "extension-too-long")
        assert await extend(erika, plan, 14) == (201, "active")
        assert await extend(erika, plan, 14) == (409, "plan-extended-already")
        await watch_until(portal, date(2026, 5, 20))

        assert [name for name, *_ in (await told(portal))[2:]] == [
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

    async def test_of_a_plan_that_is_not_active_is_refused(self, erika: Any) -> None:
        plan = await proposed(erika)

        assert await extend(erika, plan, 14) == (409, "plan-not-open")


def _days(instalments: Iterable[dict[str, Any]]) -> list[str]:
    return [one["due_on"] for one in instalments]
