"""Hold what a payment pays of each invoice, by value date: it decides what became of promises."""

from decimal import Decimal

from portal_api.domain.items import Items, PaidPart
from shared.contracts import ledger


def hold_paid(items: Items, told: ledger.PaymentEvent) -> None:
    """All that it pays by that version of it."""
    for one in told.allocations:
        amount = Decimal(one.amount)
        items.hold_paid(
            PaidPart(one.invoice_id, told.payment_id, told.version, told.value_date, amount)
        )
