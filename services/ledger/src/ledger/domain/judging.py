"""What one look at a run needs: some customers, our items beside the ERP's, and the differences that stand."""

from dataclasses import dataclass, field
from uuid import UUID

from ledger.domain.comparison import OurItem
from ledger.domain.difference import Difference, Place, Word
from ledger.domain.run import Run, StatedItem
from shared.base.telling import Telling


@dataclass(slots=True)
class Judging(Telling):
    """By customer: `stated`, what the run says of those it speaks of, and `ours`; judged and not judged before."""

    run: Run
    word: Word
    numbers: dict[UUID, str] = field(default_factory=dict)
    """Customers to judge, with their numbers."""
    stated: dict[UUID, list[StatedItem]] = field(default_factory=dict)
    ours: dict[UUID, list[OurItem]] = field(default_factory=dict)
    moved: set[UUID] = field(default_factory=set)
    """Items that changed after the run's day."""
    withheld: dict[UUID, int] = field(default_factory=dict)
    """What of our invoices is held back now."""
    standing: dict[Place, Difference] = field(default_factory=dict)

    changed: dict[UUID, Difference] = field(default_factory=dict)
    seen: list[Difference] = field(default_factory=list)
    withhold: dict[UUID, int] = field(default_factory=dict)
    """What of invoices is to be held back from now on, where that changes."""
