"""A customer's statement of account: what moved its balance, and what the balance consists of at the end.

Movements come from what stands on the control accounts, whatever kind of entry put it there: what nobody has thought of
yet shows under its own name, and the statement adds up all the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from ledger.domain.aging import bucket_of, in_buckets
from ledger.domain.due import InstalmentLeft

INVOICE = "invoice"

Scope = tuple[str, str]
"""(legal entity, currency): balances are never added across either."""


class Moved(NamedTuple):
    """What entries of one kind, day and pair of items did to the control accounts; `owed_minor` > 0 is owed more."""

    legal_entity: str
    currency: str
    on: date
    kind: str
    debit_item: UUID | None
    credit_item: UUID | None
    owed_minor: int
    minor: int


class Item(NamedTuple):
    """An invoice, credit note or payment as it was known; `on` is its day of issue or value date.

    Only invoices have `due_on`.
    """

    item_id: UUID
    kind: str
    number: str
    on: date
    minor: int
    due_on: date | None = None
    reference: str = ""


class Movement(NamedTuple):
    """A line. `applied` says which documents it settled, without changing the balance, and with how much each."""

    on: date
    kind: str
    document: str
    reference: str
    due_on: date | None
    minor: int
    balance_minor: int
    applied: tuple[tuple[str, int], ...] = ()


class Left(NamedTuple):
    """What is open of an invoice or one of its instalments, or unapplied of a credit; positive for all.

    `days_overdue` is 0 before it is due. An instalment's item says its own amount and day, or none while it is not due.
    """

    item: Item
    minor: int
    days_overdue: int = 0
    instalment: InstalmentLeft | None = None

    @property
    def document(self) -> str:
        """The number, and which part of it: `2026-0815 (2/3)`."""
        part = self.instalment
        return self.item.number if part is None else f"{self.item.number} ({part.number}/{part.of})"


@dataclass(frozen=True, slots=True)
class Account:
    """One legal entity and currency. `closing` = open items less unapplied credits."""

    legal_entity: str
    currency: str
    opening_minor: int
    movements: tuple[Movement, ...]
    closing_minor: int
    open_items: tuple[Left, ...]
    unapplied: tuple[Left, ...]
    aging: Mapping[str, int] = field(default_factory=dict)


class Found(NamedTuple):
    """What the books hold of a customer for a statement. `left_minor` is by scope and item, invoices above zero."""

    opening_minor: Mapping[Scope, int]
    moved: Sequence[Moved]
    left_minor: Mapping[tuple[str, str, UUID], int]
    items: Mapping[UUID, Item]
    parts: Mapping[UUID, Sequence[InstalmentLeft]] = {}
    """Of invoices that are due in instalments."""


def draw_up(found: Found, *, as_of: date) -> tuple[Account, ...]:
    """The statement's accounts by legal entity and currency; days overdue count to `as_of`."""
    moved: dict[Scope, list[Moved]] = {}
    for one in found.moved:
        moved.setdefault((one.legal_entity, one.currency), []).append(one)
    left: dict[Scope, list[Left]] = {}
    for (entity, currency, item_id), minor in found.left_minor.items():
        there = left.setdefault((entity, currency), [])
        there += _left(found.items[item_id], minor, found.parts.get(item_id), as_of)
    scopes = (
        moved.keys() | left.keys() | {one for one, minor in found.opening_minor.items() if minor}
    )
    return tuple(
        _account(scope, found, moved.get(scope, []), left.get(scope, []))
        for scope in sorted(scopes)
    )


def _account(scope: Scope, found: Found, moved: list[Moved], left: list[Left]) -> Account:
    opening = found.opening_minor.get(scope, 0)
    movements = _movements(moved, found.items, opening)
    open_items = sorted((one for one in left if one.item.kind == INVOICE), key=_by_due_day)
    aging: dict[str, int] = {}
    for one in open_items:
        name = bucket_of(one.days_overdue)
        aging[name] = aging.get(name, 0) + one.minor
    return Account(
        *scope,
        opening_minor=opening,
        movements=movements,
        closing_minor=movements[-1].balance_minor if movements else opening,
        open_items=tuple(open_items),
        unapplied=tuple(sorted((one for one in left if one.item.kind != INVOICE), key=_by_day)),
        aging=in_buckets(aging),
    )


def _movements(
    moved: list[Moved], items: Mapping[UUID, Item], opening_minor: int
) -> tuple[Movement, ...]:
    """Lines by day; on one day what is owed more first, then by document. An application of the day on which its credit
    came is told at the credit's own line; a later one has its own."""
    applied: dict[tuple[date, UUID], list[tuple[str, int]]] = {}
    lines: dict[tuple[date, str, UUID], int] = {}
    for one in moved:
        if one.debit_item is not None and one.credit_item is not None:
            there = applied.setdefault((one.on, one.debit_item), [])
            there.append((items[one.credit_item].number, one.minor))
        else:
            item_id = one.debit_item or one.credit_item
            assert item_id is not None
            key = (one.on, one.kind, item_id)
            lines[key] = lines.get(key, 0) + one.owed_minor
    came = {(on, item_id) for (on, kind, item_id) in lines if kind == items[item_id].kind}
    for on, item_id in applied.keys() - came:
        lines[on, "application", item_id] = lines.get((on, "application", item_id), 0)

    balance, told = opening_minor, []
    for (on, kind, item_id), minor in sorted(lines.items(), key=lambda one: _place(one, items)):
        item, balance = items[item_id], balance + minor
        own = kind == item.kind or (kind == "application" and (on, item_id) not in came)
        told.append(
            Movement(
                on,
                kind,
                item.number,
                item.reference,
                item.due_on,
                minor,
                balance,
                tuple(sorted(applied.get((on, item_id), ()))) if own else (),
            )
        )
    return tuple(told)


def _place(
    line: tuple[tuple[date, str, UUID], int], items: Mapping[UUID, Item]
) -> tuple[date, int, str, str, UUID]:
    (on, kind, item_id), minor = line
    return on, (0 if minor > 0 else 1 if minor < 0 else 2), items[item_id].number, kind, item_id


def _left(
    item: Item, minor: int, parts: Sequence[InstalmentLeft] | None, as_of: date
) -> list[Left]:
    if item.due_on is None:
        return [Left(item, -minor)]
    if parts is None:
        return [Left(item, minor, max(0, (as_of - item.due_on).days))]
    return [
        Left(
            item._replace(minor=one.minor, due_on=one.due_on),
            one.open_minor,
            one.days_overdue(as_of),
            one,
        )
        for one in parts
        if one.open_minor
    ]


def _by_due_day(one: Left) -> tuple[date, str, UUID]:
    return one.item.due_on or date.max, one.document, one.item.item_id


def _by_day(one: Left) -> tuple[date, str, UUID]:
    return one.item.on, one.item.number, one.item.item_id


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of account. `start` None = from the beginning; the name and language are as known at `known_at`."""

    customer_id: UUID
    source: str
    customer_number: str
    name: str
    language: str
    start: date | None
    as_of: date
    known_at: datetime
    accounts: tuple[Account, ...]
