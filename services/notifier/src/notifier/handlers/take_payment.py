"""A payment was confirmed or declined: the payer is told at once, and once; a decline is no news after the money."""

from notifier.domain.desk import Desk
from notifier.domain.message import Purpose
from notifier.domain.payment import (
    DECLINES,
    Paid,
    PaymentBrief,
    PaymentNews,
    payment_message_id,
)
from notifier.handlers.tell_news import supersede_waiting
from notifier.handlers.write_at_once import write_at_once
from shared.base.clock import Moment
from shared.base.money import minor_of
from shared.contracts.portal_api import PaidItem, PaymentEvent


def take_payment(desk: Desk, told: PaymentEvent, *, moment: Moment) -> None:
    """Open the message, unless it is there, or the payment was confirmed."""
    news = PaymentNews(told.decline.next_step) if told.decline else PaymentNews.CONFIRMED
    message_id = payment_message_id(told.payment_id, news)
    confirmed = payment_message_id(told.payment_id, PaymentNews.CONFIRMED)
    if message_id in desk.messages or confirmed in desk.messages:
        return

    if news is PaymentNews.CONFIRMED:
        for decline in sorted(DECLINES):
            no_news = payment_message_id(told.payment_id, decline)
            supersede_waiting(desk, no_news, moment=moment)
    brief = PaymentBrief(
        payment_id=told.payment_id,
        news=news,
        currency=told.currency,
        items=tuple(paid_of(item, told.currency) for item in told.items),
    )
    desk.open(write_at_once(desk, told, message_id, Purpose.PAYMENT, brief, moment=moment))


def paid_of(item: PaidItem, currency: str) -> Paid:
    """In minor units."""
    left_out = item.left_out.amount if item.left_out else "0"
    minors = (minor_of(item.amount, currency), minor_of(left_out, currency))
    return Paid(item.invoice_id, item.invoice_number, *minors)
