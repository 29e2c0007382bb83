"""What each payment pays of each invoice, by value date; and promises and plans about it are looked at."""

from collections.abc import Collection, Iterable
from typing import Final
from uuid import UUID

from portal_api.domain.items import PaidPart
from portal_api.gateways import plans, promises
from shared.db.work import Work

_SAVE: Final = """
INSERT INTO paid AS held (invoice_id, payment_id, version, value_date, amount)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::date[], $5::numeric[])
ON CONFLICT (invoice_id, payment_id) DO UPDATE SET
    version = excluded.version, value_date = excluded.value_date, amount = excluded.amount
WHERE held.version < excluded.version
"""
_LEFT: Final = """
UPDATE paid SET amount = 0, version = credits.version FROM credits
WHERE credit_id = payment_id AND payment_id = ANY($1::uuid[]) AND paid.version < credits.version
"""
"""A word of a payment names all that it pays: what it names no more it has left, whether that invoice moved or not."""
KINDS: Final = (promises.TIMER, plans.TIMER)
_WAKE: Final = """
UPDATE timers SET due_at = $2 FROM (
    SELECT kind, key FROM timers
    WHERE due_at > $2 AND (kind, key) IN (
        SELECT $3::text, promise_id::text FROM promises JOIN invoices USING (customer_id)
        WHERE state = 'open' AND invoice_id = ANY($1::uuid[])
        UNION ALL
        SELECT $4::text, plan_id::text FROM plans JOIN invoices USING (customer_id)
        WHERE state IN ('accepted', 'active') AND invoice_id = ANY($1::uuid[]))
    ORDER BY kind, key FOR UPDATE
) AS asleep
WHERE timers.kind = asleep.kind AND timers.key = asleep.key
"""


def save(work: Work, parts: Iterable[PaidPart], invoices: Iterable[UUID]) -> None:
    """Write these, and wake what was answered by whom these invoices belong to: a hint, the judge reads again."""
    work.later(_SAVE, sorted(parts))
    work.later(_WAKE, [(one,) for one in invoices], work.moment, *KINDS)


async def leave(work: Work, payments: Collection[UUID]) -> None:
    """Once these payments are written, as they stand now."""
    await work.write()
    await work.connection.execute(_LEFT, payments)
