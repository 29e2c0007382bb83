"""What of invoices is disputed, as disputes tells it: money that nobody directs stays away from it."""

from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID


class Place(NamedTuple):
    """An item of a dispute; `instalment` None: the invoice as it falls due."""

    dispute_id: UUID
    invoice_id: UUID
    instalment: int | None


class Held(NamedTuple):
    """So much of it is not asked for, by that version of the dispute; 0 once nothing is. In minor units."""

    customer_id: UUID
    version: int
    minor: int


@dataclass(slots=True)
class Disputed:
    """By invoice; `changed` is to be written."""

    held: dict[UUID, dict[Place, Held]] = field(default_factory=dict)
    changed: dict[Place, Held] = field(default_factory=dict)

    def minor_of(self, invoice_id: UUID) -> int:
        """All that is disputed of an invoice."""
        return sum(one.minor for one in self.held.get(invoice_id, {}).values())

    def know(self, place: Place, held: Held) -> None:
        """As it was written."""
        self.held.setdefault(place.invoice_id, {})[place] = held

    def hear(self, place: Place, held: Held) -> bool:
        """Whether it is news, and something else than before."""
        before = self.held.get(place.invoice_id, {}).get(place, held._replace(version=0, minor=0))
        if held.version <= before.version:
            return False
        self.know(place, held)
        self.changed[place] = held
        return held.minor != before.minor
