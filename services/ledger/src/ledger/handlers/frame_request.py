"""What a person of ours asks for, held against the books: amounts to minor units, items to ours, or a named refusal."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from ledger.domain import checks
from ledger.domain.books import Books
from ledger.domain.checks import amount_minor, day_in_range
from ledger.domain.credit import CREDIT_NOTE, PAYMENT, Credit
from ledger.domain.customer import Customer
from ledger.domain.invoice import Invoice
from ledger.domain.request import (
    Asked,
    Item,
    ItemElsewhere,
    ItemUnfit,
    ItemUnknown,
    Kind,
    NothingAsked,
    Part,
    Short,
    read_id,
)
from ledger.handlers.know_source import Registered, SourceUnknown, entity_of
from ledger.handlers.read_identity import INVOICE
from shared.base.ids import object_id
from shared.base.money import decimal_text, exponent

NOT_PROVIDED = "NOTPROVIDED"
"""What a bank writes where the payer gave no end-to-end id: it names no payment."""

FITS: dict[Kind, frozenset[str]] = {
    Kind.PAYMENT_POSTING: frozenset({""}),
    Kind.CREDIT_NOTE: frozenset({"", INVOICE}),
    Kind.WRITE_OFF: frozenset({INVOICE}),
    Kind.REFUND: frozenset({PAYMENT, CREDIT_NOTE}),
    Kind.ALLOCATION: frozenset({PAYMENT, CREDIT_NOTE}),
}
"""Kinds of items that a kind of request may be about; "" = none."""


class Place(NamedTuple):
    """An item as a person names it: by the ERP's id or by ours; and of an invoice perhaps one instalment."""

    kind: str
    name: str
    instalment: int | None = None

    def ids(self, source: str) -> list[UUID]:
        """Where it may be found, the ERP's own word first."""
        ours = read_id(self.name)
        theirs = object_id(source, self.kind, self.name)
        return [theirs] if ours is None else [theirs, ours]


class Portion(NamedTuple):
    """An allocation in a person's words."""

    place: Place
    amount: Decimal
    short: Short | None = None


class Wish(NamedTuple):
    """The words of the person."""

    kind: Kind
    legal_entity: str
    currency: str
    amount: Decimal
    on: date
    source_id: str | None = None
    """What our entry is to be called, where whoever asks has a name for it."""
    item: Place | None = None
    reason: str | None = None
    bank_reference: str | None = None
    portions: tuple[Portion, ...] | None = None

    @property
    def reference(self) -> str | None:
        """The bank's reference, if it names a payment."""
        named = self.bank_reference
        return None if named is None or named.upper() == NOT_PROVIDED else named

    def is_of(self, asked: Asked) -> bool:
        """Whether it is what was asked for before."""
        return (
            self.kind is asked.kind
            and (self.legal_entity, self.currency, self.on) == (*asked.scope[1:], asked.on)
            and self.amount == Decimal(decimal_text(asked.minor, asked.currency))
            and self.reference == asked.bank_reference
        )

    def named(self, source: str) -> set[UUID]:
        """Ids of all items that it may mean."""
        places = [one.place for one in self.portions or ()] + ([self.item] if self.item else [])
        return {one for place in places for one in place.ids(source)}


def frame_request(
    books: Books, wish: Wish, customer: Customer, registered: Registered, *, name: str
) -> Asked:
    """The request as it will be told. Refuses what does not fit the customer, its source or its items."""
    source = registered.sources.get(customer.source)
    if source is None:
        raise SourceUnknown(f"{customer.source!r} is not registered in the company file")
    entity_of(source, wish.legal_entity)
    exponent(wish.currency)
    minor = amount_minor(wish.amount, wish.currency, "/amount")
    if not minor:
        raise NothingAsked("the amount is zero", pointer="/amount")
    day_in_range(wish.on, "/value_date")

    return Asked(
        wish.kind,
        customer.source,
        customer.customer_id,
        customer.customer_number,
        wish.legal_entity,
        wish.currency,
        minor,
        wish.on,
        name,
        _item(books, wish, customer),
        wish.reason,
        wish.reference,
        _parts(books, wish, customer, minor),
    )


def _item(books: Books, wish: Wish, customer: Customer) -> Item | None:
    kind = wish.item.kind if wish.item is not None else ""
    if kind not in FITS[wish.kind]:
        fits = " or ".join(sorted(one or "no item" for one in FITS[wish.kind]))
        raise ItemUnfit(f"a {wish.kind} is about {fits}", pointer="/item")
    if wish.item is None:
        return None
    found = _find(books, wish, wish.item, customer, "/item")
    if isinstance(found, Invoice):
        return Item(kind, found.source_id, found.invoice_id, wish.item.instalment)
    return Item(kind, found.source_id, found.credit_id)


def _parts(
    books: Books, wish: Wish, customer: Customer, credit_minor: int
) -> tuple[Part, ...] | None:
    if wish.portions is None:
        if wish.kind is Kind.ALLOCATION:
            raise ItemUnfit("an allocation says to which invoices", pointer="/allocations")
        return None
    if wish.kind in {Kind.WRITE_OFF, Kind.REFUND}:
        raise ItemUnfit(f"a {wish.kind} is not allocated", pointer="/allocations")
    parts, minors = [], []
    for place, portion in enumerate(wish.portions):
        pointer = f"/allocations/{place}"
        found = _find(books, wish, portion.place, customer, f"{pointer}/invoice_id")
        assert isinstance(found, Invoice)
        minors.append(amount_minor(portion.amount, wish.currency, f"{pointer}/amount"))
        exact = Decimal(decimal_text(minors[-1], wish.currency))
        if portion.short is not None:
            amount_minor(portion.short.amount, wish.currency, f"{pointer}/short/amount")
        parts.append(Part(found.invoice_id, found.source_id, exact, portion.short))
    checks.check_allocations(minors, credit_minor)
    return tuple(parts)


def _find(
    books: Books, wish: Wish, place: Place, customer: Customer, pointer: str
) -> Invoice | Credit:
    """One item of the customer's own, in the legal entity and currency of the wish."""
    found = next(_held(books, place, customer.source), None)
    if found is None:
        raise ItemUnknown(f"there is no {place.kind} {place.name!r}", pointer=pointer)
    if found.scope != (customer.customer_id, wish.legal_entity, wish.currency) or not found.active:
        raise ItemElsewhere(
            "it is of another customer, legal entity or currency, or counts no more",
            pointer=pointer,
        )
    return found


def _held(books: Books, place: Place, source: str) -> Iterator[Invoice | Credit]:
    for one in place.ids(source):
        held = books.invoices.get(one) if place.kind == INVOICE else books.credits.get(one)
        if held is None or held.body is None or held.source != source:
            continue
        if isinstance(held, Invoice) or held.kind == place.kind:
            yield held
