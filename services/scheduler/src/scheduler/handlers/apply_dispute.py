"""An amount is disputed, or not any more: exactly that amount is not asked for."""

from scheduler.domain.decision import Decision, Kind
from scheduler.domain.facts import Facts
from scheduler.domain.hold import DISPUTE, AmountHold, amount_hold_id
from scheduler.handlers.end_moot_tasks import end_moot_tasks
from shared.base.clock import Moment
from shared.base.money import minor_of
from shared.contracts.disputes import DisputedItem, DisputeEvent


def apply_dispute(facts: Facts, told: DisputeEvent, *, moment: Moment) -> None:
    """Take over what is held of each item; what begins, changes or ends it is a line of the timeline."""
    for item in told.items:
        hold = AmountHold(
            hold_id=amount_hold_id(DISPUTE, told.dispute_id, item.invoice_id, item.instalment),
            customer_id=told.customer_id,
            version=told.version,
            kind=DISPUTE,
            reason=told.reason.value,
            invoice_id=item.invoice_id,
            instalment=item.instalment,
            minor=minor_of(item.held, told.currency),
        )
        known = facts.held.get(hold.hold_id)
        if known is not None and known.version >= hold.version:
            continue
        facts.held[hold.hold_id] = facts.amount_holds[hold.hold_id] = hold
        facts.touch(told.customer_id)
        if rule := _news(known, hold):
            facts.lines.append((told.customer_id, _decision(told, item, hold, rule)))
    end_moot_tasks(facts, told, moment=moment)


def _news(known: AmountHold | None, hold: AmountHold) -> str:
    """Which rule speaks, when what is held changes; "" when it does not."""
    before = 0 if known is None else known.minor
    if before == hold.minor:
        return ""
    if not before:
        return "hold.placed"
    return "hold.changed" if hold.minor else "hold.ended"


def _decision(told: DisputeEvent, item: DisputedItem, hold: AmountHold, rule: str) -> Decision:
    facts = {
        "hold_id": str(hold.hold_id),
        "kind": hold.kind,
        "dispute_id": str(told.dispute_id),
        "state": told.state.value,
        "legal_entity": told.legal_entity,
        "invoice_id": str(item.invoice_id),
        "invoice_number": item.invoice_number,
        "instalment": item.instalment,
        "currency": told.currency,
        "amount": item.held,
        "owner": told.team,
    }
    return Decision(Kind.HOLD, None, f"disputed: {told.reason}", rule, facts)
