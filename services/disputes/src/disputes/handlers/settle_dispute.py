"""The books have taken off what was upheld."""

from disputes.domain.dispute import Actor, Dispute, Item, Move
from disputes.domain.docket import Docket
from disputes.handlers.tell_dispute import tell_move
from shared.base.clock import Moment
from shared.base.ids import CreditName
from shared.contracts.disputes import DisputeSettled


def settle_dispute(docket: Docket, credit: CreditName, *, moment: Moment) -> None:
    """Of the item that the credit is named after; told once all of them are. Until then what was upheld is not asked
    for. A credit of an earlier decision, or told before, moves nothing; one of no dispute of ours is somebody's joke.
    """
    dispute = docket.disputes.get(credit.dispute_id)
    item = None if dispute is None else _item(dispute, credit)
    if dispute is None or item is None or item.credited:
        return

    item.credited = True
    docket.keep(dispute)
    if all(one.credited or not one.upheld_minor for one in dispute.items):
        dispute.settled_at = moment
        dispute.speak(Move(dispute.state, moment, Actor.DUNWELL, "", "taken off in the books"))
        tell_move(docket, dispute, DisputeSettled, rulebook=None)


def _item(dispute: Dispute, credit: CreditName) -> Item | None:
    """None when it was decided anew since."""
    at = dispute.items[credit.place : credit.place + 1]
    return next((one for one in at if one.decided_in == credit.version), None)
