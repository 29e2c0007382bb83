"""Plans in their table, which whoever changes them has locked by their customer; and the quotes before them."""

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

import asyncpg
from pydantic import TypeAdapter

from portal_api.domain.plan import Acceptance, Instalment, Plan, PlanState, Terms
from portal_api.domain.quote import Quote
from portal_api.gateways.promises import ITEMS
from shared.base.clock import Moment
from shared.db.work import Work

TIMER: Final = "plans"
"""Kind of the timer that a plan has while it is open."""
_TERMS: Final = TypeAdapter(Terms)
_INSTALMENTS: Final = TypeAdapter(list[Instalment])
_ACCEPTANCES: Final = TypeAdapter(list[Acceptance])

_KEEP = """
INSERT INTO plans (
    plan_id, customer_id, terms, items, instalments, acceptances, proposed_at, answer_by, extended_days, reason, state,
    version, ended_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
ON CONFLICT (plan_id) DO UPDATE SET
    items = excluded.items, instalments = excluded.instalments, acceptances = excluded.acceptances,
    answer_by = excluded.answer_by, extended_days = excluded.extended_days, reason = excluded.reason,
    state = excluded.state, version = excluded.version, ended_at = excluded.ended_at
"""
_PAGE = """
SELECT * FROM plans
WHERE customer_id = $1 AND ($2::timestamptz IS NULL OR (proposed_at, plan_id) > ($2, $3))
ORDER BY proposed_at, plan_id LIMIT $4
"""
_ONE = "SELECT * FROM plans WHERE customer_id = $1 AND plan_id = $2"
_ANY = "SELECT * FROM plans WHERE plan_id = $1"
_KEEP_QUOTE = """
INSERT INTO plan_quotes (quote_id, customer_id, terms, items, instalments, made_at, valid_until)
VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (quote_id) DO NOTHING
"""
_QUOTE = "SELECT * FROM plan_quotes WHERE customer_id = $1 AND quote_id = $2"
_FORGET_QUOTES = """
DELETE FROM plan_quotes WHERE quote_id IN (SELECT quote_id FROM plan_quotes WHERE valid_until < $1 LIMIT $2)
"""


async def save(work: Work, changed: Iterable[Plan]) -> None:
    """Write these."""
    for plan in changed:
        await work.connection.execute(_KEEP, *_row(plan))


async def page(
    connection: asyncpg.Connection,
    customer_id: UUID,
    *,
    after: tuple[Moment, UUID] | None,
    limit: int,
) -> list[Plan]:
    """The oldest first, after a position."""
    proposed_at, plan_id = after or (None, None)
    rows = await connection.fetch(_PAGE, customer_id, proposed_at, plan_id, limit)
    return [plan_of(row) for row in rows]


async def one(connection: asyncpg.Connection, customer_id: UUID, plan_id: UUID) -> Plan | None:
    """None when there is none of that id, or it is somebody else's."""
    row = await connection.fetchrow(_ONE, customer_id, plan_id)
    return None if row is None else plan_of(row)


async def any_one(connection: asyncpg.Connection, plan_id: UUID) -> Plan | None:
    """Whosever it is: for staff, and for the job."""
    row = await connection.fetchrow(_ANY, plan_id)
    return None if row is None else plan_of(row)


async def keep_quote(work: Work, quote: Quote) -> None:
    """The same quote again is the same."""
    await work.connection.execute(
        _KEEP_QUOTE,
        *(quote.quote_id, quote.customer_id, *_words(quote)),
        *(quote.made_at, quote.valid_until),
    )


async def quote(connection: asyncpg.Connection, customer_id: UUID, quote_id: UUID) -> Quote | None:
    """None when there is none of that id, or it is somebody else's."""
    row = await connection.fetchrow(_QUOTE, customer_id, quote_id)
    return None if row is None else Quote(**dict(row) | _read(row))


async def forget_quotes(connection: asyncpg.Connection, *, before: Moment, limit: int) -> int:
    """Drop those that were over before a moment; returns how many."""
    answer = await connection.execute(_FORGET_QUOTES, before, limit)
    return int(answer.rpartition(" ")[2])


def plan_of(row: asyncpg.Record) -> Plan:
    """A plan from its row."""
    acceptances = _ACCEPTANCES.validate_python(row["acceptances"])
    state = PlanState(row["state"])
    return Plan(**dict(row) | _read(row) | {"acceptances": acceptances, "state": state})


def _read(row: asyncpg.Record) -> dict[str, Any]:
    return {
        "terms": _TERMS.validate_python(row["terms"]),
        "items": ITEMS.validate_python(row["items"]),
        "instalments": _INSTALMENTS.validate_python(row["instalments"]),
    }


def _words(said: Plan | Quote) -> tuple[str, str, str]:
    return (
        _TERMS.dump_json(said.terms).decode(),
        ITEMS.dump_json(said.items).decode(),
        _INSTALMENTS.dump_json(said.instalments).decode(),
    )


def _row(plan: Plan) -> tuple[Any, ...]:
    return (
        *(plan.plan_id, plan.customer_id, *_words(plan)),
        *(_ACCEPTANCES.dump_json(plan.acceptances).decode(), plan.proposed_at, plan.answer_by),
        *(plan.extended_days, plan.reason, plan.state.value, plan.version, plan.ended_at),
    )
