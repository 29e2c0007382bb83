"""Two disputes say the same: the one told first goes on for both."""

from disputes.domain.dispute import Dispute
from disputes.domain.docket import Docket
from disputes.domain.move import DisputeInOtherState, Move
from disputes.domain.terms import Rulebook
from disputes.handlers.tell_dispute import tell_move
from shared.contracts.disputes import DisputeExtended, DisputeMerged


def merge_dispute(
    docket: Docket, dispute: Dispute, into: Dispute, move: Move, *, rulebook: Rulebook
) -> None:
    """What the later one says beyond the earlier is that one's from now on, words and papers too: nothing that somebody
    disputed is asked for without a decision, and no clock begins anew. Raises DisputeInOtherState.
    """
    if not (into.is_open and into is not dispute and into.scope == dispute.scope):
        raise DisputeInOtherState(
            "another open dispute of the same customer, legal entity and currency is wanted"
        )
    if dispute.opened.at < into.opened.at:
        raise DisputeInOtherState(
            "it was told first, and its clocks go on: merge the other into it"
        )
    if dispute.credited_before:
        raise DisputeInOtherState(
            "a part of it was upheld and taken off: what is left is decided by itself"
        )

    dispute.move(move)
    dispute.merged_into = into.dispute_id
    why = f"merged with {dispute.dispute_id}, which says: {dispute.opened.why}"
    is_about_more = into.extend(dispute, move._replace(state=into.state, why=why, words=""))

    if is_about_more:
        tell_move(docket, into, DisputeExtended, rulebook=rulebook)
    else:
        docket.keep(into)
    tell_move(docket, dispute, DisputeMerged, rulebook=rulebook, merged_into=into.dispute_id)
