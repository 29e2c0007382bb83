"""It is decided: what was upheld is to be taken off, the rest is asked for again. Much money wants a second person."""

from disputes.domain.dispute import Dispute, Proposal
from disputes.domain.docket import Docket
from disputes.domain.move import Actor, Move, State
from disputes.domain.terms import Rulebook
from disputes.handlers.tell_dispute import tell_move
from shared.base.clock import Moment
from shared.base.errors import Refusal
from shared.contracts.disputes import DisputeResolved, OutcomeDeclined, OutcomeProposed


class SecondPersonWanted(Refusal):
    """Whoever decided cannot approve it, too."""

    code, status = "second-person-wanted", 403


def resolve_dispute(
    docket: Docket, dispute: Dispute, proposal: Proposal, rulebook: Rulebook, *, moment: Moment
) -> None:
    """Decide, or propose what somebody else has to approve: what earlier decisions of it took off counts, too. Raises
    what does not fit the dispute.
    """
    dispute.check(proposal)
    upheld = sum(proposal.upheld)
    together = dispute.credited_before_minor + upheld
    if upheld and rulebook.wants_second_person(dispute.currency, together):
        why = f"{proposal.outcome} proposed: {proposal.why}"
        dispute.propose(proposal, _note(dispute, proposal.by, why, moment))
        tell_move(docket, dispute, OutcomeProposed, rulebook=rulebook)
        return
    _decide(docket, dispute, proposal, rulebook, approved_by=None, moment=moment)


def approve_resolution(
    docket: Docket, dispute: Dispute, rulebook: Rulebook, *, by: str, moment: Moment
) -> None:
    """The second person's word."""
    proposal = dispute.must_be_proposed()
    if proposal.by == by:
        raise SecondPersonWanted(f"{by} has decided it; somebody else has to approve")
    _decide(docket, dispute, proposal, rulebook, approved_by=by, moment=moment)


def decline_resolution(
    docket: Docket, dispute: Dispute, rulebook: Rulebook, *, by: str, why: str, moment: Moment
) -> None:
    """A second person does not want it, or whoever proposed it no more. Nothing else changes."""
    dispute.decline(_note(dispute, by, f"proposal declined: {why}", moment))
    tell_move(docket, dispute, OutcomeDeclined, rulebook=rulebook, declined_by=by, why=why)


def _note(dispute: Dispute, by: str, why: str, moment: Moment) -> Move:
    """Among us: the customer hears of what is decided, not of what may be."""
    return Move(dispute.state, moment, Actor.STAFF, by, why)


def _decide(
    docket: Docket,
    dispute: Dispute,
    proposal: Proposal,
    rulebook: Rulebook,
    *,
    approved_by: str | None,
    moment: Moment,
) -> None:
    move = Move(State.RESOLVED, moment, Actor.STAFF, proposal.by, proposal.why, proposal.words)
    dispute.decide(proposal, move, approved_by=approved_by)
    people = {"decided_by": proposal.by, "approved_by": approved_by}
    tell_move(docket, dispute, DisputeResolved, rulebook=rulebook, **people)
