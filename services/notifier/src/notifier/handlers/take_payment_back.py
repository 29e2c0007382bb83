"""Money of a confirmed payment went back, or came again: the payer is told each time, and once."""

from typing import Final

from notifier.domain.desk import Desk
from notifier.domain.message import Purpose
from notifier.domain.payment import PaymentBrief, PaymentNews, back_message_id, back_message_ids
from notifier.handlers.take_payment import paid_of
from notifier.handlers.tell_news import supersede_waiting
from notifier.handlers.write_at_once import write_at_once
from shared.base.clock import Moment
from shared.base.money import minor_of
from shared.contracts.erp import ReturnReason
from shared.contracts.portal_api import PaymentBackEvent, PaymentRestored

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
        supersede_waiting(desk, earlier, moment=moment)
    brief = PaymentBrief(
        payment_id=told.payment_id,
        news=news,
        currency=told.currency,
        items=tuple(paid_of(item, told.currency) for item in told.items),
        back_minor=minor_of(away, told.currency),
    )
    desk.open(write_at_once(desk, told, message_id, Purpose.PAYMENT, brief, moment=moment))
