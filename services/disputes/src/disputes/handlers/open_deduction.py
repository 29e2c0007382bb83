"""A payment came short with a reason: what was left out is disputed."""

from disputes.domain.dispute import Dispute, Reason, dispute_of_deduction
from disputes.domain.docket import Docket
from disputes.domain.item import Item
from disputes.domain.move import Actor, Move, State
from disputes.domain.terms import Rulebook
from disputes.handlers.open_dispute import left_minor, take_up
from shared.base.clock import Moment
from shared.base.money import minor_of
from shared.contracts.ledger import DeductionClaimed


def open_deduction(
    docket: Docket, claimed: DeductionClaimed, *, rulebook: Rulebook, moment: Moment
) -> None:
    """One dispute for each deduction, however often it is told, and however many the customer has open already.

    What of it is disputed or paid by now is not disputed again; where nothing is left, there is no dispute.
    """
    dispute_id = dispute_of_deduction(claimed.deduction_id)
    item = Item(
        claimed.invoice_id, claimed.invoice_number, minor_of(claimed.amount, claimed.currency)
    )
    left = left_minor(docket, item, docket.held(item.invoice_id))
    if dispute_id in docket.disputes or left <= 0:
        return

    item.minor, reason = min(item.minor, left), Reason(claimed.reason)
    segment = rulebook.segment_of(docket.customers.get(claimed.customer_id))
    dispute = Dispute(
        dispute_id,
        claimed.customer_id,
        claimed.legal_entity,
        claimed.currency,
        reason,
        [item],
        rulebook.terms_of(reason, segment).team,
        segment=segment,
    )

    opened = Move(State.OPENED, moment, Actor.CUSTOMER, claimed.entered_by, claimed.words)
    take_up(docket, dispute, opened, rulebook=rulebook)
