"""What the payment provider says has gone back of a payment: it counts until the ERP has said as much itself."""

from datetime import date
from typing import NamedTuple


class GoneBack(NamedTuple):
    """The newest word. `minor` is all that is away by now, 0 when it is here again.

    `over_minor` is what the books had away when this was told; None once they have met it: the ERP's own word counts
    from then on, and ours is only remembered, by its `version`. `refunded_minor` is away in the books as adjustments:
    the same money, said in another way.
    """

    version: int
    minor: int
    on: date
    reason: str
    over_minor: int | None
    refunded_minor: int = 0

    @property
    def stands(self) -> bool:
        """Whether the ERP has still to say it."""
        return self.over_minor is not None

    def heard(self, erp_minor: int) -> "GoneBack":
        """As it is while the ERP says that so much is away, besides refunds. Met is what the books have reached or
        passed, coming from where they were: what they are halfway to, the ERP has still to say.
        """
        if self.over_minor is None:
            return self
        away = erp_minor + self.refunded_minor
        is_met = (self.minor - self.over_minor) * (self.minor - away) <= 0
        return self._replace(over_minor=None) if is_met else self
