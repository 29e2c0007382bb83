"""There is new evidence: a dispute is opened again, by people of ours or by the customer."""

from uuid import UUID

from disputes.domain.dispute import Dispute
from disputes.domain.docket import Docket
from disputes.domain.folder import Folder
from disputes.domain.move import Actor, Move
from disputes.domain.terms import Rulebook
from disputes.handlers.open_dispute import check_limit, check_room
from disputes.handlers.tell_dispute import tell_move
from shared.contracts.disputes import DisputeReopened


def reopen_dispute(
    docket: Docket,
    dispute: Dispute,
    folder: Folder,
    move: Move,
    *,
    papers: tuple[UUID, ...],
    rulebook: Rulebook,
) -> None:
    """What is left of it is held again, and the clocks go on where they stood. Where it is the customer's own word it
    has to keep within the rails, with papers that they brought since the outcome. Raises what stands against it.
    """
    left = dispute.left()
    if move.by is Actor.CUSTOMER:
        zone = rulebook.hours[dispute.legal_entity].zone
        rulebook.reopening.check(dispute, folder, papers, zone=zone, moment=move.at)
        check_limit(docket, dispute.customer_id, rulebook)
    check_room(docket, left, dispute.currency, besides=dispute)

    dispute.reopen(move)

    tell_move(docket, dispute, DisputeReopened, rulebook=rulebook, papers=papers)
