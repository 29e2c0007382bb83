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


def night(day: date, number: str, open_: str) -> list[Any]:
    """The run of one evening: one customer with one invoice, and the end."""
    run: dict[str, Any] = {"run_id": f"{number}-{day}", "legal_entity": "DE01", "as_of": day}
    item = contract.ErpStatedItem(
        kind=contract.ItemKind.INVOICE, id=f"I-{number}", currency="EUR", open=Decimal(open_)
    )
    total = contract.ErpTotal(currency="EUR", open=Decimal(open_))
    stated = contract.ErpOpenItemsStated(customer_number=number, items=(item,), **run)
    ended = contract.ErpOpenItemsCompleted(customers=1, totals=(total,), **run)
    return [erp.says(ended), erp.says(stated), erp.says(stated)]


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
