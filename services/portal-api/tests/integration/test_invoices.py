"""The customer's invoices: only their own, by due date, with what is open and what is late."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from shared.base.ids import object_id
from shared.contracts import ledger
from shared.testing.examples import INVOICE, SOURCE

OTHER_INVOICE = object_id(SOURCE, "invoice", "RE-9")


@pytest.fixture
async def erika(portal: Any) -> Any:
    """Signed in, for the first customer."""
    browser = portal.browser()
    await portal.sign_in(browser)
    return browser


def instalment(number: int, due_on: date, open_: str) -> ledger.Instalment:
    return ledger.Instalment(number=number, due_on=due_on, amount="600.00", open=open_)


async def listed(browser: Any, **asked: Any) -> list[str]:
    """The numbers on the first page."""
    answer = await browser.get("/v1/invoices", params=asked)
    assert answer.status_code == 200, answer.text
    return [one["invoice_number"] for one in answer.json()["items"]]


class TestInvoice:
    async def test_shows_what_is_open_and_when_it_is_due(self, erika: Any) -> None:
        shown = (await erika.get(f"/v1/invoices/{INVOICE}")).json()

        assert (shown["total"], shown["open"], shown["due_on"]) == (
            "1200.00",
            "1200.00",
            "2026-04-09",
        )
        assert shown["instalments"] == [
            {"number": 1, "due_on": "2026-04-09", "amount": "1200.00", "open": "1200.00"}
        ]
        assert (shown["state"], shown["overdue"], shown["discounts"]) == ("open", True, [])

    async def test_names_a_discount_as_long_as_it_can_be_taken(
        self, portal: Any, erika: Any
    ) -> None:
        until = date(2026, 4, 20)
        discount = ledger.Discount(until=until, amount="24.00", pays="1176.00")
        await portal.hear(portal.invoice(discounts=(discount,), version=2))

        shown = (await erika.get(f"/v1/invoices/{INVOICE}")).json()
        assert shown["discounts"] == [{"until": "2026-04-20", "amount": "24.00", "pays": "1176.00"}]

        portal.move(timedelta(days=1))
        await portal.sign_in(erika)
        assert (await erika.get(f"/v1/invoices/{INVOICE}")).json()["discounts"] == []

    async def test_of_somebody_else_is_as_unknown_as_none(self, erika: Any) -> None:
        others, none = [
            await erika.get(f"/v1/invoices/{one}") for one in (OTHER_INVOICE, UUID(int=7))
        ]

        assert others.status_code == none.status_code == 404
        bodies = [one.json() | {"trace_id": ""} for one in (others, none)]
        assert bodies[0] == bodies[1]
        assert bodies[0]["code"] == "invoice-unknown"


class TestList:
    async def test_holds_own_ones_only(self, erika: Any) -> None:
        assert await listed(erika) == ["2026-0815"]

    async def test_goes_on_page_by_page_by_due_date(self, portal: Any, erika: Any) -> None:
        many = [
            portal.invoice(
                invoice_id=UUID(int=n), invoice_number=f"N{n}", due_on=date(2026, 5, 1 + n % 3)
            )
            for n in range(7)
        ]
        await portal.hear(*many)

        seen, cursor = list[tuple[str, str]](), None
        while True:
            asked = {"limit": 3} | ({"cursor": cursor} if cursor else {})
            page = (await erika.get("/v1/invoices", params=asked)).json()
            seen += [(one["due_on"], one["invoice_id"]) for one in page["items"]]
            cursor = page["next"]
            if cursor is None:
                break

        assert len(seen) == len(set(seen)) == 8
        assert seen == sorted(seen)

    async def test_is_filtered(self, portal: Any, erika: Any) -> None:
        await portal.hear(
            portal.invoice(
                invoice_id=UUID(int=1), invoice_number="paid", open="0.00", status=ledger.InvoiceStatus.SETTLED,
                instalments=(instalment(1, date(2026, 4, 1), "0.00"),),
            ),
            portal.invoice(
                invoice_id=UUID(int=2), invoice_number="part", currency="USD", legal_entity="XX",
                due_on=date(2026, 5, 1),
                instalments=(
                    instalment(1, date(2026, 4, 1), "0.00"), instalment(2, date(2026, 5, 1), "600.00"),
                ),
            ),
        )  # fmt: skip

        assert await listed(erika, state="settled") == ["paid"]
        assert await listed(erika, currency="USD") == ["part"]
        assert await listed(erika, legal_entity="XX") == ["part"]
        assert await listed(erika, overdue=True) == ["2026-0815"]
        assert await listed(erika, overdue=False) == ["paid", "part"]

    async def test_refuses_what_it_does_not_know(self, erika: Any) -> None:
        for asked in ({"state": "lost"}, {"currency": "eur"}, {"limit": 0}):
            answer = await erika.get("/v1/invoices", params=asked)
            assert answer.status_code == 422

    async def test_is_late_the_day_after_where_the_legal_entity_is(
        self, portal: Any, erika: Any
    ) -> None:
        await portal.hear(
            portal.invoice(
                invoice_id=UUID(int=1), invoice_number="today",
                instalments=(instalment(1, date(2026, 4, 20), "600.00"),),
            )
        )  # fmt: skip

        assert "today" not in await listed(erika, overdue=True)
        portal.move(timedelta(hours=15))  # midnight in Hamburg, ten in the evening in UTC
        await portal.sign_in(erika)

        assert "today" in await listed(erika, overdue=True)
