"""The ERP's word on where part of a credit belongs."""

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from shared.base.money import exponent


class Direction(NamedTuple):
    """`amount` and `deductions` are in the invoice's currency, `credit_amount` in the credit's; None = the same."""

    invoice_id: UUID
    amount: Decimal
    instalment: int | None = None
    credit_amount: Decimal | None = None
    deductions: tuple[tuple[str, Decimal], ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether it says no more than an amount."""
        return self.instalment is None and self.credit_amount is None and not self.deductions

    def cost_minor(self, currency: str) -> int:
        """What it takes of the credit, in minor units of the credit's currency."""
        return minor_floor(
            self.amount if self.credit_amount is None else self.credit_amount, currency
        )


def minor_floor(amount: Decimal, currency: str) -> int:
    """Minor units of an amount that came before its currency was known; what is finer is left away."""
    return int(amount.scaleb(exponent(currency)))


def directed_minors(
    directions: Iterable[Direction], currency: str, *, history_minor: int = 0
) -> dict[UUID, int]:
    """What each invoice is to get of the credit, in the order in which they are first named.

    `history_minor` had been applied before the books began: the directions named first are taken for that.
    """
    by_invoice: dict[UUID, int] = {}
    for direction in directions:
        cost = direction.cost_minor(currency)
        settled = min(cost, history_minor)
        history_minor -= settled
        by_invoice[direction.invoice_id] = by_invoice.get(direction.invoice_id, 0) + cost - settled
    return by_invoice


def rich_directions(
    directions: Iterable[Direction] | None,
) -> dict[UUID, tuple[Direction, ...]]:
    """Of invoices that are given more than amounts, all directions."""
    directions = tuple(directions or ())
    rich = {one.invoice_id for one in directions if not one.is_plain}
    return {
        invoice_id: tuple(one for one in directions if one.invoice_id == invoice_id)
        for invoice_id in rich
    }
