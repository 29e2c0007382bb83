"""The books have taken off what was upheld, or have put it back."""

from disputes.domain.dispute import Dispute
from disputes.domain.docket import Docket
from disputes.domain.move import Actor, Move
from disputes.domain.terms import Rulebook
from disputes.handlers.tell_dispute import tell_move
from shared.base.clock import Moment
from shared.base.ids import CreditName
from shared.contracts.disputes import DisputeExtended, DisputeSettled, DisputeUnsettled


def settle_dispute(
    docket: Docket, credit: CreditName, *, rulebook: Rulebook, moment: Moment
) -> None:
    """Of the item that the credit is named after; told once all of them are. Until then what was upheld is not asked
    for. A credit of an earlier decision, or told before, moves nothing; one of no dispute of ours is somebody's joke.
    """
    dispute = docket.disputes.get(credit.dispute_id)
    item = None if dispute is None else dispute.decided(credit.version, credit.place)
    if dispute is None or item is None or item.credited:
        return

    item.credited, item.taken_back = True, False
    docket.keep(dispute)
    if all(one.credited or not one.upheld_minor for one in dispute.items):
        dispute.settled_at = moment
        dispute.speak(Move(dispute.state, moment, Actor.DUNWELL, "", "taken off in the books"))
        tell_move(docket, dispute, DisputeSettled, rulebook=rulebook)


def unsettle_dispute(
    docket: Docket, credit: CreditName, *, rulebook: Rulebook, moment: Moment
) -> None:
    """The credit of that item is none any more, and nothing took its place: we said that it is not owed, so it is held
    again, until the ERP posts it after all or somebody of ours decides anew. Where the dispute was opened again since,
    it is about that, too.
    """
    dispute = docket.disputes.get(credit.dispute_id)
    if dispute is None or not _is_put_back(dispute, credit):
        return

    dispute.settled_at = None
    dispute.speak(Move(dispute.state, moment, Actor.DUNWELL, "", "put back in the books"))
    fact = DisputeExtended if dispute.is_open else DisputeUnsettled
    tell_move(docket, dispute, fact, rulebook=rulebook)


def _is_put_back(dispute: Dispute, credit: CreditName) -> bool:
    item = dispute.decided(credit.version, credit.place)
    if item is None:
        return dispute.put_back(credit.version, credit.place)
    was_credited = item.credited
    item.credited, item.taken_back = False, True
    return was_credited
