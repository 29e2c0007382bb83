"""What stands of a customer's answers, read for a page; and what was booked against one invoice."""

from typing import Final, NamedTuple
from uuid import UUID

import asyncpg

from portal_api.domain.plan import Plan
from portal_api.domain.promise import Promise
from portal_api.domain.standing import Standing
from portal_api.gateways import disputes, plans, promises
from portal_api.gateways.coming import coming
from shared.base.clock import Moment

ANSWERS_READ_MAX: Final = 200
"""Of each kind; the limits of what may be open at a time are far below."""
BOOKED_SHOWN_MAX: Final = 50

_PROMISES = (
    "SELECT * FROM promises WHERE customer_id = $1 AND state = 'open' ORDER BY pay_on LIMIT $2"
)
_PLANS = """
SELECT * FROM plans WHERE customer_id = $1 AND ended_at IS NULL ORDER BY proposed_at, plan_id LIMIT $2
"""
_SUMS = """
SELECT currency, sum(open_minor)::bigint AS open_minor FROM invoices WHERE customer_id = $1 AND status = 'open'
GROUP BY currency HAVING sum(open_minor) > 0 ORDER BY currency
"""
_BOOKED = """
SELECT credit_id, kind, number, dated_on, part ->> 1 AS amount
FROM credits, jsonb_array_elements(allocations) AS part
WHERE customer_id = $1 AND part ->> 0 = $2
ORDER BY dated_on DESC, credit_id LIMIT $3
"""


class Answered(NamedTuple):
    """What is open of each kind, and what it holds of which invoice."""

    disputes: list[asyncpg.Record]
    promises: list[Promise]
    plans: list[Plan]
    coming: dict[UUID, int]

    @property
    def standing(self) -> Standing:
        """What of which invoice has an answer."""
        held = disputes.held(self.disputes)
        return Standing.of(held, self.promises, self.plans, self.coming)


async def answered(
    connection: asyncpg.Connection, customer_id: UUID, *, moment: Moment
) -> Answered:
    """Of one customer; and what they have paid that is on its way."""
    promised, planned = [
        await connection.fetch(sql, customer_id, ANSWERS_READ_MAX) for sql in (_PROMISES, _PLANS)
    ]
    return Answered(
        await disputes.standing(connection, customer_id),
        [promises.promise_of(row) for row in promised],
        [plans.plan_of(row) for row in planned],
        await coming(connection, customer_id, moment=moment),
    )


async def open_sums(connection: asyncpg.Connection, customer_id: UUID) -> dict[str, int]:
    """All that is open, in minor units by currency."""
    rows = await connection.fetch(_SUMS, customer_id)
    return {row["currency"]: row["open_minor"] for row in rows}


async def booked(
    connection: asyncpg.Connection, customer_id: UUID, invoice_id: UUID
) -> list[asyncpg.Record]:
    """Payments and credit notes that stand against an invoice, the newest first."""
    rows: list[asyncpg.Record] = await connection.fetch(
        _BOOKED, customer_id, str(invoice_id), BOOKED_SHOWN_MAX
    )
    return rows
