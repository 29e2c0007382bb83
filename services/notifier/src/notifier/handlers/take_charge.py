"""A charge of autopay: announced before it is made, tried again on another day, or not made after all; each is told."""

from uuid import UUID

from notifier.domain.desk import Desk
from notifier.domain.message import Purpose, Status
from notifier.domain.payment import (
    Paid,
    PaymentBrief,
    PaymentNews,
    charge_message_id,
    charge_message_ids,
)
from notifier.handlers.hear_amounts import hear_amounts
from notifier.handlers.tell_news import supersede_waiting
from notifier.handlers.write_at_once import write_at_once
from shared.base.clock import Moment
from shared.base.money import minor_of
from shared.contracts.portal_api import (
    ChargeDropped,
    ChargeEvent,
    ChargePostponed,
    SavedMeans,
)


def take_charge(desk: Desk, told: ChargeEvent, *, moment: Moment) -> None:
    """What is held is kept. What waits of an earlier step is no news any more; and what was never announced is not
    called off.
    """
    hear_amounts(desk, told, moment=moment)
    news, message_id = _news_of(told)
    if message_id in desk.messages:
        return
    was_told = _forget_earlier(desk, told, moment=moment)
    if news is PaymentNews.CHARGE_DROPPED and not was_told:
        return

    brief = PaymentBrief(
        payment_id=told.charge_id,
        news=news,
        currency=told.currency,
        items=tuple(
            Paid(one.invoice_id, one.invoice_number, minor_of(one.amount, told.currency), 0)
            for one in told.items
        ),
        means=printed(told.means),
        on=told.charge_on,
        reason=told.reason.value if isinstance(told, ChargeDropped) else "",
    )
    desk.open(write_at_once(desk, told, message_id, Purpose.PAYMENT, brief, moment=moment))


def printed(means: SavedMeans) -> str:
    """`visa …4242`; of an account its kind."""
    named = means.brand or means.kind.replace("_", " ")
    return f"{named} …{means.last4}"


def _news_of(told: ChargeEvent) -> tuple[PaymentNews, UUID]:
    if isinstance(told, ChargePostponed | ChargeDropped):
        is_late = isinstance(told, ChargePostponed)
        news = PaymentNews.CHARGE_POSTPONED if is_late else PaymentNews.CHARGE_DROPPED
        return news, charge_message_id(told.charge_id, news, told.attempts)
    return PaymentNews.CHARGE_ANNOUNCED, told.announcement_id


def _forget_earlier(desk: Desk, told: ChargeEvent, *, moment: Moment) -> bool:
    """Whether the customer was, or may have been, told anything of it."""
    was_told = False
    for message_id in charge_message_ids(told.charge_id, told.announcement_id, told.attempts):
        earlier = supersede_waiting(desk, message_id, moment=moment)
        was_told |= earlier is not None and earlier.status is not Status.SUPPRESSED
    return was_told
