"""What the payment provider says has gone back of a payment: it counts until the ERP has said as much itself."""

from datetime import date
from typing import NamedTuple


class GoneBack(NamedTuple):
    """The newest word. `minor` is all that is away by now, 0 when it is here again.

    `over_minor` is what the ERP said was away when this was told; None once the ERP has met it: its own word counts
    from then on, and ours is only remembered, by its `version`.
    """

    version: int
    minor: int
    on: date
    reason: str
    over_minor: int | None

    @property
    def stands(self) -> bool:
        """Whether the ERP has still to say it."""
        return self.over_minor is not None

    def heard(self, erp_minor: int) -> "GoneBack":
        """As it is while the ERP says that so much is away. Met is what it has reached or passed, coming from where it
        was: what it is halfway to, it has still to say.
        """
        if self.over_minor is None:
            return self
        is_met = (self.minor - self.over_minor) * (self.minor - erp_minor) <= 0
        return self._replace(over_minor=None) if is_met else self
