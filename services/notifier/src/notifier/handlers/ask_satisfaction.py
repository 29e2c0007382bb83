"""A dispute is closed: the customer is asked once how content they are with the way we handled it."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from notifier.domain.desk import Desk
from notifier.domain.message import Message, Purpose
from notifier.domain.reply import ReplyBrief
from shared.base.clock import Moment
from shared.base.ids import derived_id
from shared.contracts.disputes import DisputeClosed
from shared.messaging.cloudevents import told_at

ASKED_WITHIN: Final = timedelta(days=14)
"""Later nobody remembers."""

FORM: Final = "satisfaction"


def ask_satisfaction(desk: Desk, closed: DisputeClosed, *, moment: Moment) -> None:
    """One question for each dispute, however often it is reopened and closed again."""
    message_id, heard_at = question_id(closed.dispute_id), told_at(desk.cause, otherwise=moment)
    if message_id in desk.messages:
        return

    desk.open(
        Message(
            message_id=message_id,
            customer_id=closed.customer_id,
            purpose=Purpose.ANSWER,
            legal_entity=closed.legal_entity,
            due_at=heard_at,
            planned_at=heard_at,
            contact_day=moment.date(),
            brief=ReplyBrief(
                form=FORM, about=str(closed.dispute_id), not_after=closed.at + ASKED_WITHIN
            ),
        )
    )


def question_id(dispute_id: UUID) -> UUID:
    """The one message that asks."""
    return derived_id("message", dispute_id, FORM)
