"""What the books hold of one invoice or payment, for its document."""

from datetime import date
from typing import Any
from uuid import UUID

import asyncpg

from ledger.domain.credit import NOBODY, PAYMENT
from ledger.domain.document import Addressee, InvoiceCopy, Offer, Receipt, Settled
from ledger.domain.request import OURS
from ledger.gateways import instalments, lookups, statements
from ledger.gateways.rows import due_of, terms_of
from shared.base.clock import Moment

_SETTLED = """
SELECT invoice_id, CASE WHEN invoices.customer_id = $2 THEN invoice_number END AS number, currency, applied_minor
FROM allocations JOIN invoices USING (invoice_id)
WHERE credit_id = $1 AND applied_minor > 0 ORDER BY due_on, invoice_id
"""


async def invoice_copy(
    connection: asyncpg.Connection, invoice_id: UUID, *, known_at: Moment
) -> InvoiceCopy | None:
    """As it stands; None when no ERP has posted it, or its customer is not known yet."""
    row = await lookups.invoice(connection, invoice_id)
    if row is None or row["currency"] is None:
        return None
    to = await _addressee(connection, row["customer_id"], known_at)
    if to is None:
        return None
    parts = await instalments.left_of(
        connection, [row], customer_id=row["customer_id"], as_of=date.max, known_at=known_at
    )
    return InvoiceCopy(
        to=to,
        **{name: row[name] for name in ("source", "legal_entity", "currency", "status")},
        number=row["invoice_number"],
        on=row["issued_on"],
        minor=row["total_minor"],
        reference=row["payment_reference"] or "",
        known_at=known_at,
        **{name: row[name] for name in ("due_on", "tax_minor", "open_minor")},
        purchase_order=row["purchase_order"] or "",
        instalments=tuple(parts.get(invoice_id, ())),
        offers=_offers(row),
    )


async def receipt(
    connection: asyncpg.Connection, payment_id: UUID, *, known_at: Moment
) -> Receipt | None:
    """As it stands; None when there is no such payment, or nobody knows whose it is."""
    row = await lookups.credit(connection, payment_id)
    if row is None or row["currency"] is None or row["kind"] != PAYMENT:
        return None
    if row["customer_id"] == NOBODY:
        return None
    to = await _addressee(connection, row["customer_id"], known_at)
    if to is None:
        return None
    settled = await connection.fetch(_SETTLED, payment_id, row["customer_id"])
    return Receipt(
        to=to,
        **{name: row[name] for name in ("source", "legal_entity", "currency", "status", "minor")},
        number=row["number"] or row["source_id"],
        on=row["credited_on"],
        reference=row["reference"] or "",
        known_at=known_at,
        method=row["subkind"] or "",
        **{name: row[name] for name in ("returned_minor", "unapplied_minor")},
        returned_on=row["returned_on"] or row["back_on"],
        provisional=row["source"] == OURS,
        settled=tuple(Settled(*one) for one in settled),
    )


async def _addressee(
    connection: asyncpg.Connection, customer_id: UUID, known_at: Moment
) -> Addressee | None:
    row = await statements.customer(connection, customer_id, known_at=known_at)
    if row is None:
        return None
    body = row["body"]
    return Addressee(row["customer_number"], body.get("name", ""), body.get("language", ""))


def _offers(row: Any) -> tuple[Offer, ...]:
    """Of the discounts those that would take something off; the day decides who may still take one."""
    terms, due = terms_of(row["terms"]), due_of(row["due"])
    if terms is None:
        return ()
    offered = zip(terms.discounts, due.offers, strict=False)
    return tuple(Offer(one.until, row["open_minor"] - off) for one, off in offered if off)
