"""A customer as the books know it, and the doubts about our data of it."""

from dataclasses import dataclass, field
from datetime import datetime
from heapq import nsmallest
from uuid import UUID

from ledger.domain.line import Line

DOUBTS_TOLD_MAX = 20
"""One is enough for silence; a connector gone wild makes thousands."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """One reason for silence. `record` is the parked record's id, or an object of the ERP."""

    code: str
    since: datetime
    record: str


@dataclass(slots=True, eq=False)
class Customer:
    """The present state; changed only by handlers. `body` is the ERP's word, as JSON of our own event's fields."""

    customer_id: UUID
    source: str
    customer_number: str
    line: Line = field(default_factory=Line)
    body: str = "{}"
    merged_into: str | None = None
    doubts: dict[str, Doubt] = field(default_factory=dict)
    first_seen_at: datetime | None = None
    changed_at: datetime | None = None
    version: int = 0
    stored_row: tuple[object, ...] | None = None

    @property
    def known(self) -> bool:
        return self.line.has_body

    def told_doubts(self) -> tuple[Doubt, ...]:
        """What the customer's own state makes doubtful and parked records, the oldest of both; oldest first."""
        doubts = nsmallest(DOUBTS_TOLD_MAX, self.doubts.values(), key=_age)
        if not self.known and self.first_seen_at is not None:
            doubts.append(Doubt("customer-unknown", self.first_seen_at, self.customer_number))
        if self.merged_into is not None and self.changed_at is not None:
            doubts.append(Doubt("customer-merged", self.changed_at, self.merged_into))
        return tuple(sorted(doubts, key=_age))


def _age(doubt: Doubt) -> tuple[datetime, str]:
    return doubt.since, doubt.record
