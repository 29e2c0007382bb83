"""Invoices in instalments and with discounts, from the ERP's event to the customer's mail."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from shared.contracts import erp as contract
from shared.testing import builders
from shared.testing.builders import Voice

pytestmark = [pytest.mark.timeout(600)]
erp = Voice()
DAY = timedelta(days=1)


class TestInstalments:
    async def test_each_is_asked_for_when_it_is_due_and_what_is_paid_meanwhile_is_not(
        self, stack: Any
    ) -> None:
        await stack.advance_to_contact()  # so that what is planned next is planned for that day
        today = (await stack.now()).date()
        days = [{"due_on": today + count * DAY} for count in (-30, -20, 90)] + [{}]
        parts = tuple(
            contract.ErpInstalment(number=number, amount=Decimal("400.00"), **when)
            for number, when in enumerate(days, start=1)
        )
        plan = builders.invoice(
            "I-RATES", "RATES", "1600.00", due=today + 90 * DAY,
            issued_on=today - 60 * DAY, instalments=parts,
        )  # fmt: skip
        await stack.tell(erp.says(builders.customer("RATES")), erp.says(plan))
        await stack.sending("off")
        await stack.advance_to_contact()

        half = builders.payment("P-RATES", "RATES", "550.00", on=today, to="I-RATES")
        await stack.tell(erp.says(half))
        await stack.sending("live")

        (message,) = await stack.messages("RATES")
        assert (message["status"], message["reason"]) == ("sent", "")
        (mail,) = await stack.mails("ap@rates.example")
        assert "I-RATES, Rate 2 von 4: 250,00" in mail["text"]
        assert all(f"Rate {number}" not in mail["text"] for number in (1, 3, 4))
        assert [(item["instalment"], item["open"]) for item in message["items"]] == [(2, "250.00")]
        reminder = next(
            line for line in await stack.timeline("RATES") if line["kind"] == "reminder"
        )
        assert [item["instalment"] for item in reminder["facts"]["items"]] == [1, 2]


class TestDiscounts:
    async def test_that_can_still_be_had_are_offered_before_the_due_date(self, stack: Any) -> None:
        today = (await stack.now()).date()
        await stack.tell(
            erp.says(builders.customer("SKONTO")),
            erp.says(invoice("SKONTO", due=today + 5 * DAY, until=today + 4 * DAY)),
        )

        await stack.advance_to_contact()

        (mail,) = await stack.mails("ap@skonto.example")
        last_day = (today + 4 * DAY).strftime("%d.%m.%Y")
        assert f"Mit Skonto: 980,00\N{NO-BREAK SPACE}€ bis {last_day}" in mail["text"]

    async def test_that_were_rightly_taken_are_never_chased_though_the_erp_has_not_booked_them(
        self, stack: Any
    ) -> None:
        today = (await stack.now()).date()
        taken = builders.payment("P-TAKEN", "TAKEN", "980.00", on=today - 12 * DAY, to="I-TAKEN")
        await stack.tell(
            erp.says(builders.customer("TAKEN")),
            erp.says(invoice("TAKEN", due=today - 5 * DAY, until=today - 10 * DAY)),
            erp.says(taken),
        )
        late = builders.payment("P-SHORT", "SHORT", "980.00", on=today - 9 * DAY, to="I-SHORT")
        await stack.tell(
            erp.says(builders.customer("SHORT")),
            erp.says(invoice("SHORT", due=today - 5 * DAY, until=today - 10 * DAY)),
            erp.says(late),
        )

        await stack.advance_to_contact()

        assert await stack.mails("ap@taken.example") == []
        (item,) = await stack.open_items("TAKEN")
        assert item["open"] == "20.00"
        reasons = {line["reason"] for line in await stack.timeline("TAKEN")}
        assert "invoice-held" in reasons
        (mail,) = await stack.mails("ap@short.example")
        assert "20,00" in mail["text"]


def invoice(number: str, *, due: Any, until: Any) -> contract.ErpInvoicePosted:
    """1000.00 with two per cent off until a day."""
    discount = contract.ErpDiscount(until=until, percent=Decimal(2))
    return builders.invoice(f"I-{number}", number, "1000.00", due=due, discounts=(discount,))
