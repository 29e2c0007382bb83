"""A customer asked for time, for a call, or to be written to elsewhere: a mail says what happens next."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from notifier.domain.desk import Desk
from notifier.domain.message import Message, Purpose
from notifier.domain.reply import ReplyBrief
from notifier.handlers.take_reminder import message_id_of
from shared.base.clock import Moment
from shared.contracts.portal_api import AddressChangeAsked, CallRequested, HardshipRequested
from shared.messaging.cloudevents import told_at

ANSWER_WITHIN: Final = timedelta(days=2)
"""What comes later than this answers nothing any more."""


def answer_hardship(desk: Desk, asked: HardshipRequested, *, moment: Moment) -> None:
    """Until when nobody chases them, and that a person looks into it."""
    brief = ReplyBrief(
        form="reply-hardship",
        about=str(asked.request_id),
        not_after=asked.at + ANSWER_WITHIN,
        contact_id=asked.contact_id,
        language=asked.language,
        until=asked.until,
    )
    _answer(desk, asked.request_id, asked.customer_id, asked.legal_entity, brief, moment=moment)


def answer_call(desk: Desk, asked: CallRequested, *, moment: Moment) -> None:
    """That somebody calls back."""
    brief = ReplyBrief(
        form="reply-call",
        about=str(asked.request_id),
        not_after=asked.at + ANSWER_WITHIN,
        contact_id=asked.contact_id,
        language=asked.language,
    )
    _answer(desk, asked.request_id, asked.customer_id, asked.legal_entity, brief, moment=moment)


def mail_address_change(desk: Desk, asked: AddressChangeAsked, *, moment: Moment) -> None:
    """The link that confirms it, to the address that we have written to so far."""
    brief = ReplyBrief(
        form="address-change",
        about=str(asked.change_id),
        not_after=asked.expires_at,
        contact_id=asked.contact_id,
        language=asked.language,
        link_sealed=asked.link_sealed,
    )
    _answer(desk, asked.change_id, asked.customer_id, asked.legal_entity, brief, moment=moment)


def _answer(
    desk: Desk,
    cause: UUID,
    customer_id: UUID,
    legal_entity: str,
    brief: ReplyBrief,
    *,
    moment: Moment,
) -> None:
    """One message for each cause."""
    message_id, heard_at = message_id_of(cause), told_at(desk.cause, otherwise=moment)
    if message_id in desk.messages:
        return

    desk.open(
        Message(
            message_id=message_id,
            customer_id=customer_id,
            purpose=Purpose.ANSWER,
            legal_entity=legal_entity,
            due_at=heard_at,
            planned_at=heard_at,
            contact_day=moment.date(),
            brief=brief,
        )
    )
