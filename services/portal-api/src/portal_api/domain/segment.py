"""Segments: whose promises and plans have rails of their own, by what the ERP says of a customer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, NamedTuple, TypeVar

STANDARD: Final = "standard"
"""Of whoever no rule fits."""
R = TypeVar("R")


class Traits(NamedTuple):
    """What segments go by: the kind of a customer, and their credit limit in minor units of its currency."""

    kind: str = ""
    credit_limit_minor: int | None = None
    credit_currency: str | None = None


NO_TRAITS: Final = Traits()
"""Of a customer of whom nothing is known."""


@dataclass(frozen=True, slots=True)
class SegmentRule:
    """All that is said must hold, and nothing said holds; what is not known of a customer does not. Limits are minor
    units by currency.
    """

    segment: str
    kinds: frozenset[str] = frozenset()
    credit_limit_min: Mapping[str, int] | None = None

    def fits(self, traits: Traits) -> bool:
        """Whether it leads such a customer to its segment."""
        if self.kinds and traits.kind not in self.kinds:
            return False
        if self.credit_limit_min is None:
            return True
        least = self.credit_limit_min.get(traits.credit_currency or "")
        return least is not None and (traits.credit_limit_minor or 0) >= least


@dataclass(frozen=True, slots=True)
class BySegment(Generic[R]):
    """Rails by segment; of the rules the first that fits is a customer's."""

    standard: R
    rules: Sequence[SegmentRule] = ()
    own: Mapping[str, R] | None = None

    def of(self, traits: Traits) -> R:
        """The rails of such a customer."""
        segment = next((rule.segment for rule in self.rules if rule.fits(traits)), STANDARD)
        return (self.own or {}).get(segment, self.standard)
