"""An escalation was raised: a person of ours is to be told."""

from notifier.domain.brief import EscalationBrief
from notifier.domain.desk import Desk
from notifier.domain.message import Message, Purpose
from notifier.handlers.take_reminder import item_of, message_id_of
from shared.base.clock import Moment
from shared.contracts.scheduler import EscalationRaised
from shared.messaging.cloudevents import told_at


def take_escalation(desk: Desk, raised: EscalationRaised, *, moment: Moment) -> None:
    """Open the message, one per escalation; people of ours have no quiet hours here."""
    message_id = message_id_of(raised.escalation_id)
    raised_at = told_at(desk.cause, otherwise=moment)
    if message_id in desk.messages:
        return

    brief = EscalationBrief(
        level=raised.level.value,
        to_name=raised.to.name,
        to_email=raised.to.email,
        why=raised.reason,
        items=tuple(map(item_of, raised.items)),
    )

    desk.open(
        Message(
            message_id=message_id,
            customer_id=raised.customer_id,
            purpose=Purpose.ESCALATION,
            legal_entity=raised.legal_entity,
            due_at=raised_at,
            planned_at=raised_at,
            contact_day=moment.date(),
            brief=brief,
            escalation_id=raised.escalation_id,
        )
    )
