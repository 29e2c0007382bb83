"""What autopay may charge of a customer, from the tables; the customer is locked."""

from datetime import date
from uuid import UUID

import asyncpg

from portal_api.domain.due import Due, DuePart
from portal_api.domain.silence import is_silent
from portal_api.gateways import answers, silences
from shared.base.clock import Moment

_INVOICES = """
SELECT invoice_id, invoice_number, legal_entity, currency, open_minor, instalments FROM invoices
WHERE customer_id = $1 AND status = 'open' AND open_minor > 0 ORDER BY due_on, invoice_id
"""


async def load(connection: asyncpg.Connection, customer_id: UUID, *, moment: Moment) -> Due:
    """Of every open invoice that we do not keep silent of."""
    rows = await connection.fetch(_INVOICES, customer_id)
    held = await silences.of_customer(connection, customer_id)
    asked = [
        row
        for row in rows
        if not is_silent(held, row["invoice_id"], row["legal_entity"], moment=moment)
    ]
    ids = [row["invoice_id"] for row in asked]
    found = await answers.load(connection, customer_id, invoices=ids)
    spoken = {
        row["invoice_id"]: row["open_minor"] - found.left_minor(row["invoice_id"]) for row in asked
    }
    parts = [part for row in asked for part in _parts(row)]
    parts.sort(key=lambda one: (one.due_on, one.invoice_number, one.number))
    return Due(parts, {row["invoice_id"]: row["open_minor"] for row in asked}, spoken)


def _parts(row: asyncpg.Record) -> list[DuePart]:
    plain = row["invoice_id"], row["invoice_number"], row["legal_entity"], row["currency"]
    return [
        DuePart(*plain, number, date.fromisoformat(due_on), open_minor)
        for number, due_on, _, open_minor in row["instalments"]
        if due_on is not None and open_minor > 0
    ]
