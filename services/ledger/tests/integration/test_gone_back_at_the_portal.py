"""What the portal's provider has given back is owed again, once, whoever says it first: on a real database."""

import asyncio
import itertools
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from ledger.domain.request import payment_name, request_id_of
from shared.base.ids import derived_id, object_id
from shared.contracts.erp import ReturnReason
from shared.contracts.portal_api import (
    PaidItem,
    PaymentBackEvent,
    PaymentConfirmed,
    PaymentEvent,
    PaymentRestored,
    PaymentReturned,
)
from shared.messaging.cloudevents import Record
from shared.testing.examples import our_examples

SOURCE = "urn:acme:erp:de01"
CUSTOMER = object_id(SOURCE, "customer", "C1")
PAYMENT = derived_id("payment", CUSTOMER, 0)
REQUEST = str(request_id_of(CUSTOMER, payment_name(PAYMENT)))
REFERENCE = "pi_3Q1"
TO_I1 = [{"invoice_id": "I1", "amount": "900.00"}]
BACK = "ledger.payment.returned.v1"


def _of(kind: type[PaymentEvent], **said: Any) -> Any:
    example = next(one for one in our_examples() if type(one) is kind)
    item = PaidItem(
        invoice_id=object_id(SOURCE, "invoice", "I1"), invoice_number="I1", amount="900.00"
    )
    whole = {
        "customer_id": CUSTOMER,
        "payment_id": PAYMENT,
        "amount": "900.00",
        "items": (item,),
        "provider_reference": REFERENCE,
        "value_date": date(2026, 4, 1),
    }
    return example.model_copy(update=whole | said)


CONFIRMED = _of(PaymentConfirmed, version=4)


def gone(version: int, returned: str, reason: ReturnReason = ReturnReason.CHARGEBACK) -> Any:
    kind: type[PaymentBackEvent] = PaymentReturned if returned != "0.00" else PaymentRestored
    on = date(2026, 4, version)
    return _of(kind, version=version, returned=returned, return_reason=reason, returned_on=on)


@dataclass
class Cash:
    """The portal's word, the ERP's, and the books that hear both."""

    till: Any
    offset: int = 0
    versions: dict[str, int] = field(default_factory=dict)

    async def hears(self, *facts: PaymentEvent) -> None:
        _, hearing = self.till.service.hearings
        records = [self._record(one) for one in facts]
        async with self.till.service.database.work(self.till.service.clock.now()) as work:
            await hearing.take(work, records)

    def _record(self, fact: PaymentEvent) -> Record:
        self.offset += 1
        attributes = {"type": fact.TYPE, "id": str(fact.event_id)}
        data = fact.model_dump_json().encode()
        return Record(fact.TOPIC, 0, self.offset, str(fact.customer_id), attributes, data)

    async def erp_has_it(self, **said: Any) -> None:
        given = {"version": self._next(), "request_id": REQUEST, "allocations": TO_I1} | said
        known = {name: value for name, value in given.items() if value is not None}
        self.till.pen.payment("P1", "900.00", **known)
        await self.till.take()

    async def erp_gives_back(self, amount: str | None = "900.00") -> None:
        said = {"version": self._next(), "returned_on": "2026-04-10", "reason": "chargeback"}
        more = {} if amount is None else {"amount": amount}
        self.till.pen.take("erp.payment.returned.v1", payment_id="P1", **said, **more)
        await self.till.take()

    async def erp_refunds(self, amount: str) -> None:
        said = {
            "customer_number": "C1",
            "legal_entity": "DE01",
            "currency": "EUR",
            "reason": "refund",
        }
        item = {"kind": "payment", "id": "P1"}
        self.till.pen.take(
            "erp.adjustment.posted.v1", adjustment_id="A1", version=1, item=item, amount=amount,
            posted_on="2026-04-10", **said,
        )  # fmt: skip
        assert await self.till.take() == ["accepted"]

    async def night(self, as_of: str, *, open_: str) -> list[tuple[str, str]]:
        """Two days later the ERP says what is open of I1; answers the differences that stand, ours and theirs."""
        self.till.move(self.till.service.clock.now() + timedelta(days=2))
        items = [{"kind": "invoice", "id": "I1", "currency": "EUR", "open": open_}]
        said = {"customer_number": "C1", "legal_entity": "DE01", "as_of": as_of, "items": items}
        self.till.pen.take("erp.open-items.stated.v1", run_id=as_of, **said)
        await self.till.take()
        self.till.move(self.till.service.clock.now() + timedelta(minutes=30))
        (job,) = [one for one in self.till.service.jobs if one.name == "reconciliation"]
        while await job.run():
            pass
        found = (await self.till.get("/v1/differences"))["items"]
        return [(one["ours"], one["theirs"]) for one in found]

    def _next(self) -> int:
        self.versions["P1"] = self.versions.get("P1", 0) + 1
        return self.versions["P1"]

    async def stands(self) -> tuple[str, str, str]:
        """What is open of I1, what is on the bank's account, and in clearing."""
        assert (await self.till.get("/v1/proof"))["imbalance"] == 0
        rows = (await self.till.get("/v1/trial-balance"))["items"]
        of = {row["account"]: row["balance"] for row in rows if row["currency"] == "EUR"}
        items = (await self.till.get(f"/v1/customers/{CUSTOMER}/open-items"))["items"]
        left = {one["source_id"]: one["open"] for one in items}
        assert of.get("2100", "0.00") == "0.00"
        return left.get("I1", "0.00"), of.get("1000", "0.00"), of.get("1010", "0.00")

    async def told(self, kind: str) -> list[Any]:
        rows = await self.till.fetch(
            "SELECT convert_from(payload, 'utf8')::json AS body FROM outbox "
            f"WHERE headers::json ->> 'ce_type' LIKE '{kind}' ORDER BY seq"
        )
        return [row["body"] for row in rows]


@pytest.fixture
async def cash(till: Any) -> Cash:
    """C1 owes 900.00, at the end of May."""
    till.move(datetime(2026, 5, 30, 12, tzinfo=UTC))
    till.pen.customer("C1")
    till.pen.invoice("I1", "900.00")
    await till.take()
    return Cash(till)


PAID_OURS = ("0.00", "0.00", "900.00")
PAID_THEIRS = ("0.00", "900.00", "0.00")
OWED = ("900.00", "0.00", "0.00")


class TestBeforeTheErpHasIt:
    async def test_is_owed_again_and_told_with_its_reason(self, cash: Cash) -> None:
        await cash.hears(CONFIRMED)
        assert await cash.stands() == PAID_OURS
        await cash.hears(gone(5, "900.00"))

        assert await cash.stands() == OWED
        (told,) = await cash.told(BACK)
        assert (told["returned"], told["return_reason"], told["returned_on"]) == (
            "900.00", "chargeback", "2026-04-05",
        )  # fmt: skip
        (reopened,) = await cash.told("ledger.invoice.reopened.v1")
        assert reopened["due_on"] == (await cash.told("ledger.invoice.opened.v1"))[0]["due_on"]

    async def test_in_part_and_more_counts_all_of_it_once(self, cash: Cash) -> None:
        await cash.hears(CONFIRMED, gone(5, "100.00", ReturnReason.REFUND))
        assert await cash.stands() == ("100.00", "0.00", "800.00")
        await cash.hears(gone(6, "250.00", ReturnReason.REFUND))

        assert await cash.stands() == ("250.00", "0.00", "650.00")

    async def test_won_is_paid_again(self, cash: Cash) -> None:
        await cash.hears(CONFIRMED, gone(5, "900.00"), gone(6, "0.00"))

        assert await cash.stands() == PAID_OURS
        (*_, last) = await cash.told("ledger.payment.received.v1")
        assert (last["status"], last["returned"], last.get("return_reason")) == (
            "received", "0.00", None,
        )  # fmt: skip

    async def test_in_any_order_and_however_often_the_newest_word_counts(self, cash: Cash) -> None:
        words = [gone(5, "100.00"), gone(6, "900.00"), gone(7, "0.00")]
        await cash.hears(CONFIRMED)
        for order in itertools.permutations(words):
            for one in order:
                await cash.hears(*[one] * 5)
        await asyncio.gather(*(cash.hears(one) for one in words))

        assert await cash.stands() == PAID_OURS

    async def test_of_an_unknown_payment_it_is_refused_by_name(self, cash: Cash) -> None:
        with pytest.raises(Exception, match="there is no payment"):
            await cash.hears(gone(5, "900.00"))

        assert await cash.stands() == OWED


class TestWithTheErp:
    async def test_gone_back_before_its_echo_stays_gone(self, cash: Cash) -> None:
        await cash.hears(CONFIRMED, gone(5, "900.00"))
        await cash.erp_has_it()
        assert await cash.stands() == ("900.00", "900.00", "-900.00")

        await cash.erp_gives_back()
        assert await cash.stands() == OWED
        assert {one["returned"] for one in await cash.told(BACK)} == {"900.00"}

    async def test_our_entry_says_whose_its_money_is_before_the_erp_s_is_told(
        self, cash: Cash
    ) -> None:
        await cash.hears(CONFIRMED, gone(5, "900.00"))
        await cash.erp_has_it()

        (ours, theirs) = (await cash.told("ledger.payment.%"))[-2:]
        assert (ours["status"], theirs["status"]) == ("cancelled", "returned")
        assert ours["answered_by"] == theirs["payment_id"]

    async def test_gone_back_after_its_echo_is_booked_once(self, cash: Cash) -> None:
        await cash.hears(CONFIRMED)
        await cash.erp_has_it()
        assert await cash.stands() == PAID_THEIRS
        await cash.hears(gone(5, "900.00"))
        assert await cash.stands() == ("900.00", "900.00", "-900.00")

        await cash.erp_gives_back(None)
        assert await cash.stands() == OWED
        await cash.hears(gone(5, "900.00"))
        assert await cash.stands() == OWED

    async def test_told_by_the_erp_first_it_is_booked_once(self, cash: Cash) -> None:
        await cash.hears(CONFIRMED)
        await cash.erp_has_it()
        await cash.erp_gives_back()
        before = len(await cash.told(BACK))
        await cash.hears(gone(5, "900.00"))

        assert await cash.stands() == OWED
        assert len(await cash.told(BACK)) == before

    async def test_all_of_it_by_the_erp_before_the_portal_has_told_anything(
        self, cash: Cash
    ) -> None:
        await cash.erp_has_it(request_id=None, bank_reference=REFERENCE)
        await cash.erp_gives_back()
        await cash.hears(CONFIRMED, gone(5, "900.00"))

        assert await cash.stands() == OWED

    async def test_what_the_erp_has_still_to_say_is_no_difference_of_the_night(
        self, cash: Cash
    ) -> None:
        await cash.hears(CONFIRMED)
        await cash.erp_has_it()
        await cash.hears(gone(5, "900.00"))

        assert await cash.night("2026-05-31", open_="0.00") == []
        assert (await cash.stands())[0] == "900.00"
        await cash.erp_gives_back()
        assert await cash.night("2026-06-03", open_="0.00") == [("900.00", "0.00")], (
            "it has said it"
        )

    async def test_an_amendment_that_says_nothing_of_it_takes_nothing_of_it_away(
        self, cash: Cash
    ) -> None:
        await cash.hears(CONFIRMED, gone(5, "900.00"))
        await cash.erp_has_it()
        await cash.erp_has_it(reference="another text")

        assert (await cash.stands())[0] == "900.00"

    async def test_halfway_told_by_the_erp_is_still_all_of_it(self, cash: Cash) -> None:
        await cash.hears(CONFIRMED, gone(5, "900.00"))
        await cash.erp_has_it()
        await cash.erp_gives_back("400.00")
        assert (await cash.stands())[0] == "900.00"
        await cash.erp_gives_back("900.00")

        assert await cash.stands() == OWED

    @pytest.mark.parametrize("erp_first", [True, False])
    async def test_won_is_paid_again_whoever_says_it_first(
        self, cash: Cash, erp_first: bool
    ) -> None:
        await cash.hears(CONFIRMED, gone(5, "900.00"))
        await cash.erp_has_it()
        await cash.erp_gives_back()
        if erp_first:
            await cash.erp_has_it()
        await cash.hears(gone(6, "0.00"))
        assert (await cash.stands())[0] == "0.00"
        if not erp_first:
            await cash.erp_has_it()

        assert await cash.stands() == PAID_THEIRS

    @pytest.mark.parametrize("erp_first", [True, False])
    async def test_refunded_by_the_erp_as_an_adjustment_it_is_the_same_money(
        self, cash: Cash, erp_first: bool
    ) -> None:
        """100.00 too much was paid, since a credit note came: they are given back, and nothing is owed again."""
        await cash.hears(CONFIRMED)
        await cash.erp_has_it(allocations=[{"invoice_id": "I1", "amount": "800.00"}])
        cash.till.pen.credit_note("N1", allocations=[{"invoice_id": "I1", "amount": "100.00"}])
        await cash.till.take()
        given_back = gone(5, "100.00", ReturnReason.REFUND)
        if not erp_first:
            await cash.hears(given_back)
        await cash.erp_refunds("100.00")
        if erp_first:
            await cash.hears(given_back)

        assert await cash.stands() == ("0.00", "800.00", "0.00")
        await cash.hears(gone(6, "150.00", ReturnReason.REFUND))
        assert await cash.stands() == ("50.00", "800.00", "-50.00")
        await cash.erp_gives_back("50.00")
        assert await cash.stands() == ("50.00", "750.00", "0.00")

    async def test_cancelled_by_the_erp_nothing_of_it_counts(self, cash: Cash) -> None:
        await cash.hears(CONFIRMED, gone(5, "100.00"))
        await cash.erp_has_it()
        said = {"payment_id": "P1", "version": 9, "cancelled_on": "2026-04-11"}
        cash.till.pen.take("erp.payment.cancelled.v1", **said)
        await cash.till.take()

        assert await cash.stands() == OWED

    async def test_posted_anew_by_the_erp_it_goes_back_of_what_stands_now(self, cash: Cash) -> None:
        await cash.hears(CONFIRMED)
        await cash.erp_has_it()
        said = {"payment_id": "P1", "version": 9, "cancelled_on": "2026-04-11"}
        cash.till.pen.take("erp.payment.cancelled.v1", **said)
        cash.till.pen.payment("P2", "900.00", bank_reference=REFERENCE, allocations=TO_I1)
        await cash.till.take()
        assert await cash.stands() == PAID_THEIRS
        await cash.hears(gone(5, "900.00"))

        assert (await cash.stands())[0] == "900.00"

    async def test_what_a_person_entered_by_its_reference_goes_back_as_well(
        self, cash: Cash
    ) -> None:
        given = {
            "customer_id": str(CUSTOMER), "legal_entity": "DE01", "value_date": "2026-04-01",
            "currency": "EUR", "amount": "900.00", "bank_reference": REFERENCE,
            "allocations": TO_I1,
        }  # fmt: skip
        assert (await cash.till.http.post("/v1/payments", json=given)).status_code == 201
        await cash.hears(CONFIRMED)
        await cash.hears(gone(5, "900.00"))

        assert await cash.stands() == OWED

    async def test_refused_by_the_erp_it_comes_back_whole_if_it_posts_after_all(
        self, cash: Cash
    ) -> None:
        await cash.hears(CONFIRMED)
        said = {"request_id": REQUEST, "reason": "closed period"}
        cash.till.pen.take("erp.request.refused.v1", **said)
        await cash.till.take()
        await cash.hears(gone(5, "900.00"))
        assert await cash.stands() == OWED
        await cash.erp_has_it()

        assert (await cash.stands())[0] == "900.00"
