"""The portal's provider has a customer's money: it is entered and told to the ERP, by the same hands as any payment."""

from collections.abc import Iterator
from decimal import Decimal

from ledger.domain.books import Books
from ledger.domain.request import (
    Asked,
    Kind,
    Part,
    Request,
    Short,
    State,
    payment_name,
    request_id_of,
)
from ledger.handlers.frame_request import Place, Portion, Wish, frame_request
from ledger.handlers.know_source import Registered
from ledger.handlers.make_request import make_request, told_already
from ledger.handlers.read_identity import INVOICE
from shared.base.clock import Moment
from shared.base.money import decimal_text, minor_of
from shared.contracts.portal_api import PaidItem, PaymentConfirmed

PAYER = "customer"
"""Who has asked for it."""


def book_payment(
    books: Books, paid: PaymentConfirmed, *, moment: Moment, registered: Registered
) -> None:
    """A request named by the payment: told again, it is there already. What its invoices have no room for any more
    stands on account.
    """
    name = payment_name(paid.payment_id)
    request_id = request_id_of(paid.customer_id, name)
    assert paid.value_date is not None, "a confirmed payment has a day"
    wish = Wish(
        Kind.PAYMENT_POSTING,
        paid.legal_entity,
        paid.currency,
        Decimal(paid.amount),
        paid.value_date,
        source_id=name,
        bank_reference=paid.provider_reference,
        portions=tuple(_portions(books, paid)),
    )
    customer = books.customers[paid.customer_id]
    asked = frame_request(books, wish, customer, registered, name=name)
    if request_id in books.requests.by_id or _entered_by_hand(books, asked):
        return

    request = Request(request_id, asked, PAYER, moment)
    if told_already(books, request) is None:
        request.asked = asked._replace(parts=tuple(_with_room(books, asked)))
    make_request(books, request, moment=moment)


def _portions(books: Books, paid: PaymentConfirmed) -> Iterator[Portion]:
    """What is directed at invoices that are still the customer's own, and count."""
    scope = (paid.customer_id, paid.legal_entity, paid.currency)
    for item in paid.items:
        invoice = books.invoices.get(item.invoice_id)
        if invoice is None or invoice.body is None or not invoice.active or invoice.scope != scope:
            continue
        place = Place(INVOICE, str(item.invoice_id))
        yield Portion(place, Decimal(item.amount), _short(item))


def _short(item: PaidItem) -> Short | None:
    left_out = item.left_out
    if left_out is None:
        return None
    return Short(Decimal(left_out.amount), left_out.reason.value, left_out.words)


def _with_room(books: Books, asked: Asked) -> Iterator[Part]:
    """Each part as far as its invoice is open now."""
    for part in asked.parts or ():
        invoice = books.invoices[part.invoice_id]
        minor = min(minor_of(part.amount, asked.currency), max(invoice.open_minor, 0))
        if minor:
            yield part._replace(amount=Decimal(decimal_text(minor, asked.currency)))


def _entered_by_hand(books: Books, asked: Asked) -> bool:
    """Whether a person of ours has entered the same money, by the provider's reference."""
    return any(
        one.asked.kind is Kind.PAYMENT_POSTING
        and one.asked.bank_reference is not None
        and (one.asked.bank_reference, one.asked.customer_id, one.asked.scope)
        == (asked.bank_reference, asked.customer_id, asked.scope)
        and one.state is State.OPEN
        for one in books.requests.by_id.values()
    )
