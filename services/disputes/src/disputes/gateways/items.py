"""Customers and invoices in tables: an upsert, guarded by the ledger's version."""

from collections.abc import Sequence
from dataclasses import astuple

import asyncpg

from disputes.domain.items import Items
from shared.base.clock import Moment
from shared.contracts.event import Event
from shared.db.work import Work

_SAVE_CUSTOMERS = """
INSERT INTO customers AS held (customer_id, version, source, customer_number, name, language)
SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[])
ON CONFLICT (customer_id) DO UPDATE SET
    version = excluded.version, source = excluded.source, customer_number = excluded.customer_number,
    name = excluded.name, language = excluded.language
WHERE held.version < excluded.version
"""
_SAVE_INVOICES = """
INSERT INTO invoices AS held (
    invoice_id, customer_id, version, legal_entity, invoice_number, issued_on, due_on, currency,
    total_minor, open_minor, status)
SELECT * FROM unnest(
    $1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::date[], $7::date[], $8::text[],
    $9::bigint[], $10::bigint[], $11::text[])
ON CONFLICT (invoice_id) DO UPDATE SET
    customer_id = excluded.customer_id, version = excluded.version, legal_entity = excluded.legal_entity,
    invoice_number = excluded.invoice_number, issued_on = excluded.issued_on, due_on = excluded.due_on,
    currency = excluded.currency, total_minor = excluded.total_minor, open_minor = excluded.open_minor,
    status = excluded.status
WHERE held.version < excluded.version
"""


async def load(_: asyncpg.Connection, events: Sequence[Event], *, moment: Moment) -> Items:
    """Nothing is read: events carry the whole state, and the tables guard their versions themselves."""
    return Items()


async def save(work: Work, items: Items) -> None:
    """Write what is newer than what the tables hold, in the order of its keys (two writers never cross)."""
    for statement, held in ((_SAVE_CUSTOMERS, items.customers), (_SAVE_INVOICES, items.invoices)):
        work.later(statement, [astuple(held[key]) for key in sorted(held)])
