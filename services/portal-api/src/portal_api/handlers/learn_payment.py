"""The provider was asked how a payment stands: what is news moves it, and is told."""

from collections.abc import Mapping
from typing import Any, Final

from portal_api.domain.decline import Decline
from portal_api.domain.payment import PROVIDER, Item, Payment, Seen, State
from shared.base.clock import Moment
from shared.base.days import local_day
from shared.base.money import decimal_text
from shared.base.telling import Telling
from shared.contracts import portal_api as told
from shared.contracts.disputes import Reason

FACTS: Final[Mapping[State, type[told.PaymentEvent]]] = {
    State.SUCCEEDED: told.PaymentConfirmed,
    State.DECLINED: told.PaymentDeclined,
}
"""What others act on; the rest is between payer and provider."""


def learn_payment(
    telling: Telling, payment: Payment, seen: Seen, *, time_zone: str, moment: Moment
) -> bool:
    """Whether it was news. `time_zone` is the legal entity's, whose day it is. Raises `AmountDiffers`."""
    today = local_day(moment, time_zone)

    is_news = payment.learn(seen, today=today, moment=moment)

    if is_news and (fact := FACTS.get(payment.state)):
        tell_payment(telling, payment, fact, moment=moment)
    return is_news


def tell_payment(
    telling: Telling,
    payment: Payment,
    fact: type[told.PaymentEvent],
    *,
    moment: Moment,
    **more: Any,
) -> None:
    """The whole payment, as `fact`."""
    currency = payment.currency
    whole = fact(
        customer_id=payment.customer_id,
        version=payment.version,
        payment_id=payment.payment_id,
        legal_entity=payment.legal_entity,
        currency=currency,
        amount=decimal_text(payment.minor, currency),
        state=told.PaymentState(payment.state),
        items=tuple(_item(one, currency) for one in payment.items),
        provider=PROVIDER,
        provider_reference=payment.reference,
        value_date=payment.value_date,
        decline=None if payment.decline is None else decline_told(payment.decline),
        asked_at=payment.asked_at,
        at=moment,
        **more,
    )
    telling.announce(whole)


def decline_told(decline: Decline) -> told.PaymentDecline:
    """As others hear of it."""
    return told.PaymentDecline(code=decline.code, next_step=told.NextStep(decline.next_step))


def _item(item: Item, currency: str) -> told.PaidItem:
    left_out = item.left_out
    return told.PaidItem(
        invoice_id=item.invoice_id,
        invoice_number=item.invoice_number,
        amount=decimal_text(item.minor, currency),
        left_out=left_out
        and told.LeftOut(
            amount=decimal_text(left_out.minor, currency),
            reason=Reason(left_out.reason),
            words=left_out.words,
        ),
    )
