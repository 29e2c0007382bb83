"""A payment by the provider, as the payer is told of it: that it comes, that it came, or what is next where not."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from notifier.domain.contact import Channel
from shared.base.ids import derived_id


class PaymentNews(StrEnum):
    """What it means to the payer; declines are named by what can be done, what went back by why. Those of autopay are
    names of forms, too.
    """

    CONFIRMED = "confirmed"
    AUTHENTICATE = "authenticate"
    OTHER_MEANS = "other-means"
    TRY_AGAIN = "try-again"
    CHARGEBACK = "chargeback"
    BANK_RETURN = "bank-return"
    REFUND = "refund"
    RESTORED = "restored"
    CHARGE_ANNOUNCED = "charge-announced"
    CHARGE_POSTPONED = "charge-postponed"
    CHARGE_DROPPED = "charge-dropped"
    MANDATE_SAVED = "mandate-saved"
    MANDATE_WITHDRAWN = "mandate-withdrawn"
    MANDATE_REVOKED = "mandate-revoked"
    MANDATE_EXPIRING = "mandate-expiring"


_N = PaymentNews
DECLINES: Final = frozenset({_N.AUTHENTICATE, _N.OTHER_MEANS, _N.TRY_AGAIN})
RETURNS: Final = frozenset({_N.CHARGEBACK, _N.BANK_RETURN, _N.REFUND})
BACKS: Final = RETURNS | {_N.RESTORED}
"""Of money that had come: it went back, or came again."""
OF_AUTOPAY: Final = frozenset(PaymentNews) - DECLINES - BACKS - {_N.CONFIRMED}


@dataclass(frozen=True, slots=True)
class Paid:
    """So much of an invoice, in minor units; `left_out_minor` is disputed once it is paid."""

    invoice_id: UUID
    invoice_number: str
    minor: int
    left_out_minor: int


@dataclass(frozen=True, slots=True)
class PaymentBrief:
    """An answer to the payer's own act, or what they let us do. `payment_id` is what it is about: a payment, a charge
    of autopay, or a mandate, which has no items. `means` is what is printed of a card or account; `on` the day of a
    charge; `reason` is why there is none; `back_minor` is what is away by now of a payment that had come: where
    it went back, for the reason that is told.
    """

    payment_id: UUID
    news: PaymentNews
    currency: str
    items: tuple[Paid, ...]
    means: str = ""
    on: date | None = None
    reason: str = ""
    back_minor: int = 0

    @property
    def channels(self) -> tuple[Channel, ...]:
        """It is to be kept."""
        return (Channel.EMAIL,)


def payment_message_id(payment_id: UUID, news: PaymentNews) -> UUID:
    """One message each, however many attempts failed in the same way."""
    return derived_id("message", payment_id, news)


def mandate_message_id(mandate_id: UUID, news: PaymentNews, expires: str = "") -> UUID:
    """One message each; of cards that end, one for each end."""
    return derived_id("message", mandate_id, news, *([expires] if expires else []))


def last_day(expires: str) -> date | None:
    """Of a month written `YYYY-MM`; None of ""."""
    if not expires:
        return None
    year, month = map(int, expires.split("-"))
    return date(year, month, monthrange(year, month)[1])


def back_message_id(payment_id: UUID, news: PaymentNews, version: int) -> UUID:
    """Of each time that money goes back or comes again, as the payment's version says."""
    return derived_id("message", payment_id, news, version)


def back_message_ids(payment_id: UUID, version: int) -> Iterator[UUID]:
    """Of all messages that there may be of it, up to that version."""
    for number in range(1, version + 1):
        for news in sorted(BACKS):
            yield back_message_id(payment_id, news, number)


def charge_message_id(charge_id: UUID, news: PaymentNews, attempts: int) -> UUID:
    """Of each attempt one message, and one that there is none. An announcement has the id that the charge names."""
    return derived_id("message", charge_id, news, attempts)


def charge_message_ids(charge_id: UUID, announcement_id: UUID, attempts: int) -> Iterator[UUID]:
    """Of all messages that there may be of a charge."""
    yield announcement_id
    for number in range(attempts + 1):
        for news in (PaymentNews.CHARGE_POSTPONED, PaymentNews.CHARGE_DROPPED):
            yield charge_message_id(charge_id, news, number)
