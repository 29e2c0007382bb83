"""What the portal's provider has reaches the books: through our own topic, once, on a real database."""

import asyncio
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from ledger.domain.request import payment_name, request_id_of
from shared.base.ids import LEDGER, derived_id, object_id
from shared.contracts.disputes import Reason
from shared.contracts.portal_api import LeftOut, PaidItem, PaymentConfirmed
from shared.messaging.cloudevents import Record
from shared.testing.examples import our_examples

SOURCE = "urn:acme:erp:de01"
CUSTOMER = object_id(SOURCE, "customer", "C1")
PAYMENT = derived_id("payment", CUSTOMER, 0)
REFERENCE = "pi_3Q1"
EXAMPLE = next(one for one in our_examples() if isinstance(one, PaymentConfirmed))
CANCELLED = {"customer_number": "C1", "cancelled_on": "2026-04-01"}
CLAIMED = "ledger.deduction.claimed.v1"
ASKED = "ledger.payment-posting.requested.v1"


def confirmed(
    *paid: tuple[str, str], left_out: str | None = None, payment_id: UUID = PAYMENT, **said: Any
) -> PaymentConfirmed:
    """So much of each of these; of the first, so much is left out since it was damaged."""
    items = [
        PaidItem(
            invoice_id=object_id(SOURCE, "invoice", name),
            invoice_number=name,
            amount=amount,
            left_out=LeftOut(amount=left_out, reason=Reason.DAMAGED, words="One is broken.")
            if left_out and not place
            else None,
        )
        for place, (name, amount) in enumerate(paid)
    ]
    whole = {
        "customer_id": CUSTOMER,
        "payment_id": payment_id,
        "amount": f"{sum(float(amount) for _, amount in paid):.2f}",
        "items": tuple(items),
        "provider_reference": REFERENCE,
        "value_date": date(2026, 4, 1),
    }
    return EXAMPLE.model_copy(update=whole | said)


@dataclass
class Cash:
    """The portal's word, and the books that hear it."""

    till: Any
    offset: int = 0

    async def hears(self, *facts: PaymentConfirmed) -> None:
        """As one slice."""
        _, hearing = self.till.service.hearings
        records = [self._record(one) for one in facts]
        async with self.till.service.database.work(self.till.service.clock.now()) as work:
            await hearing.take(work, records)

    def _record(self, fact: PaymentConfirmed) -> Record:
        self.offset += 1
        attributes = {"type": fact.TYPE, "id": str(fact.event_id)}
        data = fact.model_dump_json().encode()
        return Record(fact.TOPIC, 0, self.offset, str(fact.customer_id), attributes, data)

    async def open(self) -> dict[str, str]:
        items = (await self.till.get(f"/v1/customers/{CUSTOMER}/open-items"))["items"]
        return {one["source_id"]: one["open"] for one in items}

    async def on_account(self) -> list[str]:
        items = (await self.till.get(f"/v1/customers/{CUSTOMER}/unapplied"))["items"]
        return [one["unapplied"] for one in items]

    async def balances(self) -> dict[str, str]:
        assert (await self.till.get("/v1/proof"))["imbalance"] == 0
        rows = (await self.till.get("/v1/trial-balance"))["items"]
        return {row["account"]: row["balance"] for row in rows if row["currency"] == "EUR"}

    async def requests(self) -> list[Any]:
        return list((await self.till.get("/v1/requests"))["items"])

    async def told(self, kind: str) -> list[Any]:
        rows = await self.till.fetch(
            "SELECT convert_from(payload, 'utf8')::json AS body FROM outbox "
            f"WHERE headers::json ->> 'ce_type' = '{kind}' ORDER BY seq"
        )
        return [row["body"] for row in rows]


@pytest.fixture
async def cash(till: Any) -> Cash:
    """C1 owes 1,000.00 and 50.00; C2 owes 70.00."""
    till.pen.customer("C1")
    till.pen.customer("C2")
    till.pen.invoice("I1", "1000.00")
    till.pen.invoice("I2", "50.00")
    till.pen.invoice("I3", "70.00", customer_number="C2")
    await till.take()
    return Cash(till)


class TestPaidAtThePortal:
    async def test_stands_in_clearing_and_is_asked_of_the_erp(self, cash: Cash) -> None:
        await cash.hears(confirmed(("I1", "900.00"), ("I2", "50.00")))

        assert await cash.open() == {"I1": "100.00"}
        balances = await cash.balances()
        assert (balances["1010"], balances.get("2100", "0.00")) == ("950.00", "0.00")
        (request,) = await cash.requests()
        assert (request["state"], request["asked_by"]) == ("open", "customer")
        assert request["entry"]["source"] == LEDGER
        (asked,) = await cash.told(ASKED)
        assert (asked["provider_reference"], asked["amount"], asked["value_date"]) == (
            REFERENCE,
            "950.00",
            "2026-04-01",
        )
        assert asked["allocations"] == [
            {"invoice_id": "I1", "amount": "900.00"},
            {"invoice_id": "I2", "amount": "50.00"},
        ]

    async def test_is_booked_once_however_often_it_is_told(self, cash: Cash) -> None:
        said = confirmed(("I1", "900.00"))
        await cash.hears(said, said)
        await cash.hears(said)
        await asyncio.gather(*(cash.hears(said) for _ in range(4)))

        assert (await cash.open())["I1"] == "100.00"
        assert len(await cash.requests()) == len(await cash.told(ASKED)) == 1

    async def test_with_a_reason_claims_the_deduction_once(self, cash: Cash) -> None:
        said = confirmed(("I1", "900.00"), left_out="100.00")
        await cash.hears(said)
        await cash.hears(said)

        (claim,) = await cash.told(CLAIMED)
        assert (claim["amount"], claim["reason"], claim["words"], claim["entered_by"]) == (
            "100.00", "damaged", "One is broken.", "customer",
        )  # fmt: skip
        assert (await cash.open())["I1"] == "100.00"

    async def test_what_was_paid_meanwhile_stands_on_account(self, cash: Cash) -> None:
        cash.till.pen.payment(
            "P1", "950.00", allocations=[{"invoice_id": "I1", "amount": "950.00"}]
        )
        await cash.till.take()
        await cash.hears(confirmed(("I1", "900.00"), ("I2", "50.00"), left_out="100.00"))

        assert (await cash.open(), await cash.on_account()) == ({}, ["850.00"])
        assert (await cash.balances())["2100"] == "-850.00"
        assert await cash.told(CLAIMED) == []
        (asked,) = await cash.told(ASKED)
        assert asked["allocations"][0] == {"invoice_id": "I1", "amount": "50.00"}

    async def test_of_an_invoice_that_is_gone_it_stands_on_account(self, cash: Cash) -> None:
        cash.till.pen.take("erp.invoice.cancelled.v1", invoice_id="I2", version=2, **CANCELLED)
        await cash.till.take()
        await cash.hears(confirmed(("I2", "50.00"), ("I3", "70.00"), ("NONE", "1.00")))

        assert (await cash.open(), await cash.on_account()) == ({"I1": "1000.00"}, ["121.00"])

    async def test_the_erp_s_echo_takes_its_place(self, cash: Cash) -> None:
        await cash.hears(confirmed(("I1", "900.00")))
        request_id = str(request_id_of(CUSTOMER, payment_name(PAYMENT)))
        cash.till.pen.payment(
            "P1",
            "900.00",
            allocations=[{"invoice_id": "I1", "amount": "900.00"}],
            request_id=request_id,
        )
        await cash.till.take()
        await cash.hears(confirmed(("I1", "900.00")))

        assert (await cash.open())["I1"] == "100.00"
        balances = await cash.balances()
        assert (balances["1000"], balances["1010"]) == ("900.00", "0.00")
        assert [one["state"] for one in await cash.requests()] == ["echoed"]
        (gone,) = await cash.told("ledger.payment.cancelled.v1")
        assert gone["answered_by"] == str(object_id(SOURCE, "payment", "P1"))

    async def test_the_erp_may_be_first_and_the_deduction_is_claimed_all_the_same(
        self, cash: Cash
    ) -> None:
        cash.till.pen.payment(
            "P1",
            "900.00",
            allocations=[{"invoice_id": "I1", "amount": "900.00"}],
            bank_reference=REFERENCE,
        )
        await cash.till.take()
        await cash.hears(confirmed(("I1", "900.00"), left_out="100.00"))

        assert (await cash.open())["I1"] == "100.00"
        assert (await cash.balances())["1000"] == "900.00"
        assert [one["state"] for one in await cash.requests()] == ["echoed"]
        assert [one["amount"] for one in await cash.told(CLAIMED)] == ["100.00"]
        assert await cash.told(ASKED) == []

    async def test_what_a_person_entered_by_that_reference_is_not_entered_again(
        self, cash: Cash
    ) -> None:
        given = {
            "customer_id": str(CUSTOMER), "legal_entity": "DE01", "value_date": "2026-04-01",
            "currency": "EUR", "amount": "900.00", "bank_reference": REFERENCE,
            "allocations": [{"invoice_id": "I1", "amount": "900.00"}],
        }  # fmt: skip
        assert (await cash.till.http.post("/v1/payments", json=given)).status_code == 201
        await cash.hears(confirmed(("I1", "900.00")))

        assert (await cash.open())["I1"] == "100.00"
        assert len(await cash.requests()) == 1

    async def test_two_payments_of_one_invoice_in_one_slice(self, cash: Cash) -> None:
        second = derived_id("payment", CUSTOMER, 1)
        await cash.hears(
            confirmed(("I1", "900.00")),
            confirmed(("I1", "900.00"), payment_id=second, provider_reference="pi_2"),
        )
        assert (await cash.open()).get("I1", "0.00") == "0.00"
        assert await cash.on_account() == ["800.00"]


class TestOpenAmounts:
    async def test_are_of_those_named_that_are_the_customer_s(self, cash: Cash) -> None:
        named = [str(object_id(SOURCE, "invoice", name)) for name in ("I1", "I3", "NONE")]
        answer = await cash.till.get(f"/v1/customers/{CUSTOMER}/open-amounts", invoice_id=named)

        assert [(one["source_id"], one["open"]) for one in answer["items"]] == [("I1", "1000.00")]

    async def test_settled_is_zero_and_cancelled_is_none(self, cash: Cash) -> None:
        cash.till.pen.payment("P1", "50.00", allocations=[{"invoice_id": "I2", "amount": "50.00"}])
        cash.till.pen.take("erp.invoice.cancelled.v1", invoice_id="I1", version=2, **CANCELLED)
        await cash.till.take()
        named = [str(object_id(SOURCE, "invoice", name)) for name in ("I1", "I2")]
        answer = await cash.till.get(f"/v1/customers/{CUSTOMER}/open-amounts", invoice_id=named)

        assert [(one["source_id"], one["open"]) for one in answer["items"]] == [("I2", "0.00")]

    async def test_must_name_some(self, cash: Cash) -> None:
        path = f"/v1/customers/{CUSTOMER}/open-amounts"
        assert (await cash.till.http.get(path)).status_code == 422
        many = [str(CUSTOMER)] * 101
        assert (await cash.till.http.get(path, params={"invoice_id": many})).status_code == 422
