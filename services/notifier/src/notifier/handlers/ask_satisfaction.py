"""A dispute is closed: the customer is asked once how content they are with the way we handled it."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from notifier.domain.desk import Desk
from notifier.domain.message import Purpose
from notifier.domain.reply import ReplyBrief
from notifier.handlers.write_at_once import write_at_once
from shared.base.clock import Moment
from shared.base.ids import derived_id
from shared.contracts.disputes import DisputeClosed

ASKED_WITHIN: Final = timedelta(days=14)
"""Later nobody remembers."""

FORM: Final = "satisfaction"


def ask_satisfaction(desk: Desk, closed: DisputeClosed, *, moment: Moment) -> None:
    """One question for each dispute, however often it is reopened and closed again."""
    message_id = question_id(closed.dispute_id)
    if message_id in desk.messages:
        return

    brief = ReplyBrief(form=FORM, about=str(closed.dispute_id), not_after=closed.at + ASKED_WITHIN)
    desk.open(write_at_once(desk, closed, message_id, Purpose.ANSWER, brief, moment=moment))


def question_id(dispute_id: UUID) -> UUID:
    """The one message that asks."""
    return derived_id("message", dispute_id, FORM)
