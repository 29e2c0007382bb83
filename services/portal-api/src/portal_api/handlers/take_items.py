"""What a customer wants to promise or plan, by their invoices: no more of any than is open and not spoken for."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from portal_api.domain.answers import Answers
from portal_api.domain.owed import Item, Owed
from shared.base.errors import Refusal
from shared.base.money import decimal_text, minor_of


class InvoiceNotYours(Refusal):
    """You have no such invoice, or nothing of it is open."""

    code = "invoice-unknown"


class ItemsMixed(Refusal):
    """One answer is about one legal entity, in one currency, and names each invoice once."""

    code = "items-mixed"


class MorePromisedThanOpen(Refusal):
    """No more can be promised or planned than is open and not disputed, promised or planned yet."""

    code, status = "more-promised-than-open", 409


class Wanted(NamedTuple):
    """`amount` > 0 of an invoice, in its currency; without one, all that is left of it."""

    invoice_id: UUID
    amount: Decimal | None = None


def take_items(answers: Answers, wanted: Sequence[Wanted]) -> tuple[str, str, list[Item]]:
    """Their legal entity and currency, and the items, with what was paid of them already."""
    legal_entity, currency = scope_of(answers.invoices, [one.invoice_id for one in wanted])
    return legal_entity, currency, [_item(answers, one, place) for place, one in enumerate(wanted)]


def check_left(
    answers: Answers, items: Sequence[Item], currency: str, *, without: UUID | None = None
) -> None:
    """Raises where more is wanted than is left; `without`: as if that plan were not."""
    for place, item in enumerate(items):
        left = answers.left_minor(item.invoice_id, without=without)
        if item.minor > left:
            raise MorePromisedThanOpen(
                f"{decimal_text(left, currency)} are open and not disputed or promised yet",
                pointer=f"/items/{place}/amount",
            )


def paid_already(answers: Answers, invoice_id: UUID) -> dict[UUID, int]:
    """By payment: what it has paid of the invoice up to now."""
    return {one.payment_id: one.minor for one in answers.paid.get(invoice_id, ())}


def scope_of(invoices: Mapping[UUID, Owed], wanted: Sequence[UUID]) -> tuple[str, str]:
    """The one legal entity and currency of all that is named, each once. Raises where it is not so."""
    scopes = set()
    for place, invoice_id in enumerate(wanted):
        invoice = invoices.get(invoice_id)
        if invoice is None:
            pointer = f"/items/{place}/invoice_id"
            raise InvoiceNotYours("you have no such invoice", pointer=pointer)
        scopes.add((invoice.legal_entity, invoice.currency))
    if len(scopes) != 1 or len(set(wanted)) != len(wanted):
        raise ItemsMixed(
            "invoices of one legal entity in one currency are wanted, each once", pointer="/items"
        )
    return scopes.pop()


def _item(answers: Answers, wanted: Wanted, place: int) -> Item:
    invoice = answers.invoices[wanted.invoice_id]
    if wanted.amount is None:
        minor = answers.left_minor(wanted.invoice_id)
        if not minor:
            pointer = f"/items/{place}/invoice_id"
            raise MorePromisedThanOpen(
                "nothing is open and not disputed or promised yet", pointer=pointer
            )
    else:
        minor = minor_of(wanted.amount, invoice.currency, pointer=f"/items/{place}/amount")
    before = paid_already(answers, wanted.invoice_id)
    return Item(wanted.invoice_id, invoice.invoice_number, minor, before)
