"""Our open items beside the ERP's, one customer, legal entity and run at a time (ERP rule 10). Nothing is booked here.

Credits that nobody directed are compared in total by currency: an ERP may keep them in other pieces than it told them.
What moved after the run's day says nothing: the ERP's word may be from before or after, so it is left for the next run.
"""

from collections.abc import Collection, Iterable
from typing import NamedTuple
from uuid import UUID

from ledger.domain.run import StatedItem

INVOICE = "invoice"
CREDITS = "credits"
TOTAL = "total"


class Item(NamedTuple):
    """What is compared. `item_id` and `source_id` name one invoice or credit; both empty for a sum."""

    kind: str
    item_id: UUID | None
    source_id: str
    currency: str


class OurItem(NamedTuple):
    """What we have open of an item by the ERP's own word, in minor units. An invoice is always directed."""

    item: Item
    minor: int
    directed: bool = True


class Compared(NamedTuple):
    item: Item
    ours: int
    theirs: int
    moved: bool

    @property
    def agrees(self) -> bool:
        return self.ours == self.theirs


def compare(
    ours: Iterable[OurItem], stated: Iterable[StatedItem], moved: Collection[UUID]
) -> list[Compared]:
    """Everything that either side names, sorted; what is not named is 0. `moved`: items that changed after the day."""
    ours = list(ours)
    directed = {one.item.item_id for one in ours if one.directed}
    sums: dict[Item, tuple[int, int]] = {}
    unsettled: set[Item] = set()

    def add(item: Item, mine: int, theirs: int, *, alone: bool) -> None:
        key = item if alone else Item(CREDITS, None, "", item.currency)
        before = sums.get(key, (0, 0))
        sums[key] = before[0] + mine, before[1] + theirs
        if item.item_id in moved:
            unsettled.add(key)

    for one in ours:
        add(one.item, one.minor, 0, alone=one.directed)
    for kind, source_id, item_id, currency, minor in stated:
        alone = kind == INVOICE or item_id in directed
        add(Item(kind, item_id, source_id, currency), 0, minor, alone=alone)

    return [Compared(key, *sums[key], key in unsettled) for key in sorted(sums, key=_order)]


def withheld_minor(compared: Compared) -> int:
    """What of an invoice is not chased: by how much the ERP has less open than we have."""
    return max(0, compared.ours - compared.theirs) if compared.item.kind == INVOICE else 0


def _order(item: Item) -> tuple[str, str, str]:
    return item.kind, item.source_id, item.currency
