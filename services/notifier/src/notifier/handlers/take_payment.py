"""A payment was confirmed or declined: the payer is told at once, and once; a decline is no news after the money."""

from uuid import UUID

from notifier.domain.desk import Desk
from notifier.domain.message import Message, Purpose, Status
from notifier.domain.payment import (
    DECLINES,
    Paid,
    PaymentBrief,
    PaymentNews,
    payment_message_id,
)
from notifier.handlers.tell_outcome import tell_outcome
from shared.base.clock import Moment
from shared.base.money import minor_of
from shared.contracts.portal_api import PaidItem, PaymentEvent
from shared.messaging.cloudevents import told_at


def take_payment(desk: Desk, told: PaymentEvent, *, moment: Moment) -> None:
    """Open the message, unless it is there, or the payment was confirmed."""
    news = PaymentNews(told.decline.next_step) if told.decline else PaymentNews.CONFIRMED
    message_id = payment_message_id(told.payment_id, news)
    confirmed = payment_message_id(told.payment_id, PaymentNews.CONFIRMED)
    if message_id in desk.messages or confirmed in desk.messages:
        return

    if news is PaymentNews.CONFIRMED:
        _forget_declines(desk, told, moment=moment)
    heard_at = told_at(desk.cause, otherwise=moment)
    desk.open(
        Message(
            message_id=message_id,
            customer_id=told.customer_id,
            purpose=Purpose.PAYMENT,
            legal_entity=told.legal_entity,
            due_at=heard_at,
            planned_at=heard_at,
            contact_day=moment.date(),
            brief=PaymentBrief(
                payment_id=told.payment_id,
                news=news,
                currency=told.currency,
                items=tuple(paid_of(item, told.currency) for item in told.items),
            ),
        )
    )


def _forget_declines(desk: Desk, told: PaymentEvent, *, moment: Moment) -> None:
    for news in sorted(DECLINES):
        forget_waiting(desk, payment_message_id(told.payment_id, news), moment=moment)


def forget_waiting(desk: Desk, message_id: UUID, *, moment: Moment) -> None:
    """What waits is no news any more; what has left has left."""
    waiting = desk.messages.get(message_id)
    if waiting is not None and waiting.status is Status.WAITING:
        superseded = waiting.suppress("superseded", "payment.newest-only", at=moment)
        desk.put(superseded)
        tell_outcome(desk, superseded)


def paid_of(item: PaidItem, currency: str) -> Paid:
    """In minor units."""
    left_out = item.left_out.amount if item.left_out else "0"
    minors = (minor_of(item.amount, currency), minor_of(left_out, currency))
    return Paid(item.invoice_id, item.invoice_number, *minors)
