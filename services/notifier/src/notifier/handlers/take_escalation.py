"""An escalation was raised: a person of ours is to be told."""

from notifier.domain.brief import EscalationBrief
from notifier.domain.desk import Desk
from notifier.domain.message import Purpose
from notifier.handlers.take_reminder import item_of, message_id_of
from notifier.handlers.write_at_once import write_at_once
from shared.base.clock import Moment
from shared.contracts.scheduler import EscalationRaised


def take_escalation(desk: Desk, raised: EscalationRaised, *, moment: Moment) -> None:
    """Open the message, one per escalation; people of ours have no quiet hours here."""
    message_id = message_id_of(raised.escalation_id)
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
        write_at_once(
            *(desk, raised, message_id, Purpose.ESCALATION, brief),
            moment=moment,
            escalation_id=raised.escalation_id,
        )
    )
