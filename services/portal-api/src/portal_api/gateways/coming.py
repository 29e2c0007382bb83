"""Money that is on its way: paid at the provider, and not in the books yet. Nobody is asked for it again."""

from datetime import timedelta
from typing import Final
from uuid import UUID

import asyncpg

from shared.base.clock import Moment
from shared.base.ids import paid_here_id

BOOKED_AFTER_MAX: Final = timedelta(hours=1)
"""So long the books may take to enter what the provider has; whoever entered it otherwise is believed after that."""

_PAID = """
SELECT payment_id, state, items FROM provider_payments
WHERE customer_id = $1 AND (state = 'processing' OR state = 'succeeded' AND moved_at > $2 AND back IS NULL)
"""
"""What went back, if only in part, was here: it is for the books to say what is left of it."""
_BOOKED = "SELECT credit_id FROM credits WHERE customer_id = $1 AND credit_id = ANY($2::uuid[])"


async def coming(
    connection: asyncpg.Connection, customer_id: UUID, *, moment: Moment
) -> dict[UUID, int]:
    """By invoice, in minor units: what a bank is not done with, and what the books have not told yet."""
    paid = await connection.fetch(_PAID, customer_id, moment - BOOKED_AFTER_MAX)
    if not paid:
        return {}
    entries = {paid_here_id(row["payment_id"]): row["payment_id"] for row in paid}
    booked = await connection.fetch(_BOOKED, customer_id, list(entries))
    done = {entries[row["credit_id"]] for row in booked}

    found: dict[UUID, int] = {}
    for row in paid:
        for item in row["items"] if row["payment_id"] not in done else ():
            invoice_id = UUID(item["invoice_id"])
            found[invoice_id] = found.get(invoice_id, 0) + item["minor"]
    return found
