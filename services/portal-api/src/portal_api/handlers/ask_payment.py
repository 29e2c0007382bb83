"""A customer asks to pay so much of these invoices by the provider's page: held against what is open in the books."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from portal_api.domain.owed import Owed
from portal_api.domain.payment import Item, LeftOut, Payment
from portal_api.handlers.take_items import scope_of
from shared.base.clock import Moment
from shared.base.errors import Refusal
from shared.base.money import decimal_text, minor_of


class MorePaidThanOpen(Refusal):
    """No more can be paid than is open now."""

    code, status = "more-paid-than-open", 409


class PaymentUnderWay(Refusal):
    """It is being paid already: a bank, or our books, are not done with it yet."""

    code, status = "payment-under-way", 409


class NothingLeftOut(Refusal):
    """A reason is for what is left out, and nothing is."""

    code, status = "nothing-left-out", 409


class Wish(NamedTuple):
    """`amount` > 0 of an invoice, in its currency. With a `reason` the rest is left out on purpose."""

    invoice_id: UUID
    amount: Decimal
    reason: str | None = None
    words: str = ""


def ask_payment(
    owed: Mapping[UUID, Owed],
    wishes: Sequence[Wish],
    *,
    coming: Mapping[UUID, int],
    payment_id: UUID,
    customer_id: UUID,
    return_url: str,
    moment: Moment,
) -> Payment:
    """The payment as it will be asked of the provider. `coming`: what of each invoice is on its way, in minor units."""
    legal_entity, currency = scope_of(owed, [one.invoice_id for one in wishes])

    return Payment(
        payment_id=payment_id,
        customer_id=customer_id,
        legal_entity=legal_entity,
        currency=currency,
        items=[
            _item(owed[one.invoice_id], one, coming.get(one.invoice_id, 0), place)
            for place, one in enumerate(wishes)
        ],
        return_url=return_url,
        asked_at=moment,
    )


def _item(invoice: Owed, wish: Wish, coming_minor: int, place: int) -> Item:
    """What is left out with a reason is all that is open and not on its way besides."""
    pointer = f"/items/{place}/amount"
    minor = minor_of(wish.amount, invoice.currency, pointer=pointer)
    left = max(invoice.open_minor - coming_minor, 0)
    rest = left - minor
    if minor > invoice.open_minor:
        is_open = decimal_text(invoice.open_minor, invoice.currency)
        raise MorePaidThanOpen(f"{is_open} are open", pointer=pointer)
    if rest < 0:
        not_coming = decimal_text(left, invoice.currency)
        raise PaymentUnderWay(f"{not_coming} are open and not being paid yet", pointer=pointer)
    if wish.reason is None:
        return Item(wish.invoice_id, invoice.invoice_number, minor)
    if rest == 0:
        raise NothingLeftOut("all that is open is paid", pointer=f"/items/{place}/reason")
    left_out = LeftOut(rest, wish.reason, wish.words)
    return Item(wish.invoice_id, invoice.invoice_number, minor, left_out)
