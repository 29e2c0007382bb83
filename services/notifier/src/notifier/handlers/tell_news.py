"""What moved has news for the customer, once and never old news: a dispute, a promise or a plan."""

from collections.abc import Callable
from uuid import UUID

from notifier.domain.desk import Desk
from notifier.domain.message import Message, Status
from notifier.handlers.tell_outcome import tell_outcome
from shared.base.clock import Moment
from shared.base.ids import derived_id
from shared.contracts.event import Event


def tell_news(
    desk: Desk,
    told: Event,
    message: Message | None,
    is_still_news: Callable[[Message], bool],
    *,
    moment: Moment,
) -> None:
    """Open the message of this step, if there is one, and silence what is no news any more. A step that comes after a
    later one, or again, moves nothing: the late one is kept as never told, with its reason.
    """
    newest = desk.newest.get(told.subject_id, 0)
    if told.version == newest or news_id(told) in desk.messages:
        return

    late = told.version < newest
    if not late:
        desk.newest[told.subject_id] = told.version
        for waiting in list(desk.waiting_news(told.subject_id)):
            if not is_still_news(waiting):
                supersede(desk, waiting, moment=moment)

    if message is not None:
        desk.open(message)
        if late:
            supersede(desk, message, moment=moment)


def news_id(told: Event) -> UUID:
    """Of the message of this step."""
    return derived_id("message", told.subject_id, told.version)


def supersede_waiting(desk: Desk, message_id: UUID, *, moment: Moment) -> Message | None:
    """The message of that id, if there is one, as it then is: what has left has left."""
    waiting = desk.messages.get(message_id)
    if waiting is not None and waiting.status is Status.WAITING:
        supersede(desk, waiting, moment=moment)
    return desk.messages.get(message_id)


def supersede(desk: Desk, message: Message, *, moment: Moment) -> None:
    """It waits no longer: what it tells of has moved on."""
    superseded = message.suppress("superseded", f"{message.purpose}.newest-only", at=moment)
    desk.put(superseded)
    tell_outcome(desk, superseded)
