"""An item: so much of an invoice, or of one instalment, that a dispute is about, and what became of it."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(slots=True)
class Item:
    """Amounts are minor units of the dispute's currency. `instalment` None: the invoice as it falls due."""

    invoice_id: UUID
    invoice_number: str
    minor: int
    instalment: int | None = None
    upheld_minor: int | None = None
    decided_in: int | None = None
    """The dispute's version that decided it: with the item's place it names the credit in the books."""
    credited: bool = False
    """What was upheld is taken off in the books."""
    taken_back: bool = False
    """It was, and is not any more: the ERP does not want it, or one of us has withdrawn it."""
    place: int | None = None
    """Among the items that were decided then, where it is not among those any more."""

    def __post_init__(self) -> None:
        assert self.minor > 0, "something is disputed"
        assert 0 <= (self.upheld_minor or 0) <= self.minor, "no more is upheld than was disputed"

    @property
    def key(self) -> tuple[UUID, int | None]:
        return self.invoice_id, self.instalment

    @property
    def is_on_its_way(self) -> bool:
        """It was upheld, and the books have not said yet what became of that."""
        return bool(self.upheld_minor) and not (self.credited or self.taken_back)

    @property
    def credited_minor(self) -> int:
        """What is taken off in the books."""
        return (self.upheld_minor or 0) if self.credited else 0

    def place_at(self, now: int) -> int:
        """Its place in its decision, if it is so far down the list now."""
        return now if self.place is None else self.place

    def was_at(self, version: int, place: int, now: int) -> bool:
        """Whether that version decided it at that place."""
        return self.decided_in == version and self.place_at(now) == place
