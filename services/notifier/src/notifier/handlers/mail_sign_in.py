"""Somebody asked to sign in at the portal: the link is to be mailed, once, while it is good."""

from notifier.domain.desk import Desk
from notifier.domain.message import Purpose
from notifier.domain.sign_in import SignInBrief
from notifier.handlers.take_reminder import message_id_of
from notifier.handlers.write_at_once import write_at_once
from shared.base.clock import Moment
from shared.contracts.portal_api import SignInAsked


def mail_sign_in(desk: Desk, asked: SignInAsked, *, moment: Moment) -> None:
    """Open the message, one per sign-in."""
    message_id = message_id_of(asked.sign_in_id)
    if message_id in desk.messages:
        return

    brief = SignInBrief(
        sign_in_id=str(asked.sign_in_id),
        contact_id=asked.contact_id,
        language=asked.language,
        not_after=asked.expires_at,
        link_sealed=asked.link_sealed,
    )

    desk.open(write_at_once(desk, asked, message_id, Purpose.SIGN_IN, brief, moment=moment))
