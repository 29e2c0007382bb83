"""Rows: how the domain's values lie in the tables. A jsonb column is written as text and read as plain values."""

import json
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import asyncpg

from scheduler.domain.customer import Customer, ErpHold, Person
from scheduler.domain.hold import AmountHold, Hold, HoldKind
from scheduler.domain.item import Discount, Item, ItemHold, Key
from shared.db.work import Row, Work


def item_of(row: asyncpg.Record) -> Item:
    """An item from a row of `items`."""
    return Item(
        invoice_id=row["invoice_id"],
        customer_id=row["customer_id"],
        version=row["version"],
        legal_entity=row["legal_entity"],
        invoice_number=row["invoice_number"],
        currency=row["currency"],
        due_on=row["due_on"],
        open_minor=row["open_minor"],
        number=row["instalment"],
        of=row["instalments"],
        direct_debit=row["direct_debit"],
        returned=row["returned"],
        holds=tuple(
            ItemHold(hold["reason"], hold["amount_minor"], _day(hold["until"]))
            for hold in row["holds"]
        ),
        discounts=tuple(
            Discount(date.fromisoformat(one["until"]), one["pays_minor"])
            for one in row["discounts"]
        ),
        settled_on=row["settled_on"],
        listed_step=row["listed_step"],
        listed_on=row["listed_on"],
        told_step=row["told_step"],
        owner_told_on=row["owner_told_on"],
        manager_told_on=row["manager_told_on"],
    )


def customer_of(row: asyncpg.Record) -> Customer:
    """A customer from a row of `customers`."""
    owner = None
    if row["owner_email"] is not None:
        owner = Person(row["owner_name"], row["owner_email"])
    return Customer(
        customer_id=row["customer_id"],
        version=row["version"],
        known=row["known"],
        customer_number=row["customer_number"],
        kind=row["kind"],
        status=row["status"],
        country=row["country"],
        time_zone=row["time_zone"],
        legal_entity=row["legal_entity"],
        account_owner=owner,
        credit_limit_minor=row["credit_limit_minor"],
        credit_currency=row["credit_currency"],
        customer_since=row["customer_since"],
        holds=tuple(
            ErpHold(hold["reason"], _day(hold["until"]), hold["legal_entity"])
            for hold in row["holds"]
        ),
        merged_into=row["merged_into"],
        doubts=tuple(row["doubts"]),
    )


def hold_of(row: asyncpg.Record) -> Hold:
    """A hold from a row of `holds`."""
    return Hold(
        hold_id=row["hold_id"],
        customer_id=row["customer_id"],
        kind=HoldKind(row["kind"]),
        reason=row["reason"],
        owner=row["owner"],
        placed_at=row["placed_at"],
        until=row["until"],
        legal_entity=row["legal_entity"],
        invoice_id=row["invoice_id"],
        ended_at=row["ended_at"],
    )


def amount_hold_of(row: asyncpg.Record) -> AmountHold:
    """A hold on an amount from a row of `amount_holds`."""
    return AmountHold(**dict(row))


def holds_json(holds: Sequence[ErpHold | ItemHold]) -> str:
    """Holds as they lie in a jsonb column."""
    if not holds:
        return "[]"
    return json.dumps([_plain(hold) for hold in holds], separators=(",", ":"))


def discounts_json(discounts: Sequence[Discount]) -> str:
    """Discounts as they lie in a jsonb column."""
    if not discounts:
        return "[]"
    return json.dumps(
        [{"until": one.until.isoformat(), "pays_minor": one.pays_minor} for one in discounts]
    )


def listed_columns(items: Iterable[Key]) -> tuple[str, str]:
    """What a reminder lists, for the two arrays of `reminders`: invoices and instalments, by blanks."""
    listed = list(items)
    return " ".join(str(invoice) for invoice, _ in listed), " ".join(str(n) for _, n in listed)


def write_later(work: Work, statement: str, rows: Iterable[Row], *more: object) -> None:
    """Have rows written at the end of the work, in the order of their ids (two writers never cross)."""
    work.later(statement, sorted(rows, key=lambda row: row[0].int), *more)


def _plain(hold: ErpHold | ItemHold) -> dict[str, Any]:
    until = hold.until and hold.until.isoformat()
    if isinstance(hold, ItemHold):
        return {"reason": hold.reason, "amount_minor": hold.amount_minor, "until": until}
    return {"reason": hold.reason, "until": until, "legal_entity": hold.legal_entity}


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
