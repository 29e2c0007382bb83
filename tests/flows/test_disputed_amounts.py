"""Exactly what is disputed is not asked for: from the opening to the outcome, in reminders and at the last look."""

from datetime import timedelta
from typing import Any

import pytest

from shared.base.ids import object_id
from shared.testing import builders
from shared.testing.builders import SOURCE, Voice

pytestmark = [pytest.mark.timeout(900)]
erp = Voice()


async def owes(stack: Any, number: str) -> dict[str, Any]:
    """A business owes 1,000.00 on an invoice that is twelve days overdue; answers what a dispute of it says."""
    due = (await stack.now()).date() - timedelta(days=12)
    customer = builders.customer(number, language="en")
    invoice = builders.invoice(f"I-{number}", number, "1000.00", due=due)
    await stack.tell(erp.says(customer), erp.says(invoice))
    item = {"invoice_id": str(object_id(SOURCE, "invoice", f"I-{number}")), "amount": "100.00"}
    return {
        "customer_id": str(object_id(SOURCE, "customer", number)),
        "items": [item],
        "reason": "damaged",
        "words": "One of ten is broken.",
    }


async def reminders(stack: Any, to: str) -> list[dict[str, Any]]:
    """Mails that ask for money; how a dispute goes on is told besides."""
    return [mail for mail in await stack.mails(to) if "dispute" not in mail["subject"]]


class TestDisputedAmount:
    async def test_is_left_out_of_the_reminder_and_asked_for_again_once_rejected(
        self, stack: Any
    ) -> None:
        said = await owes(stack, "NINE")
        dispute = await stack.post("disputes", "/v1/disputes", said)
        await stack.advance_to_contact()

        (mail,) = await reminders(stack, "ap@nine.example")
        assert "900.00" in mail["text"]
        assert "1,000.00" not in mail["text"]

        path = f"/v1/disputes/{dispute['dispute_id']}/resolutions"
        no = {"outcome": "rejected", "why": "signed for", "words": "Your warehouse signed for ten."}
        await stack.post("disputes", path, no)
        await stack.advance(await stack.now() + timedelta(days=20))

        latest = (await reminders(stack, "ap@nine.example"))[-1]
        assert "1,000.00" in latest["text"]
        assert "900.00" not in latest["text"]

    async def test_by_the_customer_at_the_portal_is_left_out_and_its_clock_is_seen(
        self, stack: Any, browser: Any
    ) -> None:
        said = await owes(stack, "SELF")
        await stack.sign_in(browser, "ap@self.example")
        del said["customer_id"]

        opened = await browser.post("/v1/disputes", json=said)
        assert opened.status_code == 201, opened.text
        await stack.settle()
        path = f"/v1/disputes/{opened.json()['dispute_id']}"
        brought = await browser.post(f"{path}/papers", files={"file": ("l.csv", b"a;b\n1;2\n")})
        assert brought.status_code == 201, brought.text
        await stack.settle()

        assert (await browser.get(path)).json() == opened.json()
        await stack.advance_to_contact()
        mail = (await reminders(stack, "ap@self.example"))[-1]
        assert "900.00" in mail["text"]
        await stack.sign_in(browser, "ap@self.example")
        (paper,) = (await browser.get(f"{path}/papers")).json()["items"]
        assert paper["scan"] == "clean"

    async def test_the_timeline_says_what_is_held_and_what_no_more(self, stack: Any) -> None:
        said = await owes(stack, "LINE")
        dispute = await stack.post("disputes", "/v1/disputes", said)
        path = f"/v1/disputes/{dispute['dispute_id']}/withdrawals"
        await stack.settle()
        await stack.post("disputes", path, {"why": "found it"})
        await stack.settle()

        lines = await stack.all("scheduler", f"/v1/customers/{said['customer_id']}/timeline")
        holds = [line for line in lines if line["kind"] == "hold"]
        assert [(line["rule"], line["facts"]["amount"]) for line in holds] == [
            ("hold.placed", "100.00"),
            ("hold.ended", "0.00"),
        ]

    async def test_opened_while_the_reminder_is_on_its_way_it_is_left_out(self, stack: Any) -> None:
        said = await owes(stack, "LATE")
        await stack.post("notifier", "/v1/sending", {"mode": "off"})
        await stack.advance_to_contact()
        assert await stack.mails("ap@late.example") == []

        await stack.post("disputes", "/v1/disputes", said)
        await stack.settle()
        await stack.sending("live")

        (mail,) = await reminders(stack, "ap@late.example")
        assert "900.00" in mail["text"]
        assert "1,000.00" not in mail["text"]

    async def test_all_of_it_disputed_is_silence(self, stack: Any) -> None:
        said = await owes(stack, "MUTE")
        said["items"][0]["amount"] = "1000.00"
        await stack.post("disputes", "/v1/disputes", said)
        await stack.advance_to_contact()

        assert await reminders(stack, "ap@mute.example") == []
        lines = await stack.all("scheduler", f"/v1/customers/{said['customer_id']}/timeline")
        silent = [line["facts"]["detail"] for line in lines if line["kind"] == "silence"]
        assert silent == ["dispute: damaged"]

    async def test_what_a_payer_leaves_out_with_a_reason_is_disputed_and_not_asked_for(
        self, stack: Any
    ) -> None:
        said = await owes(stack, "CUT")
        short = {"amount": "100.00", "reason": said["reason"], "words": said["words"]}
        paid = {"invoice_id": "I-CUT", "amount": "900.00", "short": short}
        payment = {
            "customer_id": said["customer_id"],
            "legal_entity": "DE01",
            "value_date": (await stack.now()).date().isoformat(),
            "currency": "EUR",
            "amount": "900.00",
            "allocations": [paid],
        }
        await stack.settle()
        await stack.post("ledger", "/v1/payments", payment)
        await stack.advance_to_contact()

        (dispute,) = await stack.all("disputes", "/v1/disputes", customer_id=said["customer_id"])
        assert (dispute["state"], dispute["items"][0]["amount"]) == ("acknowledged", "100.00")
        assert await reminders(stack, "ap@cut.example") == []
