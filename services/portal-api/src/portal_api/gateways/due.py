"""What autopay may charge of a customer, from the tables; the customer is locked."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import asyncpg

from portal_api.domain.due import Due, DuePart
from portal_api.domain.silence import is_silent
from portal_api.gateways import answers, silences
from shared.base.clock import Moment
from shared.base.money import minor_of

_INVOICES = """
SELECT invoice_id, invoice_number, legal_entity, currency, open_minor, instalments FROM invoices
WHERE customer_id = $1 AND status = 'open' AND open_minor > 0 ORDER BY due_on, invoice_id
"""
_DISPUTED = "SELECT currency, items FROM disputes WHERE customer_id = $1"


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
    disputed = await _disputed(connection, customer_id)
    spoken = {
        row["invoice_id"]: row["open_minor"]
        - found.left_minor(row["invoice_id"])
        + disputed.get(row["invoice_id"], 0)
        for row in asked
    }
    parts = [part for row in asked for part in _parts(row)]
    parts.sort(key=lambda one: (one.due_on, one.invoice_number, one.number))
    return Due(parts, {row["invoice_id"]: row["open_minor"] for row in asked}, spoken)


async def _disputed(connection: asyncpg.Connection, customer_id: UUID) -> dict[UUID, int]:
    """By invoice, what is not asked for because of disputes."""
    minors: dict[UUID, int] = {}
    for row in await connection.fetch(_DISPUTED, customer_id):
        for item in row["items"]:
            invoice_id, held = UUID(item[0]), minor_of(Decimal(item[5]), row["currency"])
            minors[invoice_id] = minors.get(invoice_id, 0) + held
    return minors


def _parts(row: asyncpg.Record) -> list[DuePart]:
    plain = row["invoice_id"], row["invoice_number"], row["legal_entity"], row["currency"]
    return [
        DuePart(*plain, number, date.fromisoformat(due_on), open_minor)
        for number, due_on, _, open_minor in row["instalments"]
        if due_on is not None and open_minor > 0
    ]
