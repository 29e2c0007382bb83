"""What customers are shown, in tables: an upsert, guarded by the version of whoever tells it."""

import json
from collections.abc import Sequence
from dataclasses import astuple
from typing import Any

import asyncpg

from portal_api.domain.contact import Contact
from portal_api.domain.credit import Credit
from portal_api.domain.customer import Customer
from portal_api.domain.dispute import Dispute
from portal_api.domain.invoice import Invoice
from portal_api.domain.items import Items
from portal_api.domain.message import Message
from portal_api.gateways import (
    charges,
    disputes,
    messages,
    paid,
    preferences,
    requests,
    sessions,
    silences,
)
from shared.base.clock import Moment
from shared.contracts.event import Event
from shared.db.work import Work

_SAVE_CUSTOMERS = """
INSERT INTO customers AS held (
    customer_id, version, source, customer_number, name, language, kind, credit_limit_minor, credit_currency)
SELECT * FROM unnest(
    $1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::text[])
ON CONFLICT (customer_id) DO UPDATE SET
    version = excluded.version, source = excluded.source, customer_number = excluded.customer_number,
    name = excluded.name, language = excluded.language, kind = excluded.kind,
    credit_limit_minor = excluded.credit_limit_minor, credit_currency = excluded.credit_currency
WHERE held.version < excluded.version
"""
_SAVE_CONTACTS = """
INSERT INTO contacts AS held (customer_id, contact_id, version, address, name, language, roles, may)
SELECT told.customer_id, contact_id, told.version, address, told.name, told.language, string_to_array(roles, ' '),
    string_to_array(roles, ' ')
FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[])
    AS told (customer_id, contact_id, version, address, name, language, roles)
JOIN customers USING (customer_id, version)
ON CONFLICT (customer_id, contact_id) DO UPDATE SET
    version = excluded.version, address = excluded.address, name = excluded.name, language = excluded.language,
    may = excluded.may, roles = ARRAY(SELECT role FROM unnest(excluded.may) AS role
        WHERE 'administer' = ANY (excluded.may) OR role <> ALL (held.taken))
"""
"""Who becomes the main contact may do all of it: nobody could give back what was taken from them before."""
_REMOVE_CONTACTS = """
DELETE FROM contacts USING customers
WHERE contacts.customer_id = ANY($1::uuid[]) AND customers.customer_id = contacts.customer_id
    AND contacts.version < customers.version
"""
_SAVE_INVOICES = """
INSERT INTO invoices AS held (
    invoice_id, customer_id, version, legal_entity, invoice_number, issued_on, due_on, currency,
    total_minor, open_minor, status, payment_reference, instalments, discounts, late_after)
SELECT * FROM unnest(
    $1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::date[], $7::date[], $8::text[],
    $9::bigint[], $10::bigint[], $11::text[], $12::text[], $13::jsonb[], $14::jsonb[], $15::date[])
ON CONFLICT (invoice_id) DO UPDATE SET
    customer_id = excluded.customer_id, version = excluded.version, legal_entity = excluded.legal_entity,
    invoice_number = excluded.invoice_number, issued_on = excluded.issued_on, due_on = excluded.due_on,
    currency = excluded.currency, total_minor = excluded.total_minor, open_minor = excluded.open_minor,
    status = excluded.status, payment_reference = excluded.payment_reference, instalments = excluded.instalments,
    discounts = excluded.discounts, late_after = excluded.late_after
WHERE held.version < excluded.version
"""

_SAVE_CREDITS = """
INSERT INTO credits AS held (
    credit_id, kind, customer_id, version, legal_entity, number, dated_on, currency, total_minor, returned_minor,
    returned_on, unapplied_minor, status, method, return_reason, reference, answered_by, allocations)
SELECT * FROM unnest(
    $1::uuid[], $2::text[], $3::uuid[], $4::bigint[], $5::text[], $6::text[], $7::date[], $8::text[], $9::bigint[],
    $10::bigint[], $11::date[], $12::bigint[], $13::text[], $14::text[], $15::text[], $16::text[], $17::uuid[],
    $18::jsonb[])
ON CONFLICT (credit_id) DO UPDATE SET
    customer_id = excluded.customer_id, version = excluded.version, legal_entity = excluded.legal_entity,
    number = excluded.number, dated_on = excluded.dated_on, currency = excluded.currency,
    total_minor = excluded.total_minor, returned_minor = excluded.returned_minor,
    returned_on = excluded.returned_on, unapplied_minor = excluded.unapplied_minor, status = excluded.status,
    method = excluded.method, return_reason = excluded.return_reason, reference = excluded.reference,
    answered_by = coalesce(excluded.answered_by, held.answered_by), allocations = excluded.allocations
WHERE held.version < excluded.version
"""


async def load(_: asyncpg.Connection, events: Sequence[Event], *, moment: Moment) -> Items:
    """Nothing is read: events carry the whole state, and the tables guard their versions themselves."""
    return Items()


async def save(work: Work, items: Items) -> None:
    """Write what is newer than what the tables hold, in the order of its keys (two writers never cross)."""
    customers = [items.customers[key] for key in sorted(items.customers)]
    work.later(_SAVE_CUSTOMERS, [_customer(one) for one in customers])
    work.later(_SAVE_INVOICES, [_invoice(items.invoices[key]) for key in sorted(items.invoices)])
    work.later(messages.SAVE, [_message(items.messages[key]) for key in sorted(items.messages)])
    charges.left(work, sorted(items.messages))
    work.later(disputes.SAVE, [_dispute(items.disputes[key]) for key in sorted(items.disputes)])
    work.later(disputes.SAVE_WORDS, [items.said[key] for key in sorted(items.said)])
    work.later(_SAVE_CREDITS, [_credit(items.credits[key]) for key in sorted(items.credits)])
    over = items.hardships_over
    work.later(requests.SAVE_OVER, [over[key] for key in sorted(over)])
    work.later(silences.SAVE, [astuple(items.silences[key]) for key in sorted(items.silences)])
    disputed = {one.invoice_id for dispute in items.disputes.values() for one in dispute.items}
    paid.save(work, items.paid.values(), disputed.union(items.invoices))
    if items.credits:
        await paid.leave(work, sorted(items.credits))
    if customers:
        await _save_contacts(work, customers)


async def _save_contacts(work: Work, customers: Sequence[Customer]) -> None:
    """Of customers whose version is held now, and no older one: a late fact brings nobody back. Whoever is not named
    any more is gone, and their sessions with them. A change of address waits for nobody's word at an address that
    the ERP has taken away.
    """
    await work.write()
    contacts = [one for customer in customers for one in customer.contacts]
    await preferences.end_of_moved(work.connection, contacts, at=work.moment)
    work.later(_SAVE_CONTACTS, [_contact(one) for one in contacts])
    await work.write()
    ids = [one.customer_id for one in customers]
    await work.connection.execute(_REMOVE_CONTACTS, ids)
    await sessions.end_of_removed(work.connection, ids, at=work.moment)
    await preferences.end_of_removed(work.connection, ids, at=work.moment)


def _customer(held: Customer) -> tuple[Any, ...]:
    return (
        *(held.customer_id, held.version, held.source, held.customer_number),
        *(held.name, held.language, *held.traits),
    )


def _contact(held: Contact) -> tuple[Any, ...]:
    return (
        *(held.customer_id, held.contact_id, held.version, held.address, held.name),
        *(held.language, " ".join(held.roles)),
    )


def _invoice(held: Invoice) -> tuple[Any, ...]:
    *plain, instalments, discounts = astuple(held)
    return (*plain, _json(instalments), _json(discounts), held.late_after)


def _credit(held: Credit) -> tuple[Any, ...]:
    *plain, allocations = astuple(held)
    return (*plain, _json(allocations))


def _message(held: Message) -> tuple[Any, ...]:
    *plain, mentioned = astuple(held)
    return (*plain, _json(mentioned))


def _dispute(held: Dispute) -> tuple[Any, ...]:
    *plain, disputed, clocks = astuple(held)
    return (*plain, _json(disputed), _json(clocks))


def _json(rows: object) -> str:
    return json.dumps(rows, default=str)
