"""What may leave as soon as it is heard of: everything but what the scheduler plans for a day and hour."""

from typing import Protocol
from uuid import UUID

from notifier.domain.brief import Brief
from notifier.domain.desk import Desk
from notifier.domain.message import Message, Purpose
from shared.base.clock import Moment
from shared.messaging.cloudevents import told_at


class About(Protocol):
    """Whom an event is about."""

    @property
    def customer_id(self) -> UUID: ...

    @property
    def legal_entity(self) -> str: ...


def write_at_once(
    desk: Desk,
    about: About,
    message_id: UUID,
    purpose: Purpose,
    brief: Brief,
    *,
    moment: Moment,
    subject_id: UUID | None = None,
    escalation_id: UUID | None = None,
) -> Message:
    """The message, not opened yet: planned for when the record that is being handled was told."""
    heard_at = told_at(desk.cause, otherwise=moment)
    return Message(
        message_id=message_id,
        customer_id=about.customer_id,
        purpose=purpose,
        legal_entity=about.legal_entity,
        due_at=heard_at,
        planned_at=heard_at,
        contact_day=moment.date(),
        brief=brief,
        subject_id=subject_id,
        escalation_id=escalation_id,
    )
