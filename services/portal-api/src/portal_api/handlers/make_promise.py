"""A customer promises to pay so much of these invoices until a day."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from portal_api.domain.promise import Item, Promise
from portal_api.domain.promise_rails import PromiseRails, Standing
from portal_api.domain.promises import Owed, Promises
from portal_api.handlers.tell_promise import tell_promise
from shared.base.clock import Moment
from shared.base.days import local_day
from shared.base.errors import Refusal
from shared.base.money import decimal_text, minor_of


class PromisedInvoiceUnknown(Refusal):
    """You have no such invoice."""

    code = "invoice-unknown"


class ItemsMixed(Refusal):
    """One promise is about one legal entity, in one currency, and names each invoice once."""

    code = "items-mixed"


class MorePromisedThanOpen(Refusal):
    """No more can be promised than is open and not promised yet."""

    code, status = "more-promised-than-open", 409


class Wanted(NamedTuple):
    """`amount` > 0 of an invoice, in its currency."""

    invoice_id: UUID
    amount: Decimal


def make_promise(
    promises: Promises,
    wanted: Sequence[Wanted],
    rails: PromiseRails,
    *,
    customer_id: UUID,
    pay_on: date,
    promise_id: UUID,
    moment: Moment,
) -> Promise:
    """It is held from now on until the day and its grace are over. The same words again are the same promise."""
    legal_entity, currency = _scope(promises.invoices, wanted)
    items = [_item(promises, one, place) for place, one in enumerate(wanted)]
    if same := next((one for one in promises.open.values() if _says(one, items, pay_on)), None):
        return same
    today = local_day(moment, rails.zone(legal_entity))
    rails.check(pay_on, Standing(len(promises.open), promises.broken), today=today)
    _check_room(promises, items, currency)

    promise = Promise(
        promise_id,
        customer_id,
        legal_entity,
        currency,
        items,
        pay_on,
        rails.grace_days,
        moment,
    )
    promises.open[promise_id] = promise
    promises.keep(promise)
    tell_promise(promises, promise, moment=moment)
    return promise


def _scope(invoices: Mapping[UUID, Owed], wanted: Sequence[Wanted]) -> tuple[str, str]:
    """The one legal entity and currency of all items."""
    scopes = set()
    for place, one in enumerate(wanted):
        invoice = invoices.get(one.invoice_id)
        if invoice is None:
            pointer = f"/items/{place}/invoice_id"
            raise PromisedInvoiceUnknown("you have no such invoice", pointer=pointer)
        scopes.add((invoice.legal_entity, invoice.currency))
    if len(scopes) != 1 or len({one.invoice_id for one in wanted}) != len(wanted):
        raise ItemsMixed(
            "invoices of one legal entity in one currency are wanted, each once", pointer="/items"
        )
    return scopes.pop()


def _item(promises: Promises, wanted: Wanted, place: int) -> Item:
    invoice = promises.invoices[wanted.invoice_id]
    minor = minor_of(wanted.amount, invoice.currency, pointer=f"/items/{place}/amount")
    before = {one.payment_id: one.minor for one in promises.paid.get(wanted.invoice_id, ())}
    return Item(wanted.invoice_id, invoice.invoice_number, minor, before)


def _says(promise: Promise, items: Iterable[Item], pay_on: date) -> bool:
    said = {(one.invoice_id, one.minor) for one in items}
    return promise.pay_on == pay_on and said == {
        (one.invoice_id, one.minor) for one in promise.items
    }


def _check_room(promises: Promises, items: Sequence[Item], currency: str) -> None:
    for place, item in enumerate(items):
        invoice = promises.invoices[item.invoice_id]
        left = max(invoice.open_minor - promises.promised_minor(item.invoice_id), 0)
        if item.minor > left:
            raise MorePromisedThanOpen(
                f"{decimal_text(left, currency)} are open and not promised yet",
                pointer=f"/items/{place}/amount",
            )
