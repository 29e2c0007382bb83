"""The customer's payments and credit notes: only their own, newest first, and where they stand."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from shared.base.ids import object_id
from shared.contracts import ledger
from shared.testing.examples import INVOICE, PAYMENT, SOURCE

OTHER_INVOICE = object_id(SOURCE, "invoice", "RE-9")
OTHER_PAYMENT = object_id(SOURCE, "payment", "ZE-9")


@pytest.fixture
async def erika(portal: Any) -> Any:
    """Signed in, for the first customer."""
    browser = portal.browser()
    await portal.sign_in(browser)
    return browser


async def items(browser: Any, path: str, **asked: Any) -> list[dict[str, Any]]:
    """What is on the first page."""
    answer = await browser.get(path, params=asked)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


class TestPayment:
    async def test_says_which_invoices_it_stands_against(self, portal: Any, erika: Any) -> None:
        allocation = ledger.Allocation(invoice_id=INVOICE, amount="510.00", credit_amount="490.00")
        await portal.hear(portal.payment(version=2, unapplied="10.00", allocations=(allocation,)))

        shown = (await erika.get(f"/v1/payments/{PAYMENT}")).json()

        assert (shown["amount"], shown["returned"], shown["unapplied"], shown["state"]) == (
            *("500.00", "0.00", "10.00", "received"),
        )
        assert shown["allocations"] == [
            {
                "invoice_id": str(INVOICE), "invoice_number": "2026-0815", "currency": "EUR",
                "amount": "510.00", "spent": "490.00", "provisional": False,
            }
        ]  # fmt: skip

    async def test_does_not_name_an_invoice_of_somebody_else(self, portal: Any, erika: Any) -> None:
        allocation = ledger.Allocation(invoice_id=OTHER_INVOICE, amount="500.00")
        await portal.hear(portal.payment(version=2, unapplied="0.00", allocations=(allocation,)))

        (shown,) = (await erika.get(f"/v1/payments/{PAYMENT}")).json()["allocations"]

        assert (shown["invoice_id"], shown["invoice_number"], shown["amount"]) == (None,) * 3
        assert shown["spent"] == "500.00"

    async def test_of_somebody_else_is_as_unknown_as_none(self, erika: Any) -> None:
        others, none = [
            await erika.get(f"/v1/payments/{one}") for one in (OTHER_PAYMENT, UUID(int=7))
        ]

        assert others.status_code == none.status_code == 404
        bodies = [one.json() | {"trace_id": ""} for one in (others, none)]
        assert bodies[0] == bodies[1]
        assert bodies[0]["code"] == "payment-unknown"

    async def test_is_no_credit_note(self, portal: Any, erika: Any) -> None:
        await portal.hear(portal.credit_note(credit_note_id=UUID(int=3)))

        assert (await erika.get(f"/v1/payments/{UUID(int=3)}")).status_code == 404

    async def test_never_goes_back(self, portal: Any, erika: Any) -> None:
        await portal.hear(
            portal.payment(version=3, returned="500.00", status=ledger.PaymentStatus.RETURNED)
        )
        await portal.hear(portal.payment(version=2))

        (shown,) = await items(erika, "/v1/payments")

        assert (shown["returned"], shown["state"]) == ("500.00", "returned")


class TestLists:
    async def test_go_on_page_by_page_newest_first(self, portal: Any, erika: Any) -> None:
        await portal.hear(
            *(
                portal.payment(payment_id=UUID(int=n), value_date=date(2026, 4, 1 + n % 3))
                for n in range(1, 7)
            )
        )

        seen, cursor = list[tuple[str, str]](), None
        while True:
            asked = {"limit": 3} | ({"cursor": cursor} if cursor else {})
            page = (await erika.get("/v1/payments", params=asked)).json()
            seen += [(one["value_date"], one["payment_id"]) for one in page["items"]]
            cursor = page["next"]
            if cursor is None:
                break

        assert len(seen) == len(set(seen)) == 7
        assert seen == sorted(seen, reverse=True)

    async def test_of_credits_holds_notes_and_whatever_is_unapplied(
        self, portal: Any, erika: Any
    ) -> None:
        await portal.hear(
            portal.payment(payment_id=UUID(int=1), unapplied="0.00"),
            portal.payment(payment_id=UUID(int=2), unapplied="7.00", value_date=date(2026, 4, 1)),
            portal.credit_note(unapplied="0.00"),
        )

        shown = await items(erika, "/v1/credits")

        assert [(one["kind"], one["number"], one["unapplied"]) for one in shown] == [
            ("payment", None, "500.00"),
            ("credit-note", "GS-42", "0.00"),
            ("payment", None, "7.00"),
        ]

    @pytest.mark.parametrize("path", ["/v1/payments", "/v1/credits"])
    async def test_refuse_what_they_did_not_give_out(self, erika: Any, path: str) -> None:
        for asked in ({"limit": 0}, {"cursor": "x"}):
            assert (await erika.get(path, params=asked)).status_code in {400, 422}
