"""A clock of a dispute came to a level: people of ours are to hear of it, the higher the level the firmer."""

from dataclasses import replace

from notifier.domain.brief import WarningBrief
from notifier.domain.desk import Desk
from notifier.domain.message import Message, Purpose
from notifier.gateways.addresses import usable_email
from notifier.handlers.take_dispute import contested_of
from notifier.handlers.tell_news import news_id, supersede
from notifier.handlers.write_at_once import write_at_once
from shared.base.clock import Moment
from shared.base.ids import derived_id
from shared.contracts.disputes import ClockWarned


def warn_team(desk: Desk, warned: ClockWarned, *, moment: Moment) -> None:
    """Open one message to the team or its lead, and one to the owner where the team hears of it and the owner's name is
    an address. Of one clock only the highest level waits; one that comes after the dispute moved on is not told.
    """
    opened = _messages(desk, warned, moment=moment)
    if opened[0].message_id in desk.messages:
        return

    late = warned.version < desk.newest.get(warned.dispute_id, 0)
    for waiting in list(desk.waiting_news(warned.dispute_id)):
        same = isinstance(waiting.brief, WarningBrief) and waiting.brief.clock == warned.clock
        if same and not late:
            supersede(desk, waiting, moment=moment)

    for message in opened:
        desk.open(message)
        if late:
            supersede(desk, message, moment=moment)


def _messages(desk: Desk, warned: ClockWarned, *, moment: Moment) -> list[Message]:
    brief = _brief(warned)
    message = write_at_once(
        *(desk, warned, news_id(warned), Purpose.WARNING, brief),
        moment=moment,
        subject_id=warned.dispute_id,
    )
    owner_email = usable_email(warned.owner)
    if brief.escalates or owner_email is None:
        return [message]
    own_id = derived_id("message", warned.dispute_id, warned.version, "owner")
    copy = replace(brief, owner_email=owner_email)
    return [message, replace(message, message_id=own_id, brief=copy)]


def _brief(warned: ClockWarned) -> WarningBrief:
    currency = warned.currency or ""
    return WarningBrief(
        version=warned.version,
        clock=warned.clock.value,
        per_cent=warned.per_cent,
        due_at=warned.due_at,
        reason=warned.reason.value,
        team=warned.team,
        owner=warned.owner or "",
        currency=currency,
        items=tuple(contested_of(item, currency) for item in warned.items if currency),
    )
