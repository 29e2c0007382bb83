"""The scheduler takes a reminder back."""

from notifier.domain.desk import Desk
from notifier.domain.message import Message, Purpose, Status
from notifier.handlers.take_reminder import message_id_of
from notifier.handlers.tell_outcome import tell_outcome
from shared.base.clock import Moment
from shared.contracts.scheduler import ReminderWithdrawn


def withdraw_reminder(desk: Desk, withdrawn: ReminderWithdrawn, *, moment: Moment) -> None:
    """Suppress the message if it still waits. What was handed over already stays what it is.

    A reminder we never heard of is remembered as withdrawn, in case its plan comes late.
    """
    message_id = message_id_of(withdrawn.reminder_id)
    message = desk.messages.get(message_id) or Message(
        message_id=message_id,
        customer_id=withdrawn.customer_id,
        purpose=Purpose.REMINDER,
        legal_entity=withdrawn.legal_entity,
        due_at=moment,
        planned_at=moment,
        contact_day=moment.date(),
        brief=None,
        reminder_id=withdrawn.reminder_id,
    )
    if message.status is not Status.WAITING:
        return

    suppressed = message.suppress("withdrawn", f"scheduler.{withdrawn.reason}", at=moment)

    desk.put(suppressed)
    tell_outcome(desk, suppressed)
