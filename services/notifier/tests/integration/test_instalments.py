"""Instalments and discounts from the ledger's facts to what leaves, on a real database."""

import json
from datetime import date
from itertools import permutations
from typing import Any

from shared.base.ids import object_id
from shared.contracts import ledger, scheduler

LATE, NOW_DUE, SOON = date(2026, 3, 1), date(2026, 4, 1), date(2026, 4, 24)


def in_parts(
    tell: Any, version: int, *parts: tuple[int, date | None, str], number: str = "R1", **more: Any
) -> ledger.InvoiceOpened:
    """An invoice in instalments: number, due date, and what is open."""
    left = sum(float(open_) for _, _, open_ in parts)
    instalments = tuple(
        ledger.Instalment(number=one, due_on=due_on, amount="400.00", open=open_)
        for one, due_on, open_ in parts
    )
    fact: ledger.InvoiceOpened = tell.invoice(
        number, f"{left:.2f}", version, total="1200.00", instalments=instalments, **more
    )
    return fact


def reminder(tell: Any, *numbers: int | None) -> scheduler.ReminderPlanned:
    planned: scheduler.ReminderPlanned = tell.reminder("R1")
    (item,) = planned.items
    items = tuple(item.model_copy(update={"instalment": number}) for number in numbers)
    return planned.model_copy(update={"items": items})


async def mail_text(office: Any) -> str:
    await office.dispatch.run()
    text: str = office.mails()[0].get_body(("plain",)).get_content()
    return text


class TestAReminder:
    async def test_says_which_instalments_and_leaves_out_what_was_settled_meanwhile(
        self, office: Any, tell: Any
    ) -> None:
        await office.hear(
            tell.customer(),
            in_parts(tell, 1, (1, LATE, "400.00"), (2, NOW_DUE, "400.00"), (3, SOON, "400.00")),
            reminder(tell, 1, 2),
        )
        paid = in_parts(tell, 2, (1, LATE, "0.00"), (2, NOW_DUE, "400.00"), (3, SOON, "400.00"))
        await office.hear(paid)

        text = await mail_text(office)

        assert "R1, Rate 2 von 3: 400,00" in text
        assert "Rate 1" not in text
        assert "Rate 3" not in text
        (row,) = await office.rows("SELECT payload FROM outbox ORDER BY seq DESC LIMIT 1")
        (item,) = json.loads(row["payload"])["items"]
        assert (item["invoice_number"], item["instalment"], item["open"]) == ("R1", 2, "400.00")

    async def test_of_an_invoice_that_was_split_meanwhile_asks_for_its_first_instalment(
        self, office: Any, tell: Any
    ) -> None:
        await office.hear(tell.customer(), tell.invoice(), tell.reminder())
        await office.hear(in_parts(tell, 2, (1, NOW_DUE, "60.00"), (2, SOON, "40.00")))

        text = await mail_text(office)

        assert "R1, Rate 1 von 2: 60,00" in text
        assert "Rate 2" not in text

    async def test_of_instalments_that_are_not_due_any_more_is_not_sent(
        self, office: Any, tell: Any
    ) -> None:
        await office.hear(
            tell.customer(), in_parts(tell, 1, (1, LATE, "400.00")), reminder(tell, None)
        )
        await office.hear(in_parts(tell, 2, (1, None, "400.00")))

        await office.dispatch.run()

        assert office.mails() == []
        assert await office.statuses() == [("suppressed", "not-due")]

    async def test_offers_the_discount_of_now_and_not_that_of_the_plan(
        self, office: Any, tell: Any
    ) -> None:
        over = ledger.Discount(until=date(2026, 4, 19), amount="36.00", pays="1164.00")
        still = ledger.Discount(until=date(2026, 4, 20), amount="24.00", pays="1176.00")
        parts = (1, SOON, "400.00"), (2, None, "800.00")
        await office.hear(
            tell.customer(), in_parts(tell, 1, *parts, discounts=(over, still)), reminder(tell, 1)
        )

        text = await mail_text(office)

        assert "Ganze Rechnung mit Skonto: 1.176,00\N{NO-BREAK SPACE}€ bis 20.04.2026" in text
        assert "1.164" not in text

    async def test_never_asks_for_a_discount_that_was_rightly_taken(
        self, office: Any, tell: Any
    ) -> None:
        held = ledger.InvoiceHold(reason="discount-taken", amount="20.00")
        await office.hear(tell.customer(), tell.invoice(open_="70.00", holds=(held,)))
        await office.hear(tell.reminder())

        assert "50,00\N{NO-BREAK SPACE}€" in await mail_text(office)

    async def test_of_nothing_but_a_discount_taken_is_not_sent(
        self, office: Any, tell: Any
    ) -> None:
        held = ledger.InvoiceHold(reason="discount-taken", amount="20.00")
        await office.hear(
            tell.customer(), tell.invoice(open_="20.00", holds=(held,)), tell.reminder()
        )

        await office.dispatch.run()

        assert await office.statuses() == [("suppressed", "invoice-held")]


class TestTheProjection:
    async def test_is_the_same_whatever_the_order_of_the_facts_and_however_often_they_come(
        self, office: Any, tell: Any
    ) -> None:
        orders = list(permutations(range(3)))
        for place, order in enumerate(orders):
            number = f"R{place}"
            versions = [
                in_parts(tell, 1, (1, LATE, "400.00"), (2, SOON, "400.00"), number=number),
                in_parts(tell, 2, (1, LATE, "0.00"), (2, SOON, "400.00"), number=number),
                in_parts(tell, 3, (2, NOW_DUE, "50.00"), (3, None, "400.00"), number=number),
            ]
            told = [versions[at] for at in order]
            await office.hear(told[0])
            await office.hear(*told[1:], *told)

        rows = await office.rows(
            "SELECT invoice_id, version, open_minor, instalments FROM invoices"
        )
        wanted = [
            {"number": 2, "due_on": "2026-04-01", "open_minor": 50_00},
            {"number": 3, "due_on": None, "open_minor": 400_00},
        ]
        assert {row["invoice_id"] for row in rows} == {
            object_id("urn:acme:erp:de01", "invoice", f"R{place}") for place in range(len(orders))
        }
        assert all(
            (row["version"], row["open_minor"], row["instalments"]) == (3, 450_00, wanted)
            for row in rows
        )
