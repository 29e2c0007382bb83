"""Hold what a customer may know of a dispute, whatever moved it."""

from portal_api.domain.dispute import Clock, Dispute, Disputed, Said
from portal_api.domain.items import Items
from shared.base.clock import Moment
from shared.contracts import disputes


def hold_dispute(items: Items, told: disputes.DisputeEvent, *, moment: Moment) -> None:
    """Who of us decided it stays with us."""
    items.hold_dispute(
        Dispute(
            dispute_id=told.dispute_id,
            customer_id=told.customer_id,
            version=told.version,
            legal_entity=told.legal_entity,
            currency=told.currency,
            reason=told.reason,
            state=told.state,
            outcome=told.outcome,
            opened_at=told.opened_at,
            moved_at=told.at,
            moved_by=told.by,
            words=told.words,
            answer_due_at=told.answer_due_at,
            decision_due_at=told.decision_due_at,
            merged_into=told.merged_into if isinstance(told, disputes.DisputeMerged) else None,
            reopen_until=told.reopen_until,
            items=tuple(Disputed(**one.model_dump()) for one in told.items),
            clocks=tuple(Clock(**one.model_dump()) for one in told.clocks),
        )
    )
    if told.words:
        key = told.dispute_id, told.version
        items.said[key] = Said(*key, told.customer_id, told.at, told.by, told.words)
