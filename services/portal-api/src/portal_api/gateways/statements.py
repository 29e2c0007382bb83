"""What a statement is drawn up from, read: the customer's invoices, payments and credit notes, in two questions."""

from typing import NamedTuple
from uuid import UUID

import asyncpg

from portal_api.domain.statement import STATEMENT_DOCUMENTS_MAX, Given, Owed, StatementTooLong

_INVOICES = """
SELECT invoice_id::text, invoice_number, legal_entity, currency, issued_on, total_minor, open_minor, status
FROM invoices WHERE customer_id = $1
    AND ($2::text IS NULL OR legal_entity = $2) AND ($3::text IS NULL OR currency = $3) LIMIT $4
"""
_CREDITS = """
SELECT credit_id::text, kind, coalesce(number, reference), legal_entity, currency, dated_on, total_minor,
    returned_minor, returned_on, unapplied_minor, status, allocations
FROM credits WHERE customer_id = $1
    AND ($2::text IS NULL OR legal_entity = $2) AND ($3::text IS NULL OR currency = $3) LIMIT $4
"""


class Documents(NamedTuple):
    invoices: list[Owed]
    given: list[Given]


async def documents(
    connection: asyncpg.Connection,
    customer_id: UUID,
    *,
    legal_entity: str | None,
    currency: str | None,
) -> Documents:
    """All of this customer, or of one legal entity or currency; refuses more than a statement has room for."""
    asked = customer_id, legal_entity, currency, STATEMENT_DOCUMENTS_MAX + 1
    invoices = await connection.fetch(_INVOICES, *asked)
    given = await connection.fetch(_CREDITS, *asked)
    if max(len(invoices), len(given)) > STATEMENT_DOCUMENTS_MAX:
        raise StatementTooLong(
            f"a statement has up to {STATEMENT_DOCUMENTS_MAX} invoices and as many credits; narrow it"
        )
    return Documents([*map(Owed._make, invoices)], [*map(Given._make, given)])
