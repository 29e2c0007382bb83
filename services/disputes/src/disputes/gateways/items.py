"""What the ledger's facts move: customers and invoices, an upsert guarded by its version; seldom disputes."""

import json
from collections.abc import Sequence
from dataclasses import astuple
from typing import Any

import asyncpg

from disputes.domain.dispute import dispute_of_deduction
from disputes.domain.docket import Docket
from disputes.domain.invoice import Invoice
from disputes.gateways import docket
from shared.base.clock import Moment
from shared.base.ids import CreditName
from shared.contracts.event import Event
from shared.contracts.ledger import CreditCancelled, CreditPosted, CustomerChanged, DeductionClaimed
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
_SAVE_INVOICES = """
INSERT INTO invoices AS held (
    invoice_id, customer_id, version, legal_entity, invoice_number, issued_on, due_on, currency,
    total_minor, open_minor, status, instalments)
SELECT * FROM unnest(
    $1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::date[], $7::date[], $8::text[],
    $9::bigint[], $10::bigint[], $11::text[], $12::jsonb[])
ON CONFLICT (invoice_id) DO UPDATE SET
    customer_id = excluded.customer_id, version = excluded.version, legal_entity = excluded.legal_entity,
    invoice_number = excluded.invoice_number, issued_on = excluded.issued_on, due_on = excluded.due_on,
    currency = excluded.currency, total_minor = excluded.total_minor, open_minor = excluded.open_minor,
    status = excluded.status, instalments = excluded.instalments
WHERE held.version < excluded.version
"""


async def load(
    connection: asyncpg.Connection, events: Sequence[Event], *, moment: Moment
) -> Docket:
    """Events carry the whole state, and the tables guard their versions themselves: nothing is read, but of disputes
    whose credit or deduction is told. Then all customers of the slice that it may write are locked at once, in their
    order.
    """
    claimed = [one for one in events if isinstance(one, DeductionClaimed)]
    named = [dispute_of_deduction(one.deduction_id) for one in claimed]
    named += [name.dispute_id for one in events if (name := _upheld(one)) is not None]
    if not named:
        return Docket()
    writes = (CreditPosted, CreditCancelled, CustomerChanged, DeductionClaimed)
    customers = {one.customer_id for one in events if isinstance(one, writes)}
    invoices = [one.invoice_id for one in claimed]
    return await docket.load(connection, customers, disputes=named, invoices=invoices)


def save(work: Work, state: Docket) -> None:
    """Write what is newer than what the tables hold, in the order of its keys (two writers never cross)."""
    customers = [astuple(state.customers[key]) for key in sorted(state.customers)]
    work.later(_SAVE_CUSTOMERS, customers)
    work.later(_SAVE_INVOICES, [_row(state.invoices[key]) for key in sorted(state.invoices)])


def _upheld(event: Event) -> CreditName | None:
    """The decision that a credit stands for."""
    if not isinstance(event, CreditPosted | CreditCancelled):
        return None
    return CreditName.of_credit(event.source, event.source_id, event.answers)


def _row(invoice: Invoice) -> tuple[Any, ...]:
    *plain, instalments = astuple(invoice)
    return (*plain, json.dumps(instalments))
