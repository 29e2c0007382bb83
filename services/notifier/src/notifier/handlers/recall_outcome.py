"""We read on our own topic how a message ended that this database does not know to be over."""

from dataclasses import replace

from notifier.domain.brief import ListedItem
from notifier.domain.contact import Channel, Route
from notifier.domain.desk import Desk
from notifier.domain.message import Message, Purpose, Status, Told
from shared.base.clock import Moment
from shared.base.money import minor_of
from shared.contracts.notifier import (
    MessageEvent,
    MessageFailed,
    MessageSent,
    MessageSuppressed,
    MessageUnknown,
)

STATUSES: dict[type[MessageEvent], Status] = {
    MessageSent: Status.SENT,
    MessageSuppressed: Status.SUPPRESSED,
    MessageFailed: Status.FAILED,
    MessageUnknown: Status.UNKNOWN,
}


def recall_outcome(desk: Desk, told: MessageEvent, *, moment: Moment) -> None:
    """Believe it: the message is over, whatever this database had planned for it. It is not told again.

    No move of the table: what happened, happened in a life that this database has forgotten.
    """
    known = desk.messages.get(told.message_id)
    if known is not None and known.is_over:
        return

    desk.put(
        replace(
            known or _forgotten(told),
            status=STATUSES[type(told)],
            purpose=Purpose(told.purpose.value),
            version=told.version,
            contact_day=told.contact_day,
            route=_route(told),
            told=_told(told),
            reason=told.reason,
            rule="restored.told-before",
            withheld_at=None,
            ended_at=told.at,
        )
    )


def _forgotten(told: MessageEvent) -> Message:
    return Message(
        message_id=told.message_id,
        customer_id=told.customer_id,
        purpose=Purpose(told.purpose.value),
        legal_entity=told.legal_entity,
        due_at=told.at,
        planned_at=told.at,
        contact_day=told.contact_day,
        brief=None,
        reminder_id=told.reminder_id,
        escalation_id=told.escalation_id,
        subject_id=told.dispute_id,
    )


def _route(told: MessageEvent) -> Route | None:
    """As far as it is told: no address is on our topic."""
    if told.channel is None:
        return None
    return Route(Channel(told.channel.value), "", "", told.contact_id)


def _told(told: MessageEvent) -> Told | None:
    """What it was about, without the words."""
    if not told.items:
        return None
    items = (
        ListedItem(
            invoice_id=item.invoice_id,
            invoice_number=item.invoice_number,
            step=item.step,
            currency=item.currency,
            open_minor=minor_of(item.open, item.currency),
            due_on=item.due_on,
            instalment=item.instalment,
        )
        for item in told.items
    )
    return Told(told.step, tuple(items))
