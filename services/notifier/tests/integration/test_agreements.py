"""The customer is told each step of a promise or plan: once, in order, and never old news."""

from datetime import UTC, datetime
from typing import Any

import pytest

from shared.contracts import portal_api
from shared.contracts.portal_api import PlanEvent, PromiseEvent
from shared.testing.portal_examples import portal_examples

MORNING = datetime(2026, 4, 20, 7, tzinfo=UTC)


@pytest.fixture
async def steps(office: Any, tell: Any) -> dict[type, Any]:
    """By type; what they are about is R1, of 100.00, of a customer who is known."""
    await office.hear(tell.customer(), tell.invoice())
    examples = portal_examples(tell.customer_id, tell.invoice_id("R1"), MORNING)
    return {type(one): one for one in examples if isinstance(one, PlanEvent | PromiseEvent)}


async def run(office: Any) -> None:
    for _ in range(3):
        await office.dispatch.run()


def subjects(office: Any) -> list[str]:
    return [mail["Subject"].partition(":")[0] for mail in office.mails()]


class TestPromise:
    async def test_made_and_broken_are_two_mails_whatever_is_told_twice(
        self, office: Any, steps: dict[type, Any]
    ) -> None:
        made, broken = steps[portal_api.PromiseMade], steps[portal_api.PromiseBroken]
        await office.hear(made, made)
        await run(office)
        await office.hear(broken)
        await office.hear(broken, made)
        await run(office)

        assert subjects(office) == ["Danke für Ihre Zusage", "Ihre Zahlung ist nicht eingegangen"]
        assert await office.statuses() == [("sent", "")] * 2

    async def test_that_ended_before_it_left_is_told_once(
        self, office: Any, steps: dict[type, Any]
    ) -> None:
        await office.hear(steps[portal_api.PromiseMade], steps[portal_api.PromiseKept])
        await run(office)

        assert subjects(office) == ["Danke, Zusage eingehalten"]

    async def test_that_nothing_is_owed_of_any_more_is_no_news(
        self, office: Any, steps: dict[type, Any]
    ) -> None:
        withdrawn = steps[portal_api.PromiseWithdrawn]
        await office.hear(withdrawn)
        assert await office.statuses() == []

        by_them = withdrawn.model_copy(update={"withdrawn_by": "1", "version": 9})
        await office.hear(by_them)
        await run(office)
        assert subjects(office) == ["Zusage zurückgenommen"]


class TestPlan:
    async def test_is_told_step_by_step_in_its_own_words(
        self, office: Any, steps: dict[type, Any]
    ) -> None:
        for step in (portal_api.PlanProposed, portal_api.PlanActivated, portal_api.InstalmentDue):
            await office.hear(steps[step])
            await run(office)

        (proposed, active, due) = office.mails()
        assert "1. 15.05.2026: 33,34 EUR" in proposed.get_body(("plain",)).get_content()
        assert "15.06.2026: 33,33" in active.get_body(("plain",)).get_content()
        assert due["Subject"].startswith("Rate 1 Ihres Zahlungsplans ist am 15.05.2026")
        (row,) = await office.rows(
            "SELECT DISTINCT purpose, told IS NOT NULL AS told FROM messages WHERE status = 'sent'"
        )
        assert (row["purpose"], row["told"]) == ("plan", True)

    async def test_that_the_customer_refused_is_answered_with_their_words(
        self, office: Any, steps: dict[type, Any]
    ) -> None:
        await office.hear(steps[portal_api.PlanRefused])
        await run(office)

        (mail,) = office.mails()
        assert mail["Subject"].startswith("Sie haben den Zahlungsplan abgelehnt")
        assert "Wir können doch im Mai alles zahlen." in mail.get_body(("plain",)).get_content()

    async def test_does_not_remind_of_a_part_that_was_paid_before_it_left(
        self, office: Any, steps: dict[type, Any]
    ) -> None:
        await office.hear(steps[portal_api.InstalmentDue], steps[portal_api.InstalmentPaid])
        await run(office)

        assert await office.statuses() == [("suppressed", "superseded")]

    async def test_reminds_of_what_is_left_of_a_part(
        self, office: Any, steps: dict[type, Any]
    ) -> None:
        paid = steps[portal_api.InstalmentPaid]
        first, *rest = paid.instalments
        part = first.model_copy(update={"paid": "10.00", "left": "23.34"})
        less = paid.model_copy(update={"instalments": (part, *rest)})
        await office.hear(steps[portal_api.InstalmentDue], less)
        await run(office)

        (mail,) = office.mails()
        assert "23,34" in mail.get_body(("plain",)).get_content()

    async def test_whose_place_a_newer_one_took_is_not_told_any_more(
        self, office: Any, steps: dict[type, Any]
    ) -> None:
        lapsed = steps[portal_api.PlanLapsed]
        await office.hear(steps[portal_api.PlanProposed], lapsed)
        await run(office)
        assert await office.statuses() == [("suppressed", "superseded")]

        in_time = lapsed.model_copy(update={"at": lapsed.answer_by, "version": 99})
        await office.hear(in_time)
        await run(office)
        assert subjects(office) == ["Ihr Zahlungsplan wurde nicht rechtzeitig vereinbart"]

    async def test_that_comes_late_is_not_told_after_newer(
        self, office: Any, steps: dict[type, Any]
    ) -> None:
        await office.hear(steps[portal_api.PlanBroken])
        await run(office)
        await office.hear(steps[portal_api.InstalmentDue])
        await run(office)

        assert subjects(office) == ["Ihr Zahlungsplan ist beendet"]
        assert ("suppressed", "superseded") in await office.statuses()
