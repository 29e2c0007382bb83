"""Desk: the holds of one customer, as a person of ours works on them."""

from dataclasses import dataclass, field
from uuid import UUID

from scheduler.domain.decision import Decision
from scheduler.domain.hold import Hold
from shared.base.telling import Telling


@dataclass(slots=True)
class Desk(Telling):
    """`changed` are the holds to be written, `decisions` the lines of the timeline."""

    customer_id: UUID
    holds: dict[UUID, Hold] = field(default_factory=dict)
    of_others: set[UUID] = field(default_factory=set)
    """Those of which others told, as far as they are at hand."""
    changed: list[Hold] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)

    def keep(self, hold: Hold) -> None:
        self.holds[hold.hold_id] = hold
        self.changed.append(hold)
