"""Every message ends in one outcome, and it is told."""

from notifier.domain.brief import ReminderBrief
from notifier.domain.desk import Desk
from notifier.domain.message import OF_DISPUTES, Message, Status
from shared.base.money import decimal_text
from shared.contracts.erp import Channel
from shared.contracts.notifier import (
    MessageEvent,
    MessageFailed,
    MessageItem,
    MessageSent,
    MessageSuppressed,
    MessageUnknown,
    Purpose,
)

_FACTS: dict[Status, type[MessageEvent]] = {
    Status.SENT: MessageSent,
    Status.SUPPRESSED: MessageSuppressed,
    Status.FAILED: MessageFailed,
    Status.UNKNOWN: MessageUnknown,
}


def tell_outcome(desk: Desk, message: Message) -> None:
    """Announce the outcome of a message that has just reached it."""
    assert message.ended_at is not None, f"message {message.message_id} has no outcome yet"
    route, told = message.route, message.told

    desk.announce(
        _FACTS[message.status](
            customer_id=message.customer_id,
            version=message.version,
            message_id=message.message_id,
            purpose=Purpose(message.purpose.value),
            reminder_id=message.reminder_id,
            escalation_id=message.escalation_id,
            dispute_id=message.subject_id if message.purpose in OF_DISPUTES else None,
            legal_entity=message.legal_entity,
            channel=Channel(route.channel.value) if route else None,
            contact_id=route.contact_id if route else None,
            step=_step(message),
            items=_items(message) if told else (),
            at=message.ended_at,
            contact_day=message.contact_day,
            reason=message.reason,
        )
    )


def _step(message: Message) -> int | None:
    if message.told is not None:
        return message.told.step
    return message.brief.step.number if isinstance(message.brief, ReminderBrief) else None


def _items(message: Message) -> tuple[MessageItem, ...]:
    assert message.told is not None
    return tuple(
        MessageItem(
            invoice_id=item.invoice_id,
            invoice_number=item.invoice_number,
            step=item.step,
            currency=item.currency,
            open=decimal_text(item.open_minor, item.currency),
            due_on=item.due_on,
            instalment=item.instalment,
        )
        for item in message.told.items
    )
