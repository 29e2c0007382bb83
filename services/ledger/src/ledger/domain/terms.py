"""Terms of payment: in which parts an invoice is due, and what whoever pays early may take off."""

from datetime import date
from typing import NamedTuple


class Instalment(NamedTuple):
    """A part of an invoice, in minor units. Without a day it is not due yet, such as a retention."""

    number: int
    due_on: date | None
    minor: int


class Discount(NamedTuple):
    """`minor` units off the total, when paid with a value date up to `until`, a day of the legal entity."""

    until: date
    minor: int


class Terms(NamedTuple):
    """`pro_rata`: a part payment in time takes its part of a discount; else only the whole, paid in time, takes it."""

    instalments: tuple[Instalment, ...] = ()
    discounts: tuple[Discount, ...] = ()
    pro_rata: bool = False

    def best_discount(self, on: date) -> Discount | None:
        """The largest discount that a payment of this value date can take."""
        there = [one for one in self.discounts if on <= one.until]
        return max(there, key=lambda one: one.minor, default=None)


class Due(NamedTuple):
    """How the terms stand, in minor units, in the order of the terms.

    opens: what is open by instalment; they add up to what is open of the invoice. offers: what each discount would
    still take off. kept: what is open, but is a discount that was rightly taken; nobody is chased for it.
    """

    opens: tuple[int, ...] = ()
    offers: tuple[int, ...] = ()
    kept_minor: int = 0


NOTHING_SAID = Due()
