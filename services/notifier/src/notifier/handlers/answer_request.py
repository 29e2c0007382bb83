"""A customer asked for time, for a call, or to be written to elsewhere: a mail says what happens next."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from notifier.domain.desk import Desk
from notifier.domain.message import Purpose
from notifier.domain.reply import ReplyBrief
from notifier.handlers.take_reminder import message_id_of
from notifier.handlers.write_at_once import About, write_at_once
from shared.base.clock import Moment
from shared.contracts.portal_api import AddressChangeAsked, CallRequested, HardshipRequested

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
    _answer(desk, asked, asked.request_id, brief, moment=moment)


def answer_call(desk: Desk, asked: CallRequested, *, moment: Moment) -> None:
    """That somebody calls back."""
    brief = ReplyBrief(
        form="reply-call",
        about=str(asked.request_id),
        not_after=asked.at + ANSWER_WITHIN,
        contact_id=asked.contact_id,
        language=asked.language,
    )
    _answer(desk, asked, asked.request_id, brief, moment=moment)


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
    _answer(desk, asked, asked.change_id, brief, moment=moment)


def _answer(desk: Desk, asked: About, cause: UUID, brief: ReplyBrief, *, moment: Moment) -> None:
    """One message for each cause."""
    message_id = message_id_of(cause)
    if message_id not in desk.messages:
        desk.open(write_at_once(desk, asked, message_id, Purpose.ANSWER, brief, moment=moment))
