"""What the notifier knows of customers: its own projection, written a slice at a time and guarded by version."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple
from typing import Any
from uuid import UUID

import asyncpg
from pydantic import TypeAdapter

from notifier.domain.contact import Contact
from notifier.domain.customer import Customer, ErpHold, Hold, Owner
from notifier.domain.desk import Desk
from notifier.domain.invoice import Credit, Discount, Instalment, Invoice, InvoiceHold
from notifier.domain.payment import (
    PaymentNews,
    back_message_ids,
    charge_message_ids,
    mandate_message_id,
    payment_message_id,
)
from notifier.gateways import messages, preferences
from shared.base.clock import Moment
from shared.base.ids import derived_id
from shared.contracts.event import Event
from shared.contracts.portal_api import (
    ChargeEvent,
    MandateEvent,
    MandateExpiring,
    PaymentBackEvent,
    PaymentEvent,
)

CONTACTS = TypeAdapter(tuple[Contact, ...])
ERP_HOLDS = TypeAdapter(tuple[ErpHold, ...])
INVOICE_HOLDS = TypeAdapter(tuple[InvoiceHold, ...])
INSTALMENTS = TypeAdapter(tuple[Instalment, ...])
DISCOUNTS = TypeAdapter(tuple[Discount, ...])
OWNER = TypeAdapter(Owner | None)

_KNOW = """
INSERT INTO customers (customer_id) SELECT unnest($1::uuid[]) ORDER BY 1 ON CONFLICT DO NOTHING
"""
_LOCK = "SELECT FROM customers WHERE customer_id = ANY($1::uuid[]) ORDER BY customer_id FOR UPDATE"
_CUSTOMERS = """
UPDATE customers AS known SET
    version = told.version, known = told.known, customer_number = told.customer_number, name = told.name,
    kind = told.kind, status = told.status, country = told.country, language = told.language,
    time_zone = told.time_zone, contacts = told.contacts, account_owner = told.account_owner,
    erp_holds = told.erp_holds, doubts = string_to_array(told.doubts, ' ')
FROM unnest(
    $1::uuid[], $2::bigint[], $3::bool[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
    $10::text[], $11::jsonb[], $12::jsonb[], $13::jsonb[], $14::text[]
) AS told (
    customer_id, version, known, customer_number, name, kind, status, country, language, time_zone, contacts,
    account_owner, erp_holds, doubts
)
WHERE known.customer_id = told.customer_id AND known.version < told.version
"""
_PARKED = """
UPDATE customers AS known SET parked = told.parked, parked_version = told.version
FROM unnest($1::uuid[], $2::bigint[], $3::int[]) AS told (customer_id, version, parked)
WHERE known.customer_id = told.customer_id AND known.parked_version <= told.version
"""
_INVOICES = """
INSERT INTO invoices AS known (
    invoice_id, customer_id, version, legal_entity, source, invoice_number, currency, open_minor, status,
    payment_method, payment_reference, document_url, returned, holds, instalments, discounts
)
SELECT * FROM unnest(
    $1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::text[],
    $10::text[], $11::text[], $12::text[], $13::bool[], $14::jsonb[], $15::jsonb[], $16::jsonb[]
)
ON CONFLICT (invoice_id) DO UPDATE SET
    customer_id = excluded.customer_id, version = excluded.version, legal_entity = excluded.legal_entity,
    source = excluded.source, invoice_number = excluded.invoice_number,
    currency = excluded.currency, open_minor = excluded.open_minor, status = excluded.status,
    payment_method = excluded.payment_method, payment_reference = excluded.payment_reference,
    document_url = excluded.document_url, returned = excluded.returned, holds = excluded.holds,
    instalments = excluded.instalments, discounts = excluded.discounts
WHERE known.version < excluded.version
"""
_CREDITS = """
INSERT INTO credits AS known (credit_id, customer_id, version, legal_entity, currency, unapplied_minor)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::bigint[])
ON CONFLICT (credit_id) DO UPDATE SET
    customer_id = excluded.customer_id, version = excluded.version, legal_entity = excluded.legal_entity,
    currency = excluded.currency, unapplied_minor = excluded.unapplied_minor
WHERE known.version < excluded.version
"""
_HOLDS = """
INSERT INTO holds AS known (
    hold_id, customer_id, version, kind, placed_at, legal_entity, invoice_id, until, ended_at
)
SELECT * FROM unnest(
    $1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::timestamptz[], $6::text[], $7::uuid[], $8::timestamptz[],
    $9::timestamptz[]
)
ON CONFLICT (hold_id) DO UPDATE SET
    version = excluded.version, kind = excluded.kind, legal_entity = excluded.legal_entity,
    invoice_id = excluded.invoice_id, until = excluded.until, ended_at = excluded.ended_at
WHERE known.version < excluded.version
"""


_AMOUNT_HOLDS = """
INSERT INTO amount_holds AS known (hold_id, customer_id, version, kind, invoice_id, instalment, minor, until)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::uuid[], $6::int[], $7::bigint[], $8::date[])
ON CONFLICT (hold_id) DO UPDATE SET version = excluded.version, minor = excluded.minor, until = excluded.until
WHERE known.version < excluded.version
"""
_HEARD = "SELECT subject_id, version FROM subjects WHERE subject_id = ANY($1::uuid[])"
_SUBJECTS = """
INSERT INTO subjects AS known (subject_id, version) SELECT * FROM unnest($1::uuid[], $2::bigint[])
ON CONFLICT (subject_id) DO UPDATE SET version = excluded.version WHERE known.version < excluded.version
"""


_CAUSES = ("reminder_id", "escalation_id", "sign_in_id", "request_id", "change_id")
"""What a message may be of; each has one."""
_SUBJECTS_OF = ("dispute_id", "promise_id", "plan_id")
"""What there is news of; each has as many as it moves."""


async def load(connection: asyncpg.Connection, events: Sequence[Event], *, moment: Moment) -> Desk:
    """The desk for a slice, with every customer in it locked: no last look reads what we are about to change."""
    await hold(connection, {event.customer_id for event in events})

    causes = [
        (cause, event.customer_id)
        for event in events
        for name in _CAUSES
        if (cause := getattr(event, name, None))
    ]
    moves = [
        (subject_id, event.version)
        for event in events
        for name in _SUBJECTS_OF
        if (subject_id := getattr(event, name, None))
    ]
    of_money = {one for event in events for one in _of_money(event)}
    if not (causes or moves or of_money):
        return Desk()
    asked = [(cause,) for cause, _ in causes] + [
        one for move in moves for one in (move, (*move, "owner"), (move[0], "satisfaction"))
    ]
    message_ids = [derived_id("message", *one) for one in asked]
    message_ids += of_money
    subject_ids = list({subject_id for subject_id, _ in moves})
    return Desk(
        messages=await messages.load(
            connection, message_ids, list({customer for _, customer in causes}), subject_ids
        ),
        newest={
            row["subject_id"]: row["version"] for row in await connection.fetch(_HEARD, subject_ids)
        },
    )


def _of_money(event: Event) -> Iterator[UUID]:
    """Messages that there may be of a payment, a charge or a mandate."""
    if isinstance(event, PaymentEvent):
        yield from (payment_message_id(event.payment_id, news) for news in PaymentNews)
    if isinstance(event, PaymentBackEvent):
        yield from back_message_ids(event.payment_id, event.version)
    if isinstance(event, ChargeEvent):
        yield from charge_message_ids(event.charge_id, event.announcement_id, event.attempts)
    if isinstance(event, MandateEvent):
        yield from (mandate_message_id(event.mandate_id, news) for news in PaymentNews)
    if isinstance(event, MandateExpiring):
        news = PaymentNews.MANDATE_EXPIRING
        yield mandate_message_id(event.mandate_id, news, event.expires)


async def hold(connection: asyncpg.Connection, customers: Iterable[UUID]) -> None:
    """Lock these customers until the transaction ends, known or not."""
    customer_ids = sorted(customers)
    await connection.execute(_KNOW, customer_ids)
    await connection.fetch(_LOCK, customer_ids)


async def save(connection: asyncpg.Connection, desk: Desk) -> None:
    """Write what was heard, a statement per table, and the messages that were touched."""
    await _write(connection, _CUSTOMERS, map(_customer_row, desk.customers.values()))
    await preferences.save(connection, desk.preferences.values())
    await _write(connection, _PARKED, ((customer, *told) for customer, told in desk.parked.items()))
    await _write(connection, _INVOICES, map(_invoice_row, desk.invoices.values()))
    await _write(connection, _CREDITS, map(_credit_row, desk.credits.values()))
    await _write(connection, _HOLDS, map(_hold_row, desk.holds.values()))
    await _write(connection, _AMOUNT_HOLDS, map(astuple, desk.amount_holds.values()))
    await _write(connection, _SUBJECTS, desk.newest.items())
    await messages.save(connection, desk.to_save(), desk.opened_by)


async def _write(
    connection: asyncpg.Connection, statement: str, rows: Iterable[tuple[Any, ...]]
) -> None:
    columns = [list(column) for column in zip(*rows, strict=True)]
    if columns:
        await connection.execute(statement, *columns)


def _customer_row(customer: Customer) -> tuple[Any, ...]:
    return (
        customer.customer_id,
        customer.version,
        customer.known,
        customer.customer_number,
        customer.name,
        customer.kind,
        customer.status,
        customer.country,
        customer.language,
        customer.time_zone,
        CONTACTS.dump_json(customer.contacts).decode(),
        OWNER.dump_json(customer.account_owner).decode(),
        ERP_HOLDS.dump_json(customer.erp_holds).decode(),
        " ".join(customer.doubts),
    )


def _invoice_row(invoice: Invoice) -> tuple[Any, ...]:
    return (
        invoice.invoice_id,
        invoice.customer_id,
        invoice.version,
        invoice.legal_entity,
        invoice.source,
        invoice.invoice_number,
        invoice.currency,
        invoice.open_minor,
        invoice.status,
        invoice.payment_method,
        invoice.payment_reference,
        invoice.document_url,
        invoice.returned,
        INVOICE_HOLDS.dump_json(invoice.holds).decode(),
        INSTALMENTS.dump_json(invoice.instalments).decode(),
        DISCOUNTS.dump_json(invoice.discounts).decode(),
    )


def _credit_row(credit: Credit) -> tuple[Any, ...]:
    return (
        credit.credit_id,
        credit.customer_id,
        credit.version,
        credit.legal_entity,
        credit.currency,
        credit.unapplied_minor,
    )


def _hold_row(hold: Hold) -> tuple[Any, ...]:
    return (
        hold.hold_id,
        hold.customer_id,
        hold.version,
        hold.kind,
        hold.placed_at,
        hold.legal_entity,
        hold.invoice_id,
        hold.until,
        hold.ended_at,
    )
