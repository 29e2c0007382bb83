"""The folder of a dispute: all its papers."""

from dataclasses import dataclass, field
from uuid import UUID

from disputes.domain.move import DisputeInOtherState, State
from disputes.domain.paper import PAPERS_PER_DISPUTE_MAX, Paper, TooManyPapers


@dataclass(slots=True)
class Folder:
    """`added` and `shared` are to be written."""

    dispute_id: UUID
    state: State
    papers: dict[UUID, Paper]
    added: list[Paper] = field(default_factory=list)
    shared: list[Paper] = field(default_factory=list)

    def must_have_room(self) -> None:
        """Raises TooManyPapers; DisputeInOtherState when another dispute goes on alone. An ended one takes papers, for
        with them it may be opened again."""
        if self.state is State.MERGED:
            raise DisputeInOtherState("it is merged: add papers to the dispute that goes on")
        if len(self.papers) >= PAPERS_PER_DISPUTE_MAX:
            raise TooManyPapers(f"a dispute has at most {PAPERS_PER_DISPUTE_MAX} papers")
