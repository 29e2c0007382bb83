"""So much is to be upheld that a second person has to approve it: work for them."""

from scheduler.domain.facts import Facts
from scheduler.domain.task import Cause, TaskKind
from scheduler.handlers.apply_dispute import hold_disputed
from scheduler.handlers.raise_task import raise_in_place
from shared.base.clock import Moment
from shared.contracts.disputes import OutcomeProposed


def apply_proposal(facts: Facts, told: OutcomeProposed, *, moment: Moment) -> None:
    """One task for each proposal, which takes the place of the one before. One that is old news asks for nothing."""
    wanted = told.proposal
    if not hold_disputed(facts, told) or wanted is None:
        return

    why = f"{wanted.by} wants to uphold {wanted.upheld} {told.currency}: {wanted.why}"
    cause = Cause(told.customer_id, told.dispute_id, told.legal_entity, why, turn=(told.version,))

    raise_in_place(
        facts, TaskKind.DISPUTE_APPROVAL, cause, note="another was proposed", moment=moment
    )
