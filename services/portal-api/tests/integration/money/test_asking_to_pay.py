"""Asking to pay: a page of the provider's, of what the books hold open, once; official library and fake."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from shared.base.ids import object_id, paid_here_id
from shared.testing.examples import INVOICE, SOURCE

SECOND = object_id(SOURCE, "invoice", "RE-2")
DOLLARS = object_id(SOURCE, "invoice", "RE-USD")
OTHERS = object_id(SOURCE, "invoice", "RE-9")
HOME = "https://shop.example/paid?from=mail"


class TestAsking:
    async def test_opens_a_page_of_the_provider_s_for_that_amount(self, payer: Any) -> None:
        answer = await payer.pay((INVOICE, "900.00"), (SECOND, "50.00"))

        (session,) = await payer.sessions()
        shown = answer.json()
        assert (answer.status_code, shown["url"]) == (201, session["url"])
        assert (session["amount_total"], session["currency"]) == (95_000, "eur")
        assert session["client_reference_id"] == shown["payment_id"]
        assert session["success_url"] == f"{HOME}&payment_id={shown['payment_id']}"
        state = await payer.state(shown["payment_id"])
        assert (state["state"], state["amount"], state["url"]) == ("open", "950.00", session["url"])

    async def test_under_the_same_key_is_the_same_page(self, payer: Any) -> None:
        first, again = [await payer.pay(key="k") for _ in range(2)]

        assert first.json() == again.json()
        assert "Idempotency-Replayed" not in first.headers
        assert again.headers["Idempotency-Replayed"] == "true"
        assert await payer.refused((INVOICE, "1.00"), key="k") == (422, "idempotency-key-reused")
        assert len(await payer.sessions()) == 1

    async def test_at_once_under_the_same_key_is_the_same_page(self, payer: Any) -> None:
        answers = await asyncio.gather(*(payer.pay(key="k") for _ in range(5)))

        assert {one.status_code for one in answers} == {201}
        assert len({one.text for one in answers}) == 1
        assert len(await payer.sessions()) == 1

    async def test_without_a_key_is_the_same_page_while_that_is_open(self, payer: Any) -> None:
        first = await payer.asked()
        again, other = await payer.pay(), await payer.asked((INVOICE, "901.00"))

        assert again.json()["payment_id"] == first
        assert again.headers["idempotency-replayed"] == "true"
        assert other != first
        assert len(await payer.sessions()) == 2

    async def test_without_a_key_at_once_is_one_page(self, payer: Any) -> None:
        found = await asyncio.gather(*(payer.asked() for _ in range(4)))

        assert len(set(found)) == 1
        assert len(await payer.sessions()) == 1

    async def test_without_a_key_is_a_new_page_once_the_old_one_is_old(self, payer: Any) -> None:
        first = await payer.asked()
        payer.portal.move(timedelta(hours=21))
        await payer.portal.sign_in(payer.browser)

        assert await payer.asked() != first

    async def test_what_a_bank_is_not_done_with_is_not_asked_for_again(self, payer: Any) -> None:
        await payer.asked()
        await payer.at_the_page("payments", slow=True)
        await payer.hears_all()

        assert await payer.refused() == (409, "payment-under-way")
        assert await payer.refused((INVOICE, "300.01")) == (409, "payment-under-way")
        assert await payer.refused((INVOICE, "1200.01")) == (409, "more-paid-than-open")
        home = await payer.browser.get("/")
        assert "900,00\N{NO-BREAK SPACE}EUR gezahlt und unterwegs zu uns" in home.text
        assert f"{INVOICE}:200.00" in home.text, "and 100.00 is disputed"
        await payer.asked((INVOICE, "300.00"))

    async def test_what_is_paid_is_not_asked_for_again_before_the_books_say_so(
        self, payer: Any
    ) -> None:
        payment_id = UUID(await payer.asked())
        await payer.at_the_page("payments")
        await payer.hears_all()
        before = await payer.refused()

        payer.around.open[INVOICE] = ("300.00", "EUR")
        booked = payer.portal.pays("900.00", left="300.00", payment_id=paid_here_id(payment_id))
        await payer.portal.hear(booked)

        assert before == (409, "payment-under-way")
        await payer.asked((INVOICE, "300.00"))

    async def test_what_the_books_never_learn_is_open_again_in_the_end(self, payer: Any) -> None:
        await payer.asked()
        await payer.at_the_page("payments")
        await payer.hears_all()
        payer.portal.move(timedelta(hours=1))
        await payer.portal.sign_in(payer.browser)

        await payer.asked((INVOICE, "1200.00"))

    async def test_words_that_no_table_can_keep_are_refused(self, payer: Any) -> None:
        refused = await payer.refused(reason="price", words="a\x00b")

        assert refused == (422, "request-invalid")

    @pytest.mark.parametrize(
        "amount", ["1_0", "１０", "٣", " 5", "5e1", "+5", "NaN", "Infinity", "-1", "0", "", True]
    )
    async def test_an_amount_is_written_in_plain_digits(self, payer: Any, amount: Any) -> None:
        assert await payer.refused((INVOICE, amount)) == (422, "request-invalid")

    async def test_refuses_by_name_what_the_books_do_not_hold(self, payer: Any) -> None:
        assert await payer.refused((INVOICE, "1200.01")) == (409, "more-paid-than-open")
        assert await payer.refused((OTHERS, "1.00")) == (422, "invoice-unknown")
        assert await payer.refused((INVOICE, "1.00"), (DOLLARS, "1.00")) == (422, "items-mixed")
        assert await payer.refused((INVOICE, "1.00"), (INVOICE, "1.00")) == (422, "items-mixed")
        assert await payer.refused((INVOICE, "0.001")) == (422, "amount-too-precise")
        assert await payer.refused((INVOICE, "-1.00")) == (422, "request-invalid")
        assert await payer.refused((INVOICE, "1200.00"), reason="damaged") == (
            409,
            "nothing-left-out",
        )
        assert await payer.sessions() == []

    @pytest.mark.parametrize(
        "back",
        [
            "https://evil.example/",
            "https://shop.example.evil.example/",
            "https://shop.example@evil.example/",
            "https://shop.example\\@evil.example/",
            "//shop.example/",
            "http://shop.example/",
            "javascript:alert(1)//shop.example",
            "https://shop.example:444/",
            "https://shop.example/\r\nX: y",
            "",
        ],
    )
    async def test_leads_back_to_known_pages_only(self, payer: Any, back: str) -> None:
        assert await payer.refused(back=back) == (422, "return-url-foreign")
        assert await payer.sessions() == []

    async def test_the_amount_that_counts_is_the_ledger_s_of_this_moment(self, payer: Any) -> None:
        payer.around.open[INVOICE] = ("10.00", "EUR")

        assert await payer.refused((INVOICE, "10.01")) == (409, "more-paid-than-open")

    async def test_ledger_or_provider_away_is_said_and_tried_again(self, payer: Any) -> None:
        payer.around.down = True
        assert await payer.refused(key="k") == (503, "peer-unavailable")
        payer.around.down = False
        await payer.stripe.post("/faults", json={"mode": "tempfail"})
        assert await payer.refused(key="k") == (503, "provider-unavailable")
        await payer.stripe.post("/faults", json={"mode": "none"})

        await payer.asked(key="k")
        assert len(await payer.sessions()) == 1

    @pytest.mark.parametrize("where", ["payment.asked", "payment.page-opened"])
    async def test_dying_on_the_way_is_one_page_in_the_end(
        self, payer: Any, where: str, dying: Any
    ) -> None:
        with dying("paying", where):
            assert (await payer.pay(key="k")).status_code == 500

        payment_id = await payer.asked(key="k")
        (session,) = await payer.sessions()
        assert session["client_reference_id"] == payment_id
        assert (await payer.state(payment_id))["state"] == "open"

    async def test_somebody_else_s_is_unknown(self, payer: Any, portal: Any) -> None:
        payment_id = await payer.asked()
        otto = portal.browser()
        await portal.sign_in(otto, "otto@other.example")

        answer = await otto.get(f"/v1/payments/{payment_id}/state")
        assert (answer.status_code, answer.json()["code"]) == (404, "payment-unknown")
