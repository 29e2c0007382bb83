"""A difference between our open amount and the ERP's: since when, what each says, and how it ends."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from ledger.domain.comparison import CREDITS, TOTAL, Compared, Item
from shared.base.errors import Refusal

Place = tuple[UUID, str, Item]
"""(customer, legal entity, item): where at most one difference stands."""


class Ending(StrEnum):
    AGREED = "agreed"
    """A later run states what we have."""
    ACCEPTED = "accepted"
    """Two people took the ERP's figure over."""


class DifferenceOver(Refusal):
    """It stands no longer: a later run agrees, or it was accepted before."""

    code, status = "difference-over", 409


class SecondPersonWanted(Refusal):
    """Whoever asked cannot approve: somebody else has to."""

    code, status = "second-person-wanted", 409


class NotOneItem(Refusal):
    """A sum of several items, or an item that we have never heard of, cannot be adjusted: the ERP has to tell it."""

    code, status = "not-one-item", 409


class ItemMoved(Refusal):
    """The item changed since the run that saw the difference: the next run says whether it still stands."""

    code, status = "item-moved", 409


class Word(NamedTuple):
    """What a run says of an item, and when it was judged."""

    run_key: UUID
    run_id: str
    as_of: date
    at: datetime


@dataclass(slots=True, eq=False)
class Difference:
    """The present state; changed only by handlers. `version` rises with every figure told."""

    difference_id: UUID
    source: str
    legal_entity: str
    customer_id: UUID
    customer_number: str
    item: Item
    since: Word
    last: Word
    ours_minor: int
    theirs_minor: int
    version: int = 0
    asked_by: str | None = None
    asked_at: datetime | None = None
    accepted_by: str | None = None
    ended_at: datetime | None = None
    ending: Ending | None = None

    @property
    def place(self) -> Place:
        return self.customer_id, self.legal_entity, self.item

    @property
    def gap_minor(self) -> int:
        """What is to be taken off ours; negative where the ERP has more open."""
        return self.ours_minor - self.theirs_minor

    def see(self, compared: Compared, word: Word) -> bool:
        """A run sees it; answers whether a figure is new. Then whoever asked to accept it asked for something else."""
        news = (self.ours_minor, self.theirs_minor) != (compared.ours, compared.theirs)
        self.ours_minor, self.theirs_minor, self.last = compared.ours, compared.theirs, word
        if news:
            self.asked_by = self.asked_at = None
        return news

    def end(self, ending: Ending, at: datetime) -> None:
        assert self.ended_at is None
        self.ended_at, self.ending = at, ending

    def accept(self, by: str, at: datetime) -> bool:
        """One person asks, another approves; answers whether it is approved now."""
        if self.ended_at is not None:
            raise DifferenceOver(f"it ended at {self.ended_at.isoformat()}: {self.ending}")
        if self.item.kind in {CREDITS, TOTAL}:
            raise NotOneItem("a sum of several items cannot be adjusted")
        if self.asked_by is None:
            self.asked_by, self.asked_at = by, at
            return False
        if self.asked_by == by:
            raise SecondPersonWanted(f"{by} has asked for it; somebody else has to approve")

        self.accepted_by = by
        self.end(Ending.ACCEPTED, at)
        return True
