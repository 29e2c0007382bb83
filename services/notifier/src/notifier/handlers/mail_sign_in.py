"""Somebody asked to sign in at the portal: the link is to be mailed, once, while it is good."""

from notifier.domain.desk import Desk
from notifier.domain.message import Message, Purpose
from notifier.domain.sign_in import SignInBrief
from notifier.handlers.take_reminder import message_id_of
from shared.base.clock import Moment
from shared.contracts.portal_api import SignInAsked
from shared.messaging.cloudevents import told_at


def mail_sign_in(desk: Desk, asked: SignInAsked, *, moment: Moment) -> None:
    """Open the message, one per sign-in."""
    message_id = message_id_of(asked.sign_in_id)
    asked_at = told_at(desk.cause, otherwise=moment)
    if message_id in desk.messages:
        return

    brief = SignInBrief(
        sign_in_id=str(asked.sign_in_id),
        contact_id=asked.contact_id,
        language=asked.language,
        not_after=asked.expires_at,
        link_sealed=asked.link_sealed,
    )

    desk.open(
        Message(
            message_id=message_id,
            customer_id=asked.customer_id,
            purpose=Purpose.SIGN_IN,
            legal_entity=asked.legal_entity,
            due_at=asked_at,
            planned_at=asked_at,
            contact_day=moment.date(),
            brief=brief,
        )
    )
