"""Money of a confirmed payment went back, or came again: the payer is told each time, and once."""

from typing import Final

from notifier.domain.desk import Desk
from notifier.domain.message import Message, Purpose
from notifier.domain.payment import PaymentBrief, PaymentNews, back_message_id, back_message_ids
from notifier.handlers.take_payment import forget_waiting, paid_of
from shared.base.clock import Moment
from shared.base.money import minor_of
from shared.contracts.erp import ReturnReason
from shared.contracts.portal_api import PaymentBackEvent, PaymentRestored
from shared.messaging.cloudevents import told_at

NEWS: Final = {
    ReturnReason.CHARGEBACK: PaymentNews.CHARGEBACK,
    ReturnReason.BANK_RETURN: PaymentNews.BANK_RETURN,
    ReturnReason.OTHER: PaymentNews.BANK_RETURN,
    ReturnReason.REFUND: PaymentNews.REFUND,
}


def take_payment_back(desk: Desk, told: PaymentBackEvent, *, moment: Moment) -> None:
    """Open the message, unless it is there; what waits of an older word is no news any more."""
    restored = isinstance(told, PaymentRestored)
    news = PaymentNews.RESTORED if restored else NEWS[told.return_reason]
    away = told.returned if restored else (told.for_reason or told.returned)
    message_id = back_message_id(told.payment_id, news, told.version)
    if message_id in desk.messages:
        return

    for earlier in back_message_ids(told.payment_id, told.version - 1):
        forget_waiting(desk, earlier, moment=moment)
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
                back_minor=minor_of(away, told.currency),
            ),
        )
    )
