"""Nobody is chased for what is not owed: the facts are read again right before a message leaves."""

from datetime import date, timedelta
from typing import Any

import pytest

from shared.testing import builders
from shared.testing.builders import Voice

pytestmark = [pytest.mark.timeout(600)]
erp = Voice()


async def overdue_customer(stack: Any, number: str) -> date:
    """A customer with one invoice ten days overdue; returns today."""
    today = (await stack.now()).date()
    await stack.tell(
        erp.says(builders.customer(number)),
        erp.says(
            builders.invoice(f"I-{number}", number, "1200.00", due=today - timedelta(days=10))
        ),
    )
    return today


class TestFirstLight:
    async def test_an_overdue_invoice_becomes_one_mail_that_says_what_is_owed(
        self, stack: Any
    ) -> None:
        await overdue_customer(stack, "FIRST")

        await stack.advance_to_contact()

        (mail,) = await stack.mails("ap@first.example")
        assert "I-FIRST" in mail["text"]
        assert "1.200,00" in mail["text"]
        assert [message["status"] for message in await stack.messages("FIRST")] == ["sent"]

    async def test_what_the_mail_says_and_why_it_left_stand_on_the_timeline(
        self, stack: Any
    ) -> None:
        await overdue_customer(stack, "WHY")

        await stack.advance_to_contact()

        reminder = next(line for line in await stack.timeline("WHY") if line["kind"] == "reminder")
        assert reminder["step"] == 1
        assert reminder["policy_version"]
        assert reminder["rule"]
        assert reminder["facts"]


class TestPaidInTime:
    async def test_who_pays_between_decision_and_dispatch_gets_nothing_and_the_timeline_says_why(
        self, stack: Any
    ) -> None:
        today = await overdue_customer(stack, "PAID")
        await stack.sending("off")
        await stack.advance_to_contact()
        assert [message["status"] for message in await stack.messages("PAID")] == ["waiting"]

        await stack.tell(
            erp.says(builders.payment("P-PAID", "PAID", "1200.00", on=today, to="I-PAID"))
        )
        await stack.sending("live")

        assert await stack.mails("ap@paid.example") == []
        (message,) = await stack.messages("PAID")
        assert (message["status"], bool(message["reason"])) == ("suppressed", True)
        assert any("settled" in line["reason"] for line in await stack.timeline("PAID"))

    async def test_who_pays_a_part_is_asked_for_the_rest(self, stack: Any) -> None:
        today = await overdue_customer(stack, "PART")
        await stack.sending("off")
        await stack.advance_to_contact()

        await stack.tell(
            erp.says(builders.payment("P-PART", "PART", "500.00", on=today, to="I-PART"))
        )
        await stack.sending("live")

        (mail,) = await stack.mails("ap@part.example")
        assert "700,00" in mail["text"]


class TestOutage:
    @pytest.mark.parametrize("number", ["OUT"])
    async def test_after_ten_days_away_each_due_customer_has_one_contact_day(
        self, stack: Any, number: str
    ) -> None:
        names = [f"{number}{turn}" for turn in range(6)]
        for name in names:
            await overdue_customer(stack, name)

        await stack.jump(await stack.now() + timedelta(days=10))
        await stack.advance(await stack.now() + timedelta(days=4))

        for name in names:
            mails = await stack.mails(f"ap@{name.lower()}.example")
            assert len(mails) == 1, name
