"""What is open of invoices by instalment on any day, as it is known now or was known then."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg

from ledger.domain.due import InstalmentLeft, left_by_instalment
from ledger.gateways.rows import terms_of
from shared.base.clock import Moment

_NAMED = """
SELECT item, instalment, sum(minor)::bigint AS minor FROM (
    SELECT credit_item AS item, instalment, minor FROM entries
    WHERE instalment IS NOT NULL AND ($1::uuid IS NULL OR customer_id = $1) AND credit = 1200
          AND effective_on <= $2 AND recorded_at <= $3
    UNION ALL SELECT debit_item, instalment, -minor FROM entries
    WHERE instalment IS NOT NULL AND ($1::uuid IS NULL OR customer_id = $1) AND debit = 1200
          AND effective_on <= $2 AND recorded_at <= $3
) AS named GROUP BY 1, 2
"""


async def left_of(
    connection: asyncpg.Connection,
    rows: Iterable[Any],
    *,
    customer_id: UUID | None = None,
    as_of: date,
    known_at: Moment,
) -> dict[UUID, list[InstalmentLeft]]:
    """By invoice, where it has instalments; rows have `invoice_id`, `terms` and `open_minor` of that day.

    `customer_id` is whose they are, None when not all of one.
    """
    terms = {row["invoice_id"]: (terms_of(row["terms"]), row["open_minor"]) for row in rows}
    parts = {
        one: (known.instalments, left)
        for one, (known, left) in terms.items()
        if known and known.instalments
    }
    if not parts:
        return {}
    named: dict[UUID, dict[int, int]] = {}
    for row in await connection.fetch(_NAMED, customer_id, as_of, known_at):
        named.setdefault(row["item"], {})[row["instalment"]] = row["minor"]
    return {
        invoice_id: left_by_instalment(instalments, named.get(invoice_id, {}), left)
        for invoice_id, (instalments, left) in parts.items()
    }
