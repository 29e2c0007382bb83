"""A payment at the provider's page, as the payer is told of it: that it came, or what is next where it did not."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from notifier.domain.contact import Channel
from shared.base.ids import derived_id


class PaymentNews(StrEnum):
    """What it means to the payer. All but the first are declines, named by what can be done."""

    CONFIRMED = "confirmed"
    AUTHENTICATE = "authenticate"
    OTHER_MEANS = "other-means"
    TRY_AGAIN = "try-again"


DECLINES: Final = frozenset(PaymentNews) - {PaymentNews.CONFIRMED}


@dataclass(frozen=True, slots=True)
class Paid:
    """So much of an invoice, in minor units; `left_out_minor` is disputed once it is paid."""

    invoice_id: UUID
    invoice_number: str
    minor: int
    left_out_minor: int


@dataclass(frozen=True, slots=True)
class PaymentBrief:
    """An answer to the payer's own act."""

    payment_id: UUID
    news: PaymentNews
    currency: str
    items: tuple[Paid, ...]

    @property
    def channels(self) -> tuple[Channel, ...]:
        """It is to be kept."""
        return (Channel.EMAIL,)


def payment_message_id(payment_id: UUID, news: PaymentNews) -> UUID:
    """One message each, however many attempts failed in the same way."""
    return derived_id("message", payment_id, news)
