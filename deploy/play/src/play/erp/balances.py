"""The ERPs' nightly word: every open item at the end of a day, as far as they have said where money belongs."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from play.cast.company import ENTITIES, Entity
from play.cast.customers import Customer
from play.erp.bodies import decimal
from play.erp.book import Book
from shared.contracts.erp import (
    ErpEvent,
    ErpOpenItemsCompleted,
    ErpOpenItemsStated,
    ErpStatedItem,
    ErpTotal,
    ItemKind,
)

ITEMS_PER_PART = 4
"""Few, so that many customers come in parts."""

Items = list[tuple[ItemKind, str, str, int]]
"""Kind, id, currency, and what is open of it in minor units."""


def nightly_word(book: Book, as_of: date) -> Iterator[tuple[Customer, ErpEvent]]:
    """A run of every legal entity that has something open: its customers, part by part, and its end."""
    by_customer: dict[str, Items] = defaultdict(list)
    customers: dict[str, Customer] = {}
    for customer, kind, item_id, currency, minor in _open_items(book):
        customers[customer.number] = customer
        by_customer[customer.number].append((kind, item_id, currency, minor))

    for entity in ENTITIES:
        stated = {
            number: items
            for number, items in by_customer.items()
            if customers[number].entity is entity
        }
        for number, items in stated.items():
            yield from ((customers[number], part) for part in _parts(entity, number, items, as_of))
        if stated:
            yield customers[next(iter(stated))], _end(entity, list(stated.values()), as_of)


def _open_items(book: Book) -> Iterator[tuple[Customer, ItemKind, str, str, int]]:
    """By the ERP's own word: money that it has put somewhere without saying so is stated as on account."""
    unsaid: dict[str, int] = defaultdict(int)
    for credit in book.credits.values():
        left = credit.unapplied
        if credit.unsaid:
            left = credit.worth
            for part in credit.applied:
                unsaid[part.invoice_id] += part.falls
        if left:
            kind = ItemKind(credit.kind.value)
            yield credit.customer, kind, credit.id, credit.currency, left
    for invoice in book.invoices.values():
        if left := invoice.open + unsaid[invoice.id]:
            customer = invoice.customer
            yield customer, ItemKind.INVOICE, invoice.id, customer.entity.currency, left


def _parts(entity: Entity, number: str, items: Items, as_of: date) -> Iterator[ErpOpenItemsStated]:
    parts = [items[at : at + ITEMS_PER_PART] for at in range(0, len(items), ITEMS_PER_PART)]
    for place, part in enumerate(parts, 1):
        numbered: dict[str, Any] = {"part": place, "parts": len(parts)} if len(parts) > 1 else {}
        yield ErpOpenItemsStated(
            customer_number=number,
            items=tuple(
                ErpStatedItem(
                    kind=kind, id=item_id, currency=currency, open=decimal(minor, currency)
                )
                for kind, item_id, currency, minor in part
            ),
            **_named(entity, as_of),
            **numbered,
        )


def _end(entity: Entity, stated: Sequence[Items], as_of: date) -> ErpOpenItemsCompleted:
    totals: Counter[str] = Counter({entity.currency: 0})
    for kind, _, currency, minor in (item for items in stated for item in items):
        totals[currency] += minor if kind is ItemKind.INVOICE else -minor
    return ErpOpenItemsCompleted(
        customers=len(stated),
        totals=tuple(
            ErpTotal(currency=currency, open=decimal(minor, currency))
            for currency, minor in totals.items()
        ),
        **_named(entity, as_of),
    )


def _named(entity: Entity, as_of: date) -> dict[str, Any]:
    return {"run_id": f"{entity.code}-{as_of}", "legal_entity": entity.code, "as_of": as_of}
