"""A quote says in which parts, on which days and in which words we would agree; it holds nothing."""

import hashlib
from datetime import timedelta
from typing import Any
from uuid import UUID

from shared.base.ids import object_id
from shared.testing.examples import INVOICE, SOURCE

OTHER_INVOICE = object_id(SOURCE, "invoice", "RE-9")
NONE = UUID(int=2)
FIRST = "2026-04-30"


class TestQuote:
    async def test_says_parts_days_and_words(self, plans: Any, portal: Any, erika: Any) -> None:
        quote = await plans.quoted(erika)

        assert [(one["due_on"], one["amount"]) for one in quote["instalments"]] == [
            ("2026-04-30", "33.34"),
            ("2026-05-30", "33.33"),
            ("2026-06-30", "33.33"),
        ]
        text = quote["terms"]["text"]
        assert "33,34 EUR" in text, "in the customer's language"
        assert hashlib.sha256(text.encode()).hexdigest() == quote["terms"]["text_hash"]
        assert await plans.told() == []

    async def test_of_all_that_is_left_where_no_amount_is_named(
        self, plans: Any, erika: Any
    ) -> None:
        quote = await plans.quoted(erika, (INVOICE, None), parts=2)

        assert [one["amount"] for one in quote["instalments"]] == ["600.00", "600.00"]

    async def test_refuses_by_name(self, plans: Any, portal: Any, erika: Any) -> None:
        await portal.hear(
            portal.invoice(invoice_id=NONE, invoice_number="2", currency="JPY", open="5000")
        )
        assert await plans.refused(erika, first_on="2026-04-19") == (422, "first-on-past")
        assert await plans.refused(erika, first_on="2026-05-21") == (422, "first-on-too-late")
        assert await plans.refused(erika, (INVOICE, "1200.00"), parts=13) == (422, "too-many-parts")
        assert await plans.refused(erika, parts=5) == (422, "part-too-small")
        assert await plans.refused(erika, (INVOICE, "0.01"), parts=2) == (422, "part-too-small")
        assert await plans.refused(erika, (INVOICE, "1200.01")) == (409, "more-promised-than-open")
        assert await plans.refused(erika, (INVOICE, "100.001")) == (422, "amount-too-precise")
        assert await plans.refused(erika, (NONE, "1000")) == (422, "currency-not-planned")
        assert await plans.refused(erika, (INVOICE, "50.00"), (NONE, "1")) == (422, "items-mixed")
        assert await plans.refused(erika, (OTHER_INVOICE, None)) == (422, "invoice-unknown")
        assert await plans.refused(erika, parts=1) == (422, "request-invalid")

    async def test_leaves_out_what_is_promised_or_planned(self, plans: Any, erika: Any) -> None:
        item = {"invoice_id": str(INVOICE), "amount": "200.00"}
        await erika.post("/v1/promises", json={"items": [item], "pay_on": FIRST})
        await plans.agreed(erika, (INVOICE, "300.00"))

        quote = await plans.quoted(erika, (INVOICE, None), parts=2)
        assert [one["amount"] for one in quote["items"]] == ["700.00"]
        item["amount"] = "700.01"
        answer = await erika.post("/v1/promises", json={"items": [item], "pay_on": FIRST})
        assert answer.json()["code"] == "more-promised-than-open"

    async def test_is_good_for_its_days_and_then_forgotten(
        self, plans: Any, portal: Any, erika: Any
    ) -> None:
        quote = await plans.quoted(erika)
        portal.move(timedelta(days=7))
        await portal.sign_in(erika)
        assert (await plans.propose(erika, quote)).json()["code"] == "quote-out-of-date"

        portal.move(timedelta(days=1, seconds=1))
        (job,) = [one for one in portal.service.jobs if one.name == "forget-sign-ins"]
        await job.run()
        await portal.sign_in(erika)
        assert (await plans.propose(erika, quote)).json()["code"] == "quote-unknown"
