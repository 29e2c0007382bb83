"""Somebody moves a dispute on, or says a word where it stands."""

from disputes.domain.dispute import Dispute, DisputeInOtherState, Move
from disputes.domain.docket import Docket
from disputes.domain.terms import Rulebook
from disputes.handlers.tell_dispute import tell_move
from shared.contracts.disputes import DisputeAnswered, DisputeAssigned, DisputeMerged


def move_dispute(docket: Docket, dispute: Dispute, move: Move, *, rulebook: Rulebook) -> None:
    """Examine, defer, withdraw, close. Raises DisputeInOtherState."""
    dispute.move(move)
    tell_move(docket, dispute, rulebook=rulebook)


def speak_of_dispute(docket: Docket, dispute: Dispute, move: Move, *, rulebook: Rulebook) -> None:
    """A word to the customer is told; a note among us is kept."""
    dispute.speak(move)
    if move.words:
        tell_move(docket, dispute, DisputeAnswered, rulebook=rulebook)
    else:
        docket.keep(dispute)


def assign_dispute(
    docket: Docket,
    dispute: Dispute,
    note: Move,
    *,
    owner: str | None,
    team: str,
    rulebook: Rulebook,
) -> None:
    """Whose errand it is from now on. To whom it is assigned already, it is not assigned again."""
    if (dispute.owner, dispute.team) == (owner, team):
        return

    dispute.speak(note)
    dispute.owner, dispute.team = owner, team

    people = {"assigned_by": note.who, "why": note.why}
    tell_move(docket, dispute, DisputeAssigned, rulebook=rulebook, **people)


def merge_dispute(docket: Docket, dispute: Dispute, into: Dispute, move: Move) -> None:
    """The other one says the same and goes on alone. Raises DisputeInOtherState when it is another's or over."""
    fits = into.is_open and into.customer_id == dispute.customer_id and into is not dispute
    if not fits:
        raise DisputeInOtherState("another open dispute of the same customer is wanted")
    dispute.move(move)
    dispute.merged_into = into.dispute_id
    tell_move(docket, dispute, DisputeMerged, rulebook=None, merged_into=into.dispute_id)
