"""The other side has answered, or nobody can say whether it did: the message moves, and an outcome is told."""

from notifier.domain.agreement import AgreementBrief
from notifier.domain.brief import DisputeBrief, ReminderBrief
from notifier.domain.contact import Channel, routes
from notifier.domain.customer import Customer
from notifier.domain.desk import Desk
from notifier.domain.handover import Answer, after
from notifier.domain.message import Message
from notifier.handlers.tell_outcome import tell_outcome
from shared.base.clock import Moment


def note_answer(
    desk: Desk, message: Message, answer: Answer, customer: Customer, *, moment: Moment
) -> None:
    """Move a message that was being handed over; a road closed for good leads on to the next, if there is one."""
    moved = after(message, answer, at=moment, routes_left=_roads_left(message, customer))

    desk.put(moved)
    if moved.is_over:
        tell_outcome(desk, moved)


def _roads_left(message: Message, customer: Customer) -> int:
    if not isinstance(message.brief, ReminderBrief | AgreementBrief | DisputeBrief):
        return 0
    assert message.route is not None
    tried = {*message.failed_roads, (message.route.channel, message.route.address)}
    known: list[tuple[Channel, str]] = [
        (route.channel, route.address)
        for route in routes(customer.contacts, message.brief.channels, opted_out=())
    ]
    return len(set(known) - tried)
