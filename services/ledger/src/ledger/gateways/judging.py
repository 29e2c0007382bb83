"""Runs to be judged, and what is needed to judge some of their customers."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg

from ledger.domain.comparison import INVOICE, Item, OurItem
from ledger.domain.difference import Difference, Word
from ledger.domain.judging import Judging
from ledger.domain.run import Run, Scope
from ledger.gateways import differences, runs
from ledger.gateways.credit_rows import credit_of
from ledger.gateways.runs import RUN_COLUMNS, items_of, run_of
from ledger.gateways.tables import CREDITS
from shared.base.clock import Moment
from shared.db.work import Work

_DUE = """
SELECT source, legal_entity FROM balance_runs WHERE ended_at IS NULL AND judged_at IS NULL AND heard_at <= $1
ORDER BY as_of, opened_at, run_key LIMIT 1
"""
_NEXT = f"""
SELECT {RUN_COLUMNS}, judged_upto FROM balance_runs
WHERE source = $2 AND legal_entity = $3 AND ended_at IS NULL AND judged_at IS NULL AND heard_at <= $1
ORDER BY as_of, opened_at, run_key LIMIT 1
"""
_OUTRUN = """
SELECT EXISTS (SELECT FROM balance_runs WHERE source = $1 AND legal_entity = $2 AND ending = 'judged'
               AND (as_of, opened_at) > ($3, $4))
"""
_WHOLE = """
SELECT count(*) AS stated, count(*) FILTER (WHERE got = high AND low = high) AS whole FROM (
    SELECT count(*) AS got, min(parts) AS low, max(parts) AS high
    FROM balance_statements WHERE run_key = $1 GROUP BY customer_id
) AS of_customer
"""
_STATED = """
SELECT currency, sum(CASE kind WHEN 'invoice' THEN open ELSE -open END)::bigint AS minor
FROM balance_statements, json_to_recordset(items::json) AS item (kind text, currency text, open bigint)
WHERE run_key = $1 GROUP BY currency
"""
_CUSTOMERS = """
SELECT customer_id, customer_number FROM (
    SELECT customer_id, customer_number FROM balance_statements WHERE run_key = $1
    UNION SELECT customer_id, customer_number FROM customers WHERE $2 AND source = $3 AND customer_id <> $5
) AS named
WHERE $4::uuid IS NULL OR customer_id > $4 ORDER BY customer_id LIMIT $6
"""
_STATEMENTS = """
SELECT customer_id, parts, items FROM balance_statements WHERE run_key = $1 AND customer_id = ANY($2::uuid[])
"""
_JUDGED_SINCE = """
SELECT DISTINCT customer_id FROM balance_statements AS later JOIN balance_runs AS run USING (run_key)
WHERE later.customer_id = ANY($1::uuid[]) AND later.judged_at IS NOT NULL
  AND run.source = $2 AND run.legal_entity = $3 AND (run.as_of, run.opened_at) > ($4, $5)
"""
_PROVISIONAL = """
WITH entered AS (SELECT entered_id FROM requests WHERE state = 'open' AND customer_id = ANY($1::uuid[])),
ours AS (
    SELECT credit_id, invoice_id, spent_minor, applied_minor FROM allocations
    WHERE provisional AND customer_id = ANY($1::uuid[])
    UNION ALL SELECT credit_id, invoice_id, spent_minor, applied_minor
    FROM allocations JOIN entered ON credit_id = entered_id WHERE NOT provisional
)
SELECT credit_id, spent_minor FROM ours UNION ALL SELECT invoice_id, applied_minor FROM ours
UNION ALL SELECT item_id, granted_minor FROM adjustments JOIN entered ON adjustment_id = entered_id
"""
"""What each item has less because of what we matched, and of what we entered for requests that are still open."""
_INVOICES = """
SELECT customer_id, invoice_id, source_id, currency, open_minor, withheld_minor FROM invoices
WHERE customer_id = ANY($1::uuid[]) AND legal_entity = $2
  AND (open_minor > 0 OR withheld_minor > 0 OR invoice_id = ANY($3::uuid[]))
"""
_CREDITS = f"""
SELECT {CREDITS.select} FROM credits
WHERE customer_id = ANY($1::uuid[]) AND legal_entity = $2 AND (unapplied_minor > 0 OR credit_id = ANY($3::uuid[]))
"""
_MOVED = """
SELECT DISTINCT moved.item FROM entries CROSS JOIN LATERAL (VALUES (debit_item), (credit_item)) AS moved (item)
WHERE customer_id = ANY($1::uuid[]) AND moved.item IS NOT NULL AND (recorded_at > $2 OR effective_on > $3)
UNION SELECT unnest(ARRAY[credit_id, invoice_id]) FROM allocations
WHERE customer_id = ANY($1::uuid[]) AND turned_at > $2
UNION SELECT unnest(array_remove(ARRAY[credit_id, invoice_id], NULL))
FROM credits LEFT JOIN allocations USING (credit_id)
WHERE credits.customer_id = ANY($1::uuid[]) AND back_over_minor IS NOT NULL
"""
"""Items that entries moved since; those where the ERP has said what we had matched already, or says so no more; and
those of money of which the provider has said more than the ERP has yet.
"""
_BEGIN = "UPDATE balance_runs SET absence_counts = $2 WHERE run_key = $1"
_ON = "UPDATE balance_runs SET judged_upto = $2 WHERE run_key = $1"
_DONE = """
UPDATE balance_runs SET judged_at = $2::timestamptz, judged_upto = NULL,
    ended_at = CASE WHEN $3::text IS NULL THEN NULL ELSE $2::timestamptz END, ending = $3
WHERE run_key = $1
"""
_JUDGED = "UPDATE balance_statements SET judged_at = $3 WHERE run_key = $1 AND customer_id = ANY($2::uuid[])"
_FORGET = """
DELETE FROM balance_statements USING balance_runs AS run
WHERE balance_statements.run_key = run.run_key AND run.source = $1 AND run.legal_entity = $2
  AND (run.as_of, run.opened_at) < ($3, $4)
"""
_LATE = """
UPDATE balance_runs SET alarmed_at = $2 WHERE ended_at IS NULL AND alarmed_at IS NULL AND opened_at <= $1
RETURNING source, legal_entity, run_id
"""
_UNDER_WAY = """
SELECT min(heard_at) FILTER (WHERE judged_at IS NULL) AS heard_at,
       min(opened_at) FILTER (WHERE alarmed_at IS NULL) AS opened_at,
       count(*) FILTER (WHERE alarmed_at IS NOT NULL) AS alarmed,
       (SELECT count(*) FROM differences WHERE ended_at IS NULL) AS differences
FROM balance_runs WHERE ended_at IS NULL
"""


async def due(connection: asyncpg.Connection, *, heard_before: Moment) -> Scope | None:
    """A scope with a run to judge, the oldest first."""
    row = await connection.fetchrow(_DUE, heard_before)
    return (row["source"], row["legal_entity"]) if row is not None else None


async def take_next(
    connection: asyncpg.Connection, scope: Scope, *, heard_before: Moment
) -> tuple[Run, UUID | None] | None:
    """The oldest run of the scope to judge, with the customer up to whom it is judged; the scope is locked from now."""
    await runs.lock(connection, [scope])
    row = await connection.fetchrow(_NEXT, heard_before, *scope)
    return (run_of(row), row["judged_upto"]) if row is not None else None


async def is_outrun(connection: asyncpg.Connection, run: Run) -> bool:
    """Whether a newer run of the scope has been judged."""
    outrun: bool = await connection.fetchval(_OUTRUN, *run.name.scope, *run.age)
    return outrun


async def count_stated(connection: asyncpg.Connection, run: Run) -> tuple[int, int]:
    """How many customers are stated by now, and of how many all parts are there."""
    row = await connection.fetchrow(_WHOLE, run.name.run_key)
    assert row is not None
    return row["stated"], row["whole"]


async def sums_stated(connection: asyncpg.Connection, run: Run) -> dict[str, int]:
    """What is stated by currency: invoices less credits."""
    return {row[0]: row[1] for row in await connection.fetch(_STATED, run.name.run_key)}


async def customers_after(
    connection: asyncpg.Connection, run: Run, last: UUID | None, *, limit: int
) -> dict[UUID, str]:
    """The next customers of the run by id: those it states and, where absence counts, all others of its source."""
    rows = await connection.fetch(
        _CUSTOMERS, run.name.run_key, run.absence_counts, run.name.source, last, UUID(int=0), limit
    )
    return {row["customer_id"]: row["customer_number"] for row in rows}


async def load(
    connection: asyncpg.Connection,
    run: Run,
    customers: dict[UUID, str],
    *,
    changed_until: Moment,
    moment: Moment,
) -> Judging:
    """What is to be judged of these locked customers; not of those with parts missing or judged by a newer run."""
    name = run.name
    judging = Judging(run, Word(name.run_key, name.run_id, name.as_of, moment))
    ids = list(customers)
    judged_since = await connection.fetch(_JUDGED_SINCE, ids, *name.scope, *run.age)
    left_out = {row["customer_id"] for row in judged_since}
    left_out |= await _load_stated(connection, judging, ids)
    judging.numbers = {one: number for one, number in customers.items() if one not in left_out}

    ids = list(judging.numbers)
    for difference in await differences.standing(connection, ids, name.scope):
        judging.standing[difference.place] = difference
    await _load_ours(connection, judging, ids)
    moved = await connection.fetch(_MOVED, ids, changed_until, name.as_of)
    judging.moved = {row["item"] for row in moved}
    return judging


async def _load_stated(
    connection: asyncpg.Connection, judging: Judging, ids: Sequence[UUID]
) -> set[UUID]:
    """Read the statements; answers the customers of whom not all parts are there."""
    parts_of: dict[UUID, list[int]] = {}
    for row in await connection.fetch(_STATEMENTS, judging.run.name.run_key, ids):
        customer_id, parts, items = row
        judging.stated.setdefault(customer_id, []).extend(items_of(items))
        parts_of.setdefault(customer_id, []).append(parts)
    return {one for one, parts in parts_of.items() if set(parts) != {len(parts)}}


async def _load_ours(connection: asyncpg.Connection, judging: Judging, ids: Sequence[UUID]) -> None:
    """What we have open by the ERP's own word: as if we had matched nothing, and entered nothing for our requests."""
    matched: dict[UUID, int] = {}
    for item_id, minor in await connection.fetch(_PROVISIONAL, ids):
        matched[item_id] = matched.get(item_id, 0) + minor
    wanted = [*matched, *(place[2].item_id for place in judging.standing if place[2].item_id)]
    entity = judging.run.name.legal_entity

    for row in await connection.fetch(_INVOICES, ids, entity, wanted):
        _, invoice_id, source_id, currency, open_minor, withheld = row
        item = Item(INVOICE, invoice_id, source_id, currency)
        ours = OurItem(item, open_minor + matched.get(invoice_id, 0))
        judging.ours.setdefault(row["customer_id"], []).append(ours)
        judging.withheld[invoice_id] = withheld
    wanted += [one.item_id for stated in judging.stated.values() for one in stated]
    for row in await connection.fetch(_CREDITS, ids, entity, wanted):
        credit: Any = credit_of(row)
        if credit.provisional:
            continue
        item = Item(credit.kind, credit.credit_id, credit.source_id, credit.body.currency)
        minor = credit.unapplied_minor + matched.get(credit.credit_id, 0)
        judging.ours.setdefault(credit.customer_id, []).append(
            OurItem(item, minor, directed=credit.directions is not None)
        )


async def has_moved(connection: asyncpg.Connection, difference: Difference) -> bool:
    """Whether its item changed since the run that saw it last was judged, by the measure of that judging."""
    last, item_id = difference.last, difference.item.item_id
    moved = await connection.fetch(_MOVED, [difference.customer_id], last.at, last.as_of)
    return item_id in {row["item"] for row in moved}


async def begin(connection: asyncpg.Connection, run: Run) -> None:
    """Settle for this judging whether absence counts."""
    await connection.execute(_BEGIN, run.name.run_key, run.absence_counts)


async def save(work: Work, judging: Judging, customers: dict[UUID, str]) -> None:
    """Keep what was judged, and up to whom."""
    await differences.keep(work, judging.changed.values(), judging.seen)
    run_key = judging.run.name.run_key
    await work.connection.execute(_JUDGED, run_key, list(judging.numbers), work.moment)
    await work.connection.execute(_ON, run_key, next(reversed(customers)))


async def done(connection: asyncpg.Connection, run: Run, ending: str | None, at: Moment) -> None:
    """Everybody is judged; with an ending the run is over, and what older ones of its scope stated is forgotten."""
    await connection.execute(_DONE, run.name.run_key, at, ending)
    if ending == "judged":
        await connection.execute(_FORGET, *run.name.scope, *run.age)


async def late(connection: asyncpg.Connection, *, opened_before: Moment, at: Moment) -> list[Any]:
    """Runs that have been open for too long and were not reported yet; now they are."""
    rows: list[Any] = await connection.fetch(_LATE, opened_before, at)
    return rows


async def under_way(connection: asyncpg.Connection) -> Any:
    """`heard_at` of the first to judge, `opened_at` of the first to be late; counts of `alarmed` and `differences`."""
    return await connection.fetchrow(_UNDER_WAY)
