"""A means of payment was saved, taken back, or is not to be charged any more: its customer is told, once."""

from notifier.domain.desk import Desk
from notifier.domain.message import Purpose
from notifier.domain.payment import PaymentBrief, PaymentNews, last_day, mandate_message_id
from notifier.handlers.take_charge import printed
from notifier.handlers.write_at_once import write_at_once
from shared.base.clock import Moment
from shared.contracts import portal_api
from shared.contracts.portal_api import MandateEvent, MandateExpiring

_NEWS = {
    portal_api.MandateSaved: PaymentNews.MANDATE_SAVED,
    portal_api.MandateWithdrawn: PaymentNews.MANDATE_WITHDRAWN,
    portal_api.MandateRevoked: PaymentNews.MANDATE_REVOKED,
    portal_api.MandateExpiring: PaymentNews.MANDATE_EXPIRING,
}
NO_MONEY = "EUR"
"""Nothing of a mandate is an amount."""


def take_mandate(desk: Desk, told: MandateEvent, *, moment: Moment) -> None:
    """Open the message, unless it is there."""
    news = _NEWS[type(told)]
    expires = told.expires if isinstance(told, MandateExpiring) else ""
    message_id = mandate_message_id(told.mandate_id, news, expires)
    if message_id in desk.messages:
        return

    means, on = printed(told.means), last_day(expires)
    brief = PaymentBrief(told.mandate_id, news, NO_MONEY, (), means=means, on=on)
    desk.open(write_at_once(desk, told, message_id, Purpose.PAYMENT, brief, moment=moment))
