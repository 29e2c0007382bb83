"""Read where the ledger says that a credit stands."""

from collections.abc import Iterable

from portal_api.domain.credit import Allocation
from shared.base.money import minor_of
from shared.contracts import ledger


def read_allocations(told: Iterable[ledger.Allocation], currency: str) -> tuple[Allocation, ...]:
    """`currency` is the credit's: where only one amount is said, it is in that."""
    return tuple(
        Allocation(
            invoice_id=one.invoice_id,
            amount=one.amount,
            spent_minor=minor_of(one.credit_amount or one.amount, currency),
            provisional=one.provisional,
        )
        for one in told
    )
