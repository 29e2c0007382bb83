"""The notifier told what became of a message."""

from typing import Final

from scheduler.domain.decision import Decision, Kind
from scheduler.domain.facts import DayOutcome, Facts
from scheduler.domain.item import Item
from shared.base.clock import Moment
from shared.contracts.notifier import (
    MessageEvent,
    MessageFailed,
    MessageItem,
    MessageSent,
    MessageSuppressed,
    MessageUnknown,
)

_OUTCOMES: Final[dict[type[MessageEvent], str]] = {
    MessageSent: "sent",
    MessageUnknown: "unknown",
    MessageSuppressed: "suppressed",
    MessageFailed: "failed",
}
_LEFT: Final = frozenset({"sent", "unknown"})
"""What cannot be known counts as told: the customer may have read it."""

_NOTHING_LEFT: Final = frozenset({"withdrawn", "settled"})
"""Reasons that say nothing about whether the customer can be reached: no pause follows them."""


def note_outcome(facts: Facts, told: MessageEvent, *, moment: Moment) -> None:
    """Remember what the customer was told, and when; then look at them again. A second telling changes nothing.

    Where the plan itself is forgotten (a rebuilt database, a plan older than our topic), the contact still counts.
    """
    cause = told.reminder_id or told.escalation_id or told.message_id
    sent, outcome = facts.sent.get(cause), _OUTCOMES[type(told)]
    if sent is not None and sent.outcome is not None:
        return

    if told.reminder_id is not None:
        _contact_day(facts, told, left=outcome in _LEFT)
        facts.touch(told.customer_id)
    if sent is not None:
        sent.outcome, sent.at = outcome, told.at
        facts.outcomes[cause] = sent
        facts.decisions.append((told.customer_id, _decision(told, outcome), sent))
        facts.touch(told.customer_id)


def _contact_day(facts: Facts, told: MessageEvent, *, left: bool) -> None:
    if not left and told.reason in _NOTHING_LEFT:
        return
    day = facts.contact_days.setdefault((told.customer_id, told.contact_day), DayOutcome())
    if not left:
        return
    step = max((line.step for line in told.items), default=0) if told.step is None else told.step
    day.sent = True
    day.overdue = day.overdue or any(line.due_on < told.contact_day for line in told.items)
    for line in told.items:
        known = facts.items.setdefault(line.invoice_id, {})
        item = known.get(line.instalment or 1) or _not_heard_yet(facts, told, line)
        item.tell(own_step=line.step, message_step=step, on=told.contact_day)
        facts.told_of[item.key] = item


def _not_heard_yet(facts: Facts, told: MessageEvent, line: MessageItem) -> Item:
    """An instalment that the ledger will tell of later, when everything is heard anew."""
    item = Item(
        invoice_id=line.invoice_id,
        customer_id=told.customer_id,
        version=0,
        legal_entity=told.legal_entity,
        invoice_number=line.invoice_number,
        currency=line.currency,
        due_on=line.due_on,
        open_minor=0,
        number=line.instalment or 1,
    )
    facts.items[line.invoice_id][item.number] = facts.restated[item.key] = item
    return item


def _decision(told: MessageEvent, outcome: str) -> Decision:
    facts = {
        "message_id": str(told.message_id),
        "reminder_id": told.reminder_id and str(told.reminder_id),
        "escalation_id": told.escalation_id and str(told.escalation_id),
        "legal_entity": told.legal_entity,
        "channel": told.channel,
        "outcome": outcome,
        "contact_day": told.contact_day.isoformat(),
        "invoices": [line.invoice_number for line in told.items],
    }
    return Decision(Kind.OUTCOME, told.step, told.reason or outcome, f"outcome.{outcome}", facts)
