"""Stripe's sums in our minor units, and the reverse."""

from typing import Final

HUNDREDTHS: Final = frozenset({"ISK", "UGX"})
"""Stripe counts these in hundredths that the currencies do not have (docs.stripe.com/currencies)."""


def ours(amount: int, currency: str) -> int:
    """In minor units; an amount that has none is a wrong one, and stays so."""
    if currency not in HUNDREDTHS:
        return amount
    whole, rest = divmod(amount, 100)
    return -1 if rest else whole


def theirs(minor: int, currency: str) -> int:
    """As Stripe counts it."""
    return minor * (100 if currency in HUNDREDTHS else 1)
