"""Promises at the door and in time: rails, keys, and what the ledger's cash makes of them."""

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from shared.base.ids import object_id
from shared.contracts import erp, ledger
from shared.testing.examples import CUSTOMER, INVOICE, SOURCE

OTHER_INVOICE = object_id(SOURCE, "invoice", "RE-9")
SECOND = UUID(int=2)
PAY_ON = "2026-04-30"
TIME_IS_UP = timedelta(days=15)
"""From the twentieth, past the thirtieth and three days of grace, the last of which would be a Sunday."""


@pytest.fixture
async def erika(portal: Any) -> Any:
    """Signed in, for the first customer, who owes 1,200.00, and disputes nothing any more."""
    await portal.hear(portal.dispute_withdrawn())
    browser = portal.browser()
    await portal.sign_in(browser)
    return browser


async def promise(
    browser: Any,
    *items: tuple[UUID, str],
    pay_on: str = PAY_ON,
    **headers: str,
) -> Any:
    said = items or ((INVOICE, "500.00"),)
    body = [{"invoice_id": str(one), "amount": amount} for one, amount in said]
    return await browser.post(
        "/v1/promises", json={"items": body, "pay_on": pay_on}, headers=headers
    )


async def made(browser: Any, *items: tuple[UUID, str], **more: str) -> str:
    answer = await promise(browser, *items, **more)
    assert answer.status_code == 201, answer.text
    promise_id: str = answer.json()["promise_id"]
    return promise_id


async def refused(browser: Any, *items: tuple[UUID, str], **more: str) -> tuple[int, str]:
    answer = await promise(browser, *items, **more)
    return answer.status_code, answer.json()["code"]


def taken_over(portal: Any, amount: str) -> tuple[ledger.PaymentEvent, ledger.PaymentEvent]:
    """The ERP posts what was paid here: no invoice moves for it."""
    ours = portal.pays(amount, left="0.00", version=2).model_dump()
    theirs = portal.pays(amount, left="0.00", payment_id=SECOND).model_dump()
    gone = ours | {
        "status": ledger.PaymentStatus.CANCELLED,
        "allocations": (),
        "invoices": (),
        "answered_by": SECOND,
    }
    return (
        ledger.PaymentCancelled(**gone),
        ledger.PaymentReceived(**theirs | {"invoices": ()}),
    )


async def told(portal: Any) -> list[tuple[str, str, str]]:
    """Of each promise's item: state, paid and held."""
    return [
        (one["state"], one["items"][0]["paid"], one["items"][0]["held"])
        for one in await portal.told()
        if "promise_id" in one
    ]


class TestPromise:
    async def test_is_made_shown_and_told_with_what_is_held(self, portal: Any, erika: Any) -> None:
        promise_id = await made(erika)

        shown = (await erika.get(f"/v1/promises/{promise_id}")).json()
        assert (shown["state"], shown["pay_on"], shown["until"]) == ("open", PAY_ON, "2026-05-04")
        assert [one["amount"] for one in shown["items"]] == ["500.00"]
        assert await told(portal) == [("open", "0.00", "500.00")]

    async def test_sent_again_under_its_key_is_answered_as_before(
        self, portal: Any, erika: Any
    ) -> None:
        first, again = [await promise(erika, **{"Idempotency-Key": "k"}) for _ in range(2)]
        other = await promise(erika, (INVOICE, "1.00"), **{"Idempotency-Key": "k"})

        assert first.content == again.content
        assert again.headers["Idempotency-Replayed"] == "true"
        assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")
        assert len(await told(portal)) == 1

    async def test_the_same_words_are_the_same_promise(self, portal: Any, erika: Any) -> None:
        assert await made(erika) == await made(erika)
        assert len(await told(portal)) == 1

    async def test_a_day_is_the_legal_entity_s(self, portal: Any, erika: Any) -> None:
        portal.move(timedelta(hours=15))  # midnight in Hamburg, ten in the evening in UTC
        await portal.sign_in(erika)

        assert await refused(erika, pay_on="2026-04-20") == (422, "pay-on-past")

    async def test_of_a_customer_with_a_high_limit_may_lie_further_ahead(
        self, portal: Any, erika: Any
    ) -> None:
        assert await refused(erika, pay_on="2026-06-04") == (422, "pay-on-too-late")
        large = {"amount": "100000.00", "currency": "EUR"}
        glove = portal.customer(CUSTOMER, ("erika@muster.example", erp.Role.BILLING), version=2)
        limit = ledger.CreditLimit.model_validate(large)
        await portal.hear(
            glove.model_copy(update={"kind": erp.Kind.BUSINESS, "credit_limit": limit})
        )

        answer = await promise(erika, pay_on="2026-06-04")
        assert answer.json()["until"] == "2026-06-09", "and its grace is longer"

    async def test_refuses_by_name(self, portal: Any, erika: Any) -> None:
        dollars = portal.invoice(invoice_id=SECOND, invoice_number="2", currency="USD")
        await portal.hear(dollars)

        assert await refused(erika, pay_on="2026-04-19") == (422, "pay-on-past")
        assert await refused(erika, pay_on="2026-05-21") == (422, "pay-on-too-late")
        assert await refused(erika, (INVOICE, "1.001")) == (422, "amount-too-precise")
        assert await refused(erika, (INVOICE, "0.00")) == (422, "request-invalid")
        assert await refused(erika, (INVOICE, "1.00"), (INVOICE, "1.00")) == (422, "items-mixed")
        assert await refused(erika, (INVOICE, "1.00"), (SECOND, "1.00")) == (422, "items-mixed")
        assert await refused(erika, (INVOICE, "1200.01")) == (409, "more-promised-than-open")
        assert await told(portal) == []

    async def test_never_more_than_open_by_all_promises_together(
        self, portal: Any, erika: Any
    ) -> None:
        await made(erika, (INVOICE, "800.00"))

        assert await refused(erika, (INVOICE, "400.01")) == (409, "more-promised-than-open")
        await made(erika, (INVOICE, "400.00"))

    async def test_of_several_at_once_no_more_than_open_are_let_in(
        self, portal: Any, erika: Any
    ) -> None:
        amounts = [(INVOICE, f"{700 + n}.00") for n in range(4)]
        answers = await asyncio.gather(*(promise(erika, one) for one in amounts))

        assert sorted(one.status_code for one in answers) == [201, 409, 409, 409]
        assert len(await told(portal)) == 1

    async def test_wants_the_role_pay(self, portal: Any) -> None:
        await portal.hear(
            portal.customer(CUSTOMER, ("v@muster.example", erp.Role.OTHER), version=2)
        )
        viewer = portal.browser()
        await portal.sign_in(viewer, "v@muster.example")

        assert await refused(viewer) == (403, "role-missing")
        assert (await viewer.get("/v1/promises")).status_code == 200

    async def test_somebody_else_s_invoice_is_as_unknown_as_none(self, erika: Any) -> None:
        others, none = [await promise(erika, (one, "1.00")) for one in (OTHER_INVOICE, SECOND)]

        assert others.status_code == none.status_code == 422
        assert others.json() | {"trace_id": ""} == none.json() | {"trace_id": ""}
        assert none.json()["code"] == "invoice-unknown"

    async def test_somebody_else_s_promise_is_as_unknown_as_none(
        self, portal: Any, erika: Any
    ) -> None:
        promise_id = await made(erika)
        otto = portal.browser()
        await portal.sign_in(otto, "otto@other.example")

        others, none = [await otto.get(f"/v1/promises/{one}") for one in (promise_id, SECOND)]
        assert others.status_code == none.status_code == 404
        assert others.json() | {"trace_id": ""} == none.json() | {"trace_id": ""}
        assert (await otto.get("/v1/promises")).json()["items"] == []

    async def test_so_many_at_once_and_no_more(self, erika: Any) -> None:
        for n in range(1, 6):
            await made(erika, (INVOICE, f"{n}.00"))

        assert await refused(erika, (INVOICE, "6.00")) == (409, "too-many-promises")

    async def test_goes_on_page_by_page(self, portal: Any, erika: Any) -> None:
        wanted = []
        for n in range(1, 6):
            wanted.append(await made(erika, (INVOICE, f"{n}.00")))
            portal.move(timedelta(seconds=1))

        seen, cursor = list[str](), None
        while True:
            asked = {"limit": 2} | ({"cursor": cursor} if cursor else {})
            page = (await erika.get("/v1/promises", params=asked)).json()
            seen += [one["promise_id"] for one in page["items"]]
            cursor = page["next"]
            if cursor is None:
                break
        assert seen == wanted


class TestOutcome:
    async def test_nothing_paid_breaks_it_when_the_grace_is_over(
        self, portal: Any, erika: Any
    ) -> None:
        await made(erika)

        portal.move(timedelta(days=14, hours=14))  # the last evening of the grace, in Hamburg
        await portal.watch("promises")
        assert len(await told(portal)) == 1

        portal.move(timedelta(hours=8, minutes=59))
        await portal.watch("promises")
        assert len(await told(portal)) == 1, "the bank has not told us of that day, and it is night"

        portal.move(timedelta(minutes=1))
        for _ in range(2):
            await portal.watch("promises")
        assert (await told(portal))[1:] == [("broken", "0.00", "0.00")]

    async def test_some_paid_keeps_it_partly(self, portal: Any, erika: Any) -> None:
        await made(erika)
        await portal.hear(portal.pays("200.00", left="1000.00"))
        await portal.watch("promises")
        assert (await told(portal))[1:] == [("open", "200.00", "300.00")], "the rest may still come"

        portal.move(TIME_IS_UP)
        await portal.watch("promises")
        assert (await told(portal))[2:] == [("partly-kept", "200.00", "0.00")]

    async def test_all_paid_is_told_at_once(self, portal: Any, erika: Any) -> None:
        promise_id = await made(erika)
        await portal.hear(portal.pays("500.00", left="700.00"))
        await portal.watch("promises")

        assert (await told(portal))[1:] == [("kept", "500.00", "0.00")]
        shown = (await erika.get(f"/v1/promises/{promise_id}")).json()
        assert (shown["state"], shown["items"][0]["paid"]) == ("kept", "500.00")

    async def test_by_value_date_and_not_by_when_it_is_heard(self, portal: Any, erika: Any) -> None:
        await made(erika)
        portal.move(TIME_IS_UP)
        await portal.hear(portal.pays("500.00", left="700.00", on=date(2026, 5, 5)))
        await portal.watch("promises")

        assert (await told(portal))[1:] == [("broken", "0.00", "0.00")]

    async def test_waits_until_what_was_missed_is_heard(self, portal: Any, erika: Any) -> None:
        await made(erika)
        portal.move(TIME_IS_UP)
        await portal.watch("promises", "1 of ledger.events.v1[0]")
        assert len(await told(portal)) == 1

        await portal.hear(portal.pays("500.00", left="700.00"))
        await portal.watch("promises")
        assert (await told(portal))[1:] == [("kept", "500.00", "0.00")]

    async def test_two_watches_at_once_judge_once(self, portal: Any, erika: Any) -> None:
        await made(erika)
        portal.move(TIME_IS_UP)
        await asyncio.gather(*(portal.watch("promises") for _ in range(4)))

        assert (await told(portal))[1:] == [("broken", "0.00", "0.00")]

    async def test_an_invoice_taken_back_is_no_broken_promise(
        self, portal: Any, erika: Any
    ) -> None:
        await made(erika)
        gone = portal.invoice(open="0.00", status=ledger.InvoiceStatus.CANCELLED, version=2)
        await portal.hear(ledger.InvoiceCancelled(**gone.model_dump()))
        await portal.watch("promises")

        assert (await told(portal))[1:] == [("withdrawn", "0.00", "0.00")]

    async def test_what_was_paid_before_keeps_nothing(self, portal: Any, erika: Any) -> None:
        await portal.hear(portal.pays("500.00", left="700.00"))
        await made(erika)
        portal.move(TIME_IS_UP)
        await portal.watch("promises")

        assert (await told(portal))[1:] == [("broken", "0.00", "0.00")]

    async def test_a_payment_that_was_taken_back_keeps_nothing(
        self, portal: Any, erika: Any
    ) -> None:
        await made(erika)
        first = portal.pays("500.00", left="700.00")
        gone = portal.pays("500.00", left="1200.00", version=2)
        back = ledger.PaymentReturned(**gone.model_dump() | {"allocations": ()})
        await portal.hear(back, first)
        portal.move(TIME_IS_UP)
        await portal.watch("promises")

        assert (await told(portal))[1:] == [("broken", "0.00", "0.00")]

    async def test_the_erp_s_entry_in_the_place_of_ours_is_the_same_money(
        self, portal: Any, erika: Any
    ) -> None:
        await made(erika)
        await portal.hear(portal.pays("250.00", left="950.00"))
        await portal.watch("promises")
        await portal.hear(*taken_over(portal, "250.00"))
        portal.move(TIME_IS_UP)
        await portal.watch("promises")

        assert (await told(portal))[1:] == [
            ("open", "250.00", "250.00"),
            ("partly-kept", "250.00", "0.00"),
        ]

    @pytest.mark.parametrize("theirs_first", [True, False])
    async def test_what_was_paid_before_stays_so_when_the_erp_posts_it(
        self, portal: Any, erika: Any, theirs_first: bool
    ) -> None:
        await portal.hear(portal.pays("700.00", left="500.00"))
        await made(erika)
        gone, posted = taken_over(portal, "700.00")
        await portal.hear(*((posted, gone) if theirs_first else (gone, posted)))
        portal.move(TIME_IS_UP)
        await portal.watch("promises")

        assert (await told(portal))[1:] == [("broken", "0.00", "0.00")]

    async def test_whoever_broke_two_may_make_none_for_a_while(
        self, portal: Any, erika: Any
    ) -> None:
        for amount in ("1.00", "2.00"):
            await made(erika, (INVOICE, amount))
        portal.move(TIME_IS_UP)
        await portal.watch("promises")
        await portal.sign_in(erika)
        assert await refused(erika, pay_on="2026-05-10") == (409, "too-many-broken-promises")

        portal.move(timedelta(days=180, seconds=1))
        await portal.sign_in(erika)
        await made(erika, pay_on="2026-11-10")


async def withdrawn(browser: Any, promise_id: object) -> Any:
    return await browser.post(f"/v1/promises/{promise_id}/withdrawals")


class TestWithdrawal:
    async def test_asks_for_the_amount_again_and_says_who(self, portal: Any, erika: Any) -> None:
        promise_id = await made(erika)
        answers = [await withdrawn(erika, promise_id) for _ in range(2)]

        assert [one.status_code for one in answers] == [201, 201]
        assert [one.json()["state"] for one in answers] == ["withdrawn", "withdrawn"]
        assert (await told(portal))[1:] == [("withdrawn", "0.00", "0.00")]
        assert [one["withdrawn_by"] for one in (await portal.told())[-1:]] == ["1"]

        portal.move(TIME_IS_UP)
        await portal.watch("promises")
        assert len(await told(portal)) == 2, "nothing is left to judge"

    async def test_is_too_late_after_its_day(self, portal: Any, erika: Any) -> None:
        promise_id = await made(erika)
        portal.move(timedelta(days=11))
        await portal.sign_in(erika)

        answer = await withdrawn(erika, promise_id)
        assert (answer.status_code, answer.json()["code"]) == (409, "promise-over")

    async def test_of_one_that_ended_is_refused(self, portal: Any, erika: Any) -> None:
        promise_id = await made(erika)
        await portal.hear(portal.pays("500.00", left="700.00"))
        await portal.watch("promises")

        assert (await withdrawn(erika, promise_id)).json()["code"] == "promise-over"

    async def test_somebody_else_s_is_as_unknown_as_none(self, portal: Any, erika: Any) -> None:
        promise_id = await made(erika)
        otto = portal.browser()
        await portal.sign_in(otto, "otto@other.example")

        others, none = [await withdrawn(otto, one) for one in (promise_id, SECOND)]
        assert others.status_code == none.status_code == 404
        assert others.json() | {"trace_id": ""} == none.json() | {"trace_id": ""}

    async def test_again_and_again_is_no_way_to_be_left_alone(
        self, portal: Any, erika: Any
    ) -> None:
        for n in range(1, 5):
            await withdrawn(erika, await made(erika, (INVOICE, f"{n}.00")))

        assert await refused(erika) == (409, "too-many-withdrawn-promises")
