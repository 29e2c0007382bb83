"""Segments: whose disputes have terms of their own."""

from collections.abc import Mapping
from dataclasses import dataclass

from disputes.domain.customer import Customer

STANDARD = "standard"
"""Of whoever no rule fits, and of a customer whom we have not heard of."""


@dataclass(frozen=True, slots=True)
class SegmentRule:
    """All that is said must hold, and nothing said holds; what is not known of a customer does not. Limits are minor
    units by currency.
    """

    segment: str
    kinds: frozenset[str] = frozenset()
    credit_limit_min: Mapping[str, int] | None = None

    def fits(self, customer: Customer) -> bool:
        if self.kinds and customer.kind not in self.kinds:
            return False
        if self.credit_limit_min is None:
            return True
        least = self.credit_limit_min.get(customer.credit_currency or "")
        return least is not None and (customer.credit_limit_minor or 0) >= least
