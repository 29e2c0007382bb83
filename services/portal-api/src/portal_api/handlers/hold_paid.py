"""Hold what a payment pays of each invoice, by value date: it decides what became of promises."""

from decimal import Decimal

from portal_api.domain.items import Items, PaidPart
from shared.contracts import ledger


def hold_paid(items: Items, told: ledger.PaymentEvent) -> None:
    """An invoice that moved and that the payment pays no more is paid 0 by it."""
    amounts = dict.fromkeys((one.invoice_id for one in told.invoices), Decimal(0))
    for allocation in told.allocations:
        paid = amounts.get(allocation.invoice_id, Decimal(0))
        amounts[allocation.invoice_id] = paid + Decimal(allocation.amount)
    for invoice_id, amount in amounts.items():
        items.hold_paid(
            PaidPart(invoice_id, told.payment_id, told.version, told.value_date, amount)
        )
