"""The customer brought what we waited for."""

from disputes.domain.dispute import Dispute
from disputes.domain.docket import Docket
from disputes.domain.move import Actor, Move, State
from disputes.domain.paper import Paper
from disputes.domain.terms import Rulebook
from disputes.handlers.tell_dispute import tell_move


def resume_review(docket: Docket, dispute: Dispute, paper: Paper, *, rulebook: Rulebook) -> None:
    """It is our turn again, and the clocks go on. A paper of ours, or one that nobody waited for, moves nothing."""
    if dispute.state is not State.WAITING_FOR_CUSTOMER or paper.added_by is not Actor.CUSTOMER:
        return

    who, at = paper.who, paper.added_at
    dispute.move(Move(State.IN_REVIEW, at, Actor.CUSTOMER, who, f"brought {paper.name}"))

    tell_move(docket, dispute, rulebook=rulebook)
