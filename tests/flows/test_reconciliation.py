"""A difference between the ERP and us is found the same night, and nobody is chased above the lower figure."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from shared.contracts import erp as contract
from shared.testing import builders
from shared.testing.builders import Voice

pytestmark = [pytest.mark.timeout(600)]
erp = Voice()
gb = Voice("urn:acme:erp:gb01")
GB: dict[str, Any] = {"legal_entity": "GB01", "currency": "GBP"}


def night(day: date, number: str, open_: str) -> list[Any]:
    """The run of one evening: one customer with one invoice, and the end."""
    run: dict[str, Any] = {"run_id": f"{number}-{day}", "legal_entity": "DE01", "as_of": day}
    return [erp.says(event) for event in said(run, number, {f"I-{number}": ("EUR", open_)})]


def said(
    run: dict[str, Any], number: str, items: dict[str, tuple[str, str]]
) -> list[contract.ErpEvent]:
    """The end of a run, and twice what it says of its one customer; ids of payments begin with P-."""
    totals: dict[str, Decimal] = {}
    for item_id, (currency, minor) in items.items():
        sign = -1 if item_id.startswith("P-") else 1
        totals[currency] = totals.get(currency, Decimal(0)) + sign * Decimal(minor)
    stated = contract.ErpOpenItemsStated(
        customer_number=number,
        items=tuple(
            contract.ErpStatedItem(
                kind=contract.ItemKind("payment" if item_id.startswith("P-") else "invoice"),
                id=item_id,
                currency=currency,
                open=Decimal(minor),
            )
            for item_id, (currency, minor) in items.items()
        ),
        **run,
    )
    totalled = tuple(contract.ErpTotal(currency=c, open=minor) for c, minor in totals.items())
    return [contract.ErpOpenItemsCompleted(customers=1, totals=totalled, **run), stated, stated]


def deducted(invoice_id: str, amount: str, kind: str, minor: str) -> contract.ErpAllocation:
    taken = contract.ErpDeduction(kind=contract.DeductionKind(kind), amount=Decimal(minor))
    return builders.allocation(invoice_id, amount).model_copy(update={"deductions": (taken,)})


def taken_off(adjustment_id: str, item_id: str, minor: str, reason: str, on: date) -> Any:
    kind = contract.ItemKind("payment" if item_id.startswith("P-") else "invoice")
    return contract.ErpAdjustmentPosted(
        adjustment_id=adjustment_id,
        version=1,
        customer_number="MANY",
        item=contract.ErpItem(kind=kind, id=item_id),
        amount=Decimal(minor),
        reason=contract.AdjustmentReason(reason),
        posted_on=on,
        **GB,
    )


def of_all_kinds(today: date) -> list[contract.ErpEvent]:
    """One customer's items: brought over, in parts, discounted, given up, in francs, sent back, on account."""

    def ago(days: int) -> date:
        return today - timedelta(days=days)

    def back(version: int, minor: str) -> contract.ErpPaymentReturned:
        return contract.ErpPaymentReturned(
            payment_id="P-BACK", version=version, customer_number="MANY", returned_on=ago(1),
            amount=Decimal(minor), reason=contract.ReturnReason.BANK_RETURN,
        )  # fmt: skip

    parts = tuple(
        contract.ErpInstalment(number=number, due_on=due, amount=Decimal("300.00"))
        for number, due in enumerate((ago(10), today + timedelta(days=20)), 1)
    )
    kept_back = contract.ErpInstalment(number=3, amount=Decimal("300.00"))
    discount = contract.ErpDiscount(until=ago(18), percent=Decimal(2))
    first = builders.allocation("PARTS", "300.00").model_copy(update={"instalment": 1})
    francs = builders.allocation("FRANCS", "200.00").model_copy(
        update={"credit_amount": Decimal("230.00")}
    )
    return [
        builders.customer("MANY", language="en", legal_entity="GB01"),
        builders.invoice(
            "OLD", "MANY", "1000.00", due=ago(40), **GB,
            opening=contract.ErpOpening(open=Decimal("400.00"), as_of=ago(30)),
        ),
        builders.payment("P-OLD", "MANY", "600.00", on=ago(35), to="OLD", **GB),
        builders.invoice(
            "PARTS", "MANY", "900.00", due=today + timedelta(days=20), **GB,
            instalments=(*parts, kept_back), issued_on=ago(25),
        ),
        builders.payment("P-PART", "MANY", "300.00", on=ago(9), allocations=(first,), **GB),
        builders.invoice(
            "EARLY", "MANY", "1200.00", due=today, net=Decimal(1000), tax=Decimal(200),
            discounts=(discount,), **GB,
        ),
        builders.payment(
            "P-EARLY", "MANY", "1176.00", on=ago(20), **GB,
            allocations=(deducted("EARLY", "1176.00", "discount", "24.00"),),
        ),
        builders.invoice("GIVEN", "MANY", "500.00", due=ago(12), **GB),
        taken_off("A-GIVEN", "GIVEN", "120.00", "write-off", ago(2)),
        builders.invoice("FRANCS", "MANY", "200.00", due=ago(3), **GB),
        builders.payment(
            "P-FRANCS", "MANY", "235.00", on=ago(2), allocations=(francs,),
            **GB | {"currency": "CHF"},
        ),
        builders.invoice("BACK", "MANY", "250.00", due=ago(5), **GB),
        builders.payment("P-BACK", "MANY", "250.00", on=ago(4), to="BACK", **GB),
        back(2, "100.00"),
        back(3, "150.00"),
        builders.payment("P-REST", "MANY", "80.00", on=ago(4), allocations=(), **GB),
        taken_off("A-REST", "P-REST", "30.00", "refund", ago(1)),
    ]  # fmt: skip


LEFT = {
    "OLD": ("GBP", "400.00"),
    "PARTS": ("GBP", "600.00"),
    "GIVEN": ("GBP", "380.00"),
    "BACK": ("GBP", "150.00"),
    "P-FRANCS": ("CHF", "5.00"),
    "P-REST": ("GBP", "50.00"),
}
"""What the ERP has left of them."""


class TestPlantedDifference:
    async def test_is_never_chased_above_the_lower_figure_and_ends_once_the_erp_has_told(
        self, stack: Any
    ) -> None:
        today = (await stack.now()).date()
        invoice = builders.invoice("I-LESS", "LESS", "1200.00", due=today - timedelta(days=10))
        await stack.tell(erp.says(builders.customer("LESS")), erp.says(invoice))

        await stack.tell(*night(today, "LESS", "700.00"))
        await stack.advance_to_contact()

        (mail,) = await stack.mails("ap@less.example")
        assert "700,00" in mail["text"]
        assert "1.200,00" not in mail["text"]
        (found,) = await stack.all("ledger", "/v1/differences", run_id=f"LESS-{today}")
        assert (found["ours"], found["theirs"]) == ("1200.00", "700.00")

        later = (await stack.now()).date()
        payment = builders.payment("P-LESS", "LESS", "500.00", on=today, to="I-LESS")
        await stack.tell(erp.says(payment))
        await stack.tell(*night(later, "LESS", "700.00"))
        await stack.advance(await stack.now() + timedelta(hours=1))

        assert await stack.all("ledger", "/v1/differences") == []


class TestItemsOfAllKinds:
    async def test_agree_with_the_erp_until_one_is_planted_and_chased_at_the_lower_figure(
        self, stack: Any
    ) -> None:
        today = (await stack.now()).date()
        told = of_all_kinds(today)
        await stack.tell(*(gb.says(event) for event in told[::-1]))

        true: dict[str, Any] = {"run_id": "true", "legal_entity": "GB01", "as_of": today}
        await stack.tell(*map(gb.says, said(true, "MANY", LEFT)))
        await stack.advance(await stack.now() + timedelta(hours=1))
        runs = await stack.all("ledger", "/v1/balance-runs")
        (run,) = [one for one in runs if one["run_id"] == "true"]
        assert (run["ending"], run["differences"]) == ("judged", 0)

        planted = LEFT | {"GIVEN": ("GBP", "310.00")}
        await stack.tell(*map(gb.says, said(true | {"run_id": "planted"}, "MANY", planted)))
        await stack.advance(await stack.now() + timedelta(hours=1))
        (found,) = await stack.all("ledger", "/v1/differences", run_id="planted")
        assert (found["ours"], found["theirs"]) == ("380.00", "310.00")

        await stack.advance_to_contact()
        (mail,) = await stack.mails("ap@many.example")
        assert "310.00" in mail["text"]
        assert "380.00" not in mail["text"]
