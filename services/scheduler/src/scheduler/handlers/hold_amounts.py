"""What another service says is not to be asked for: exactly those amounts, until it says otherwise."""

from datetime import date
from typing import NamedTuple
from uuid import UUID

from scheduler.domain.decision import Decision, Kind
from scheduler.domain.facts import Facts
from scheduler.domain.hold import AmountHold, amount_hold_id
from shared.base.money import minor_of
from shared.contracts.disputes import DisputedItem, DisputeEvent
from shared.contracts.portal_api import (
    ChargedItem,
    ChargeEvent,
    PlanEvent,
    PlannedItem,
    PromisedItem,
    PromiseEvent,
)

Told = ChargeEvent | DisputeEvent | PlanEvent | PromiseEvent
Item = ChargedItem | DisputedItem | PlannedItem | PromisedItem


class Cause(NamedTuple):
    """Why: `kind` of the hold, `reason` as a silence tells it, `owner` who answers for it, `words` of the timeline;
    `until` its last day, where it has one.
    """

    kind: str
    reason: str
    owner: str
    words: str
    until: date | None = None


def hold_amounts(facts: Facts, told: Told, cause: Cause) -> bool:
    """Take over what is held of each item; what begins, changes or ends it is a line of the timeline. Returns whether
    this is the newest that was heard.
    """
    is_newest = True
    for item in told.items:
        hold_id = amount_hold_id(cause.kind, told.subject_id, item.invoice_id, item.instalment)
        known = facts.held.get(hold_id)
        hold = _hold(hold_id, told, item, cause, known)
        if known is not None and known.version >= hold.version:
            is_newest = is_newest and known.version == hold.version
            continue
        facts.held[hold.hold_id] = facts.amount_holds[hold.hold_id] = hold
        facts.touch(told.customer_id)
        if rule := _news(known, hold):
            facts.lines.append((told.customer_id, _decision(told, item, hold, cause, rule)))
    return is_newest


def _hold(
    hold_id: UUID,
    told: Told,
    item: Item,
    cause: Cause,
    known: AmountHold | None,
) -> AmountHold:
    minor = minor_of(item.held, told.currency)
    return AmountHold(
        hold_id=hold_id,
        customer_id=told.customer_id,
        version=told.version,
        kind=cause.kind,
        reason=cause.reason,
        invoice_id=item.invoice_id,
        instalment=item.instalment,
        minor=minor,
        legal_entity=told.legal_entity,
        currency=told.currency,
        owner=cause.owner,
        placed_at=known.placed_at if known is not None and known.placed_at else told.at,
        until=cause.until,
        ended_at=None if minor else told.at,
    )


def _news(known: AmountHold | None, hold: AmountHold) -> str:
    """Which rule speaks, when what is held changes, or until when; "" when it does not."""
    before = 0 if known is None else known.minor
    same_reason = known is None or not hold.minor or known.reason == hold.reason
    if before == hold.minor and same_reason:
        return ""
    if not before:
        return "hold.placed"
    return "hold.changed" if hold.minor else "hold.ended"


def _decision(
    told: Told,
    item: Item,
    hold: AmountHold,
    cause: Cause,
    rule: str,
) -> Decision:
    facts = {
        "hold_id": str(hold.hold_id),
        "kind": hold.kind,
        told.SUBJECT: str(told.subject_id),
        "state": told.state.value,
        "legal_entity": told.legal_entity,
        "invoice_id": str(item.invoice_id),
        "invoice_number": item.invoice_number,
        "instalment": item.instalment,
        "currency": told.currency,
        "amount": item.held,
        "owner": cause.owner,
    }
    return Decision(Kind.HOLD, None, cause.words, rule, facts)
