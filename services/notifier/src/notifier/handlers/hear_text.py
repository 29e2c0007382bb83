"""A customer answers by text: STOP, HELP and START are obeyed at once, everything else is for people to read."""

from datetime import timedelta
from uuid import UUID

from notifier.domain.brief import AnswerBrief
from notifier.domain.desk import Desk
from notifier.domain.inbound import Wish
from notifier.domain.message import Message, Purpose
from shared.base.clock import Moment
from shared.base.ids import derived_id

ANSWER_WITHIN = timedelta(minutes=5)
"""A confirmation that comes later would only surprise."""

_ANSWERS = {Wish.STOP: "stopped", Wish.HELP: "help", Wish.START: "started"}


def answer_kind(wish: Wish, *, changed: bool) -> str | None:
    """Which answer is due, if any: a STOP or START that changed nothing has been confirmed before."""
    if wish is Wish.HELP or changed:
        return _ANSWERS.get(wish)
    return None


def hear_text(
    desk: Desk,
    kind: str,
    *,
    provider_id: str,
    number: str,
    customer_id: UUID,
    legal_entity: str,
    moment: Moment,
) -> None:
    """Answer once, in the name of the legal entity that the customer knows."""
    desk.open(
        Message(
            message_id=derived_id("answer", provider_id),
            customer_id=customer_id,
            purpose=Purpose.ANSWER,
            legal_entity=legal_entity,
            due_at=moment,
            planned_at=moment,
            contact_day=moment.date(),
            brief=AnswerBrief(kind, number, moment + ANSWER_WITHIN),
        )
    )
