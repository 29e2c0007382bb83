"""Somebody moves a dispute on, or says a word where it stands."""

from typing import ClassVar

from disputes.domain.dispute import Dispute
from disputes.domain.docket import Docket
from disputes.domain.move import Move
from disputes.domain.terms import Rulebook
from disputes.handlers.tell_dispute import tell_move
from shared.base.errors import Refusal
from shared.contracts.disputes import DisputeAnswered, DisputeAssigned


class TeamUnknown(Refusal):
    """No team of that name looks after disputes: nobody would find it there."""

    code: ClassVar[str] = "team-unknown"


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
    """Whose errand it is from now on. To whom it is assigned already, it is not assigned again. Raises TeamUnknown."""
    if (dispute.owner, dispute.team) == (owner, team):
        return
    if team not in rulebook.teams:
        raise TeamUnknown(f"one of {', '.join(sorted(rulebook.teams))} is wanted", pointer="/team")

    dispute.speak(note)
    dispute.owner, dispute.team = owner, team

    people = {"assigned_by": note.who, "why": note.why}
    tell_move(docket, dispute, DisputeAssigned, rulebook=rulebook, **people)
