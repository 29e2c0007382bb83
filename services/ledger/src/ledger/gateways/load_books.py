"""One bulk read of everything a slice can touch, with its customers locked in order."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg

from ledger.domain.books import Books
from ledger.domain.credit import NOBODY
from ledger.domain.customer import Doubt
from ledger.domain.outcome import Outcome
from ledger.domain.parked import Parked
from ledger.domain.request import REFUSED
from ledger.gateways import disputed
from ledger.gateways.credit_rows import application_of, credit_of
from ledger.gateways.rows import adjustment_of, customer_of, invoice_of
from ledger.gateways.tables import ADJUSTMENTS, ALLOCATIONS, CREDITS, CUSTOMERS, INVOICES
from shared.base.clock import Moment

ENTRIES_PER_BLOCK = 1 << 20
"""Entry ids of one slice: a block that only this slice has."""

_OWNERS = """
WITH RECURSIVE owners AS (
    SELECT customer_id FROM invoices WHERE invoice_id = ANY($1::uuid[])
    UNION SELECT customer_id FROM credits WHERE credit_id = ANY($1::uuid[])
    UNION SELECT customer_id FROM adjustments WHERE adjustment_id = ANY($1::uuid[]) OR item_id = ANY($1::uuid[])
    UNION SELECT customer_id FROM allocations WHERE owner_id IS NOT NULL AND invoice_id = ANY($1::uuid[])
    UNION SELECT doubts.customer_id FROM doubts JOIN parked_records USING (parked_id)
          WHERE object_id = ANY($1::uuid[]) AND ended_at IS NULL
    UNION SELECT owner_id FROM allocations WHERE owner_id IS NOT NULL AND credit_id = ANY($1::uuid[])
    UNION SELECT unnest($2::uuid[])
), payers AS (
    SELECT customer_id FROM owners
    UNION SELECT paid.customer_id FROM payers JOIN allocations AS paid ON owner_id = payers.customer_id
          WHERE owner_id <> $3
)
SELECT customer_id FROM payers
UNION SELECT $3 FROM unnest($4::uuid[]) AS named (id)
WHERE NOT EXISTS (SELECT FROM invoices WHERE invoice_id = id) AND NOT EXISTS (SELECT FROM credits WHERE credit_id = id)
      AND NOT EXISTS (SELECT FROM adjustments WHERE adjustment_id = id)
"""
"""Owners of these objects and of what these credits reach, and whoever else pays for something of theirs.

Not those for whom a payer pays besides: their invoices are not needed, and a parent would lock all its children.
What is not there and whose customer no record names is nobody's.
"""
_LOCK = f"SELECT {CUSTOMERS.select} FROM customers WHERE customer_id = ANY($1::uuid[]) ORDER BY customer_id FOR UPDATE"
_LOCK_BESIDE_NOBODY = f"""
WITH nobody AS MATERIALIZED (SELECT FROM customers WHERE customer_id = '{NOBODY}' FOR SHARE)
SELECT {CUSTOMERS.select} FROM customers WHERE customer_id = ANY($1::uuid[]) AND EXISTS (SELECT FROM nobody)
ORDER BY customer_id FOR UPDATE
"""
"""Who speaks of things that are not there yet keeps out everybody who may bring them; others share the house."""
_NAME = """
INSERT INTO customers (customer_id, source, customer_number, first_seen_at)
SELECT customer_id, source, customer_number, $4
FROM unnest($1::uuid[], $2::text[], $3::text[]) AS named (customer_id, source, customer_number)
ORDER BY customer_id
ON CONFLICT DO NOTHING
"""
_INVOICES = f"""
WITH matching AS (
    SELECT unnest($1::uuid[]) AS customer_id
    UNION SELECT customer_id FROM allocations WHERE provisional AND customer_id = ANY($2::uuid[])
    UNION SELECT customer_id FROM credits WHERE matchable AND unapplied_minor > 0 AND customer_id = ANY($2::uuid[])
    UNION SELECT customer_id FROM credits WHERE credit_id = ANY($4::uuid[])
), named AS (
    SELECT unnest($3::uuid[]) AS id
    UNION SELECT item_id FROM adjustments WHERE adjustment_id = ANY($3::uuid[])
), reached AS (
    SELECT id AS invoice_id FROM named
    UNION SELECT invoice_id FROM allocations JOIN named ON credit_id = id
    UNION SELECT invoice_id FROM matching JOIN invoices USING (customer_id) WHERE open_minor > 0
)
SELECT {INVOICES.select} FROM reached JOIN invoices USING (invoice_id)
"""
_CREDITS = f"""
WITH reached AS (
    SELECT unnest($1::uuid[]) AS credit_id
    UNION SELECT item_id FROM adjustments WHERE adjustment_id = ANY($1::uuid[])
    UNION SELECT credit_id FROM allocations WHERE invoice_id = ANY($2::uuid[])
    UNION SELECT credit_id FROM credits WHERE matchable AND unapplied_minor > 0 AND customer_id = ANY($3::uuid[])
)
SELECT {CREDITS.select} FROM reached JOIN credits USING (credit_id)
"""
_ALLOCATIONS = f"""
SELECT {ALLOCATIONS.select} FROM allocations WHERE credit_id = ANY($1::uuid[]) ORDER BY entry_id NULLS LAST
"""
_ADJUSTMENTS = f"""
SELECT {ADJUSTMENTS.select} FROM adjustments
WHERE (adjustment_id = ANY($1::uuid[]) OR item_id = ANY($1::uuid[])) AND customer_id = ANY($2::uuid[])
"""
"""Not those that name another customer than their item has: they take nothing off it, and nobody locked theirs."""
_PARKED = """
SELECT parked_id, object_id, line, version, outcome, code, pointer, detail, parked_at, topic, partition, "offset",
       array_agg(every.customer_id ORDER BY every.customer_id) AS customer_ids
FROM parked_records JOIN doubts AS every USING (parked_id)
WHERE parked_id IN (SELECT parked_id FROM doubts WHERE customer_id = ANY($1::uuid[]))
GROUP BY parked_id
UNION ALL SELECT request_id, NULL, '', NULL, '', $2, '', '', answered_at, NULL, NULL, NULL, ARRAY[customer_id]
FROM requests WHERE state = 'refused' AND customer_id = ANY($1::uuid[])
"""
"""Records that stand aside, and requests that the ERP refused: both silence their customers."""
_DOUBTED = "SELECT customer_id FROM doubts WHERE parked_id = ANY($1::uuid[])"
_BLOCK = "SELECT nextval('entry_blocks')"


@dataclass(slots=True)
class Wanted:
    """What a slice's records speak of."""

    named: dict[UUID, tuple[str, str]] = field(default_factory=dict)
    """Customers named: id → (source, customer number)."""
    customers: set[UUID] = field(default_factory=set)
    """Customers who are there already."""
    objects: set[UUID] = field(default_factory=set)
    """Invoices, credits and adjustments, named or touched."""
    brought: set[UUID] = field(default_factory=set)
    """Those of them that a record of their own brings, with their customer."""
    matchers: set[UUID] = field(default_factory=set)
    """Customers whose payments we may have to match: all their open invoices are needed."""
    unnamed_payments: set[UUID] = field(default_factory=set)
    """Payments that we may have to match and whose records do not name the customer."""
    parked: set[UUID] = field(default_factory=set)
    """Parked records to handle again."""


async def load(connection: asyncpg.Connection, wanted: Wanted, *, moment: Moment) -> Books:
    """The books of one slice. Raises `SerializationError` (try again) when an object changed hands meanwhile, or a
    credit came to reach something of theirs: nothing of a customer who is not locked is at hand.
    """
    objects = list(wanted.objects)
    books = Books(next_entry_id=await connection.fetchval(_BLOCK) * ENTRIES_PER_BLOCK)
    named = list(wanted.customers | wanted.named.keys())
    spoken_of = list(wanted.objects - wanted.brought)
    found = await connection.fetch(_OWNERS, objects, named, NOBODY, spoken_of)
    owners = [row["customer_id"] for row in found]
    if wanted.parked:
        owners += [
            row["customer_id"] for row in await connection.fetch(_DOUBTED, list(wanted.parked))
        ]
    ids = {*wanted.named, *wanted.customers, *owners}
    await _lock(connection, books, ids, wanted.named, moment)

    customers = list(books.customers)
    if objects or wanted.matchers:
        unnamed = list(wanted.unnamed_payments)
        for row in await connection.fetch(
            _INVOICES, list(wanted.matchers), customers, objects, unnamed
        ):
            books.add_invoice(invoice_of(row))
        await _load_credits(connection, books, wanted.objects, customers)
        items = wanted.objects | books.invoices.keys() | books.credits.keys()
        for row in await connection.fetch(_ADJUSTMENTS, list(items), customers):
            books.add_adjustment(adjustment_of(row))
        if wanted.matchers or wanted.unnamed_payments or books.matchable_in:
            await disputed.load_standing(connection, books.disputed, customers)
    await _load_parked(connection, books, customers)
    _check_owners(books)
    return books


async def _lock(
    connection: asyncpg.Connection,
    books: Books,
    ids: set[UUID],
    named: Mapping[UUID, tuple[str, str]],
    moment: Moment,
) -> None:
    """Lock customers in order; those named for the first time get a row first, so that there is something to lock."""
    wanted = sorted(ids)
    for row in await connection.fetch(_LOCK if NOBODY in ids else _LOCK_BESIDE_NOBODY, wanted):
        books.customers[row[0]] = customer_of(row)
    if missing := [one for one in wanted if one not in books.customers and one in named]:
        sources, numbers = zip(*(named[one] for one in missing), strict=True)
        await connection.execute(_NAME, missing, list(sources), list(numbers), moment)
        for row in await connection.fetch(_LOCK, missing):
            books.customers[row[0]] = customer_of(row)


async def _load_credits(
    connection: asyncpg.Connection, books: Books, objects: set[UUID], customers: list[UUID]
) -> None:
    rows = await connection.fetch(
        _CREDITS, list(objects), list(objects | books.invoices.keys()), customers
    )
    found = {row[0]: credit_of(row) for row in rows}
    if not found:
        return
    for row in await connection.fetch(_ALLOCATIONS, list(found)):
        credit = found[row[0]]
        credit.applications[row[1]] = application_of(row, credit)
    for credit in found.values():
        books.add_credit(credit)


async def _load_parked(connection: asyncpg.Connection, books: Books, customers: list[UUID]) -> None:
    for row in await connection.fetch(_PARKED, customers, REFUSED):
        doubt = Doubt(row["code"], row["parked_at"], str(row["parked_id"]))
        customer_ids = tuple(row["customer_ids"])
        if row["topic"] is not None and all(one in books.customers for one in customer_ids):
            books.add_parked(_parked_of(row, customer_ids))
        for customer_id in customer_ids:
            if customer_id in books.customers:
                books.customers[customer_id].doubts[doubt.record] = doubt


def _parked_of(row: Any, customer_ids: tuple[UUID, ...]) -> Parked:
    return Parked(
        row["parked_id"],
        row["object_id"],
        row["line"],
        row["version"],
        Outcome(row["outcome"]),
        row["code"],
        row["pointer"],
        row["detail"],
        row["parked_at"],
        customer_ids,
        (row["topic"], row["partition"], row["offset"]),
    )


def _check_owners(books: Books) -> None:
    for items in (books.invoices, books.credits, books.adjustments):
        for object_id, item in items.items():
            if item.customer_id not in books.customers:
                raise asyncpg.SerializationError(f"{object_id} has another customer now")
