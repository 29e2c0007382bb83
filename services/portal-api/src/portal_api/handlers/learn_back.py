"""The provider was asked what has gone back of a payment: what is news is told."""

from collections.abc import Sequence

from portal_api.domain.back import Gone
from portal_api.domain.payment import Payment
from portal_api.handlers.learn_payment import tell_payment
from shared.base.clock import Moment
from shared.base.days import local_day
from shared.base.money import decimal_text
from shared.base.telling import Telling
from shared.contracts import portal_api as told
from shared.contracts.erp import ReturnReason


def learn_back(
    telling: Telling, payment: Payment, gone: Sequence[Gone], *, time_zone: str, moment: Moment
) -> bool:
    """Whether it was news. `time_zone` is the legal entity's. Raises `MoreBackThanPaid`, `BackCurrencyDiffers`."""
    before, today = payment.away_minor, local_day(moment, time_zone)

    is_news = payment.learn_back(gone, today=today, moment=moment)

    if is_news and (back := payment.back):
        fact = told.PaymentReturned if back.minor > before else told.PaymentRestored
        tell_payment(
            telling,
            payment,
            fact,
            moment=moment,
            returned=decimal_text(back.minor, payment.currency),
            return_reason=ReturnReason(back.why),
            for_reason=decimal_text(back.why_minor, payment.currency),
            returned_on=back.on,
            code=back.code,
        )
    return is_news
