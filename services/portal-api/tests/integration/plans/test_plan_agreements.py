"""A plan begins once both sides accepted the same text: who, when and from where is kept."""

import asyncio
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from portal_api.domain.plan import Acceptance, Side
from portal_api.interfaces.planning import Accepts, Planning
from shared.contracts import erp
from shared.testing.examples import CUSTOMER, INVOICE


class TestAgreement:
    async def test_is_active_once_both_sides_accepted_the_same_text(
        self, plans: Any, portal: Any, erika: Any
    ) -> None:
        plan = await plans.proposed(erika)
        assert plan["state"] == "proposed"
        assert await plans.told() == [("proposed", "0.00", "0.00")], "nothing holds yet"

        other = await plans.accept(erika, plan, "0" * 64)
        assert (other.status_code, other.json()["code"]) == (409, "text-not-the-same")
        active = (await plans.accept(erika, plan)).json()

        assert active["state"] == "active"
        kept = [(one["side"], one["by"], one["network"]) for one in active["acceptances"]]
        assert kept == [("us", "policy plans/3", ""), ("customer", "1", "127.0.0.1")]
        assert {one["text_hash"] for one in active["acceptances"]} == {plan["terms"]["text_hash"]}
        assert (await plans.told())[1:] == [("activated", "0.00", "100.00")]

    async def test_twice_is_once(self, plans: Any, portal: Any, erika: Any) -> None:
        quote = await plans.quoted(erika)
        first, again = [(await plans.propose(erika, quote)).json() for _ in range(2)]
        assert first == again
        both = await asyncio.gather(*(plans.accept(erika, first) for _ in range(3)))

        assert [one.status_code for one in both] == [201] * 3
        assert len(await plans.told()) == 2

    async def test_a_key_is_answered_as_before(self, plans: Any, erika: Any) -> None:
        quote = await plans.quoted(erika)
        said, keyed = {"quote_id": quote["quote_id"]}, {"Idempotency-Key": "k"}
        first, again = [await erika.post("/v1/plans", json=said, headers=keyed) for _ in range(2)]

        assert first.content == again.content
        assert again.headers["Idempotency-Replayed"] == "true"

    async def test_a_newer_proposal_takes_the_place_of_one_not_accepted(
        self, plans: Any, portal: Any, erika: Any
    ) -> None:
        one, other = await plans.quoted(erika), await plans.quoted(erika, (INVOICE, "1150.00"))
        older = (await plans.propose(erika, one)).json()
        newer = (await plans.propose(erika, other)).json()

        assert [name for name, *_ in await plans.told()] == ["proposed", "lapsed", "proposed"]
        assert (await plans.accept(erika, older)).json()["code"] == "plan-not-open"
        assert (await plans.accept(erika, newer)).json()["state"] == "active"

    async def test_so_many_at_once_and_no_more(self, plans: Any, erika: Any) -> None:
        for amount in ("100.00", "110.00"):
            await plans.agreed(erika, (INVOICE, amount))

        answer = await plans.propose(erika, await plans.quoted(erika, (INVOICE, "120.00")))
        assert (answer.status_code, answer.json()["code"]) == (409, "too-many-plans")

    async def test_is_not_begun_when_the_invoice_was_paid_meanwhile(
        self, plans: Any, portal: Any, erika: Any
    ) -> None:
        plan = await plans.proposed(erika, (INVOICE, "1200.00"))
        await portal.hear(portal.pays("1.00", left="1199.00"))

        answer = await plans.accept(erika, plan)
        assert (answer.status_code, answer.json()["code"]) == (409, "more-promised-than-open")

    async def test_lapses_when_nobody_accepts(self, plans: Any, portal: Any, erika: Any) -> None:
        plan = await plans.proposed(erika)
        await plans.watch_until(date(2026, 4, 27))
        await portal.sign_in(erika)

        assert (await plans.told())[1:] == [("lapsed", "0.00", "0.00")]
        assert (await plans.accept(erika, plan)).json()["code"] == "plan-not-open"

    async def test_wants_the_role_pay_and_one_s_own(
        self, plans: Any, portal: Any, erika: Any
    ) -> None:
        plan = await plans.proposed(erika)
        otto = portal.browser()
        await portal.sign_in(otto, "otto@other.example")
        asked = (
            otto.get(f"/v1/plans/{plan['plan_id']}"),
            plans.accept(otto, plan),
            otto.post(f"/v1/plans/{plan['plan_id']}/extensions", json={"days": 1}),
        )
        assert [(await one).status_code for one in asked] == [404] * 3
        assert (await otto.get("/v1/plans")).json()["items"] == []

        viewer = portal.browser()
        only = ("v@muster.example", erp.Role.OTHER)
        await portal.hear(portal.customer(CUSTOMER, only, version=2))
        await portal.sign_in(viewer, only[0])
        assert await plans.refused(viewer) == (403, "role-missing")
        assert (await plans.accept(viewer, plan)).status_code == 403
        assert len((await viewer.get("/v1/plans")).json()["items"]) == 1


class TestApproval:
    @pytest.fixture
    async def planning(self, portal: Any) -> Planning:
        """As the staff door has it."""
        (job,) = [one for one in portal.service.jobs if one.name == "plans"]
        planning: Planning = job.run.__self__.judge.__self__
        return planning

    @pytest.fixture
    async def waiting(self, plans: Any, portal: Any, erika: Any) -> dict[str, Any]:
        """A plan of 6,000.00, accepted by the customer."""
        large = portal.invoice(total="6000.00", open="6000.00", version=2)
        await portal.hear(large)
        return await plans.agreed(erika, (INVOICE, None))

    async def test_above_the_sum_waits_for_a_person_and_is_held_meanwhile(
        self, plans: Any, portal: Any, waiting: dict[str, Any], planning: Planning
    ) -> None:
        assert waiting["state"] == "accepted"
        assert (await plans.told())[1:] == [("accepted", "0.00", "6000.00")]

        accepts = Accepts("staff carla", waiting["terms"]["text_hash"], "")
        for _ in range(2):
            async with portal.service.database.work(portal.service.clock.now()) as work:
                plan = await planning.approve(work, UUID(waiting["plan_id"]), accepts)
        assert plan.state == "active"
        us = plan.accepted_by(Side.US)
        assert isinstance(us, Acceptance)
        assert us.by == "staff carla"
        assert (await plans.told())[2:] == [("activated", "0.00", "6000.00")]

    async def test_what_is_paid_meanwhile_counts(
        self, plans: Any, portal: Any, waiting: dict[str, Any], planning: Planning
    ) -> None:
        pays = portal.pays("2000.00", left="4000.00", on=date(2026, 4, 21), version=2)
        await portal.hear(pays)
        await portal.watch("plans")
        assert (await plans.told())[2:] == [("instalment-paid", "2000.00", "4000.00")]

        accepts = Accepts("staff carla", waiting["terms"]["text_hash"], "")
        async with portal.service.database.work(portal.service.clock.now()) as work:
            plan = await planning.approve(work, UUID(waiting["plan_id"]), accepts)
        assert [one.paid_minor for one in plan.instalments] == [200_000, 0, 0]

    async def test_all_paid_meanwhile_completes_it_at_once(
        self, plans: Any, portal: Any, waiting: dict[str, Any], planning: Planning
    ) -> None:
        pays = portal.pays("6000.00", left="0.00", on=date(2026, 4, 21), version=2)
        await portal.hear(pays)
        accepts = Accepts("staff carla", waiting["terms"]["text_hash"], "")
        async with portal.service.database.work(portal.service.clock.now()) as work:
            await planning.approve(work, UUID(waiting["plan_id"]), accepts)
        await portal.watch("plans")

        assert (await plans.told())[3:] == [("completed", "6000.00", "0.00")]

    async def test_a_declined_one_is_asked_for_again_and_says_why(
        self, plans: Any, portal: Any, waiting: dict[str, Any], planning: Planning
    ) -> None:
        for _ in range(2):
            async with portal.service.database.work(portal.service.clock.now()) as work:
                await planning.decline(work, UUID(waiting["plan_id"]), reason="Please call us.")

        assert (await plans.told())[2:] == [("declined", "0.00", "0.00")]
        (*_, last) = await portal.told()
        assert last["reason"] == "Please call us."

    async def test_lapses_when_we_stay_silent(
        self, plans: Any, portal: Any, waiting: dict[str, Any]
    ) -> None:
        await plans.watch_until(date(2026, 4, 27))

        assert (await plans.told())[2:] == [("lapsed", "0.00", "0.00")]


class TestRefusal:
    async def test_ends_a_proposal_at_once_and_leaves_room_for_another(
        self, plans: Any, portal: Any, erika: Any
    ) -> None:
        plan = await plans.proposed(erika)

        assert await plans.refuse(erika, plan, words="In May we can pay all") == (201, "refused")
        assert await plans.refuse(erika, plan) == (201, "refused")

        assert await plans.told() == [("proposed", "0.00", "0.00"), ("refused", "0.00", "0.00")]
        assert (await portal.told())[-1]["reason"] == "In May we can pay all"
        assert await portal.rows("SELECT * FROM timers WHERE kind = 'plans'") == []
        assert (await plans.accept(erika, plan)).json()["code"] == "plan-not-open"

    async def test_of_what_we_have_not_agreed_to_yet_ends_its_hold(
        self, plans: Any, portal: Any, erika: Any
    ) -> None:
        await portal.hear(portal.invoice(open="6000.00", total="6000.00", version=2))
        plan = await plans.agreed(erika, (INVOICE, "6000.00"))
        assert plan["state"] == "accepted"

        assert await plans.refuse(erika, plan) == (201, "refused")
        assert (await plans.told())[1:] == [
            ("accepted", "0.00", "6000.00"),
            ("refused", "0.00", "0.00"),
        ]

    async def test_of_what_both_agreed_on_is_none(self, plans: Any, erika: Any) -> None:
        plan = await plans.agreed(erika)

        assert await plans.refuse(erika, plan) == (409, "plan-not-open")
