"""Reopening: a customer has new evidence. For how long after an outcome, how often, and what counts as new."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import ClassVar
from uuid import UUID

from disputes.domain.dispute import Dispute, Outcome
from disputes.domain.folder import Folder
from disputes.domain.move import ENDED, Actor, DisputeInOtherState, State
from disputes.domain.paper import Scan
from shared.base.clock import Moment
from shared.base.days import DAY, local_day
from shared.base.errors import Refusal

MAY_BE_REOPENED = frozenset({Outcome.REJECTED, Outcome.PARTLY_UPHELD})


class ReopeningTooLate(Refusal):
    """The outcome is too old to be looked at again."""

    code, status = "reopening-too-late", 409


class ReopenedTooOften(Refusal):
    """The customer has had it opened again as often as one may."""

    code, status = "reopened-too-often", 409


class EvidenceNotNew(Refusal):
    """A paper is named that the customer did not bring to this dispute since its outcome, or that is not sound."""

    code: ClassVar[str] = "evidence-not-new"


@dataclass(frozen=True, slots=True)
class ReopeningRails:
    """What holds for customers; people of ours may open a dispute again at any time. Days are days of the calendar,
    of the legal entity's zone.
    """

    days_max: int
    times_max: int

    def __post_init__(self) -> None:
        assert self.days_max >= 0, "an outcome comes before its reopening"
        assert self.times_max >= 0, "nobody reopens less than never"

    def until(self, dispute: Dispute, *, zone: str) -> date | None:
        """The last day on which the customer may have it opened again; None where they may not."""
        decided_at = decision_of(dispute)
        if decided_at is None or dispute.outcome not in MAY_BE_REOPENED:
            return None
        if times_reopened(dispute) >= self.times_max:
            return None
        return self._last_day(decided_at, zone)

    def check(
        self,
        dispute: Dispute,
        folder: Folder,
        papers: Collection[UUID],
        *,
        zone: str,
        moment: Moment,
    ) -> None:
        """Raises what keeps the customer from having it opened again with these papers."""
        decided_at = decision_of(dispute)
        if decided_at is None or dispute.outcome not in MAY_BE_REOPENED:
            raise DisputeInOtherState("only what was rejected, or in part, can be opened again")
        last_day = self._last_day(decided_at, zone)
        if local_day(moment, zone) > last_day:
            raise ReopeningTooLate(f"it could be opened again until {last_day}")
        if times_reopened(dispute) >= self.times_max:
            raise ReopenedTooOften(f"{self.times_max} times are the most")
        for place, paper_id in enumerate(papers):
            _must_be_new(folder, paper_id, since=decided_at, pointer=f"/papers/{place}")
        if not papers:
            raise EvidenceNotNew("a paper brought since the outcome is wanted", pointer="/papers")

    def _last_day(self, decided_at: Moment, zone: str) -> date:
        return local_day(decided_at, zone) + self.days_max * DAY


def decision_of(dispute: Dispute) -> Moment | None:
    """When it was decided, last; None where it never was."""
    decided = [
        move.at
        for before, move in pairwise(dispute.moves)
        if move.state is State.RESOLVED and before.state is not State.RESOLVED
    ]
    return decided[-1] if decided else None


def times_reopened(dispute: Dispute) -> int:
    """By the customer."""
    return sum(
        before.state in ENDED and move.state not in ENDED and move.by is Actor.CUSTOMER
        for before, move in pairwise(dispute.moves)
    )


def _must_be_new(folder: Folder, paper_id: UUID, *, since: Moment, pointer: str) -> None:
    paper = folder.papers.get(paper_id)
    if paper is None or paper.added_by is not Actor.CUSTOMER or paper.added_at < since:
        raise EvidenceNotNew(
            "bring it to this dispute first: nothing of that id came since", pointer=pointer
        )
    if paper.scan in {Scan.INFECTED, Scan.UNSCANNABLE}:
        raise EvidenceNotNew(f"it is {paper.scan}: nobody can look at it", pointer=pointer)
