"""Runs and what they state: read and kept a slice at a time, each scope locked against whoever judges it."""

import json
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import asyncpg

from ledger.domain.run import (
    Balances,
    ItemsStated,
    Run,
    RunCompleted,
    RunName,
    Scope,
    StatedItem,
    said_id,
)
from ledger.gateways.tables import Table
from shared.db.work import Row, Work

STATEMENTS = Table(
    "balance_statements",
    {
        "said_id": "uuid",
        "run_key": "uuid",
        "customer_id": "uuid",
        "customer_number": "text",
        "part": "int",
        "parts": "int",
        "content": "bytea",
        "items": "text",
    },
)
RUN_COLUMNS = """source, legal_entity, run_id, as_of, opened_at, heard_at, completed_by, completed_content, customers,
totals, absence_counts"""

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"
_RUNS = f"SELECT {RUN_COLUMNS} FROM balance_runs WHERE run_key = ANY($1::uuid[])"
_NEWEST = """
SELECT source, legal_entity, as_of, opened_at
FROM unnest($1::text[], $2::text[]) AS scope (source, legal_entity)
CROSS JOIN LATERAL (
    SELECT as_of, opened_at FROM balance_runs AS run
    WHERE run.source = scope.source AND run.legal_entity = scope.legal_entity AND ending = 'judged'
    ORDER BY as_of DESC, opened_at DESC LIMIT 1
) AS newest
"""
_CONTENTS = "SELECT said_id, content FROM balance_statements WHERE said_id = ANY($1::uuid[])"
_ASIDE = """
SELECT parked_id, object_id, line FROM parked_records WHERE object_id = ANY($1::uuid[]) AND ended_at IS NULL
"""
_LISTED = """
SELECT run_key, source, legal_entity, run_id, as_of, opened_at, customers, judged_at, ended_at, ending,
       (SELECT count(*) FROM difference_sightings AS seen WHERE seen.run_key = run.run_key) AS differences
FROM balance_runs AS run
WHERE $1::timestamptz IS NULL OR (opened_at, run_key) > ($1::timestamptz, $2::uuid)
ORDER BY opened_at, run_key LIMIT $3
"""
_KEEP = """
INSERT INTO balance_runs AS run (run_key, source, legal_entity, run_id, as_of, opened_at, heard_at, completed_by,
                                 completed_content, customers, totals)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::date[], $6::timestamptz[], $7::timestamptz[],
                     $8::uuid[], $9::bytea[], $10::int[], $11::text[])
ON CONFLICT (run_key) DO UPDATE SET
    heard_at = excluded.heard_at, completed_by = excluded.completed_by,
    completed_content = excluded.completed_content, customers = excluded.customers, totals = excluded.totals,
    judged_at = NULL, judged_upto = NULL, ended_at = NULL, ending = NULL
"""


async def lock(connection: asyncpg.Connection, scopes: Iterable[Scope]) -> None:
    """Nobody else hears, judges or accepts anything of these scopes until the work ends. Lock them before customers."""
    for source, legal_entity in sorted(set(scopes)):
        await connection.execute(_LOCK, f"balances\n{source}\n{legal_entity}")


async def load(
    connection: asyncpg.Connection, said: Sequence[ItemsStated | RunCompleted]
) -> Balances:
    """All that these records can touch; nothing is asked where there are none."""
    balances = Balances()
    if not said:
        return balances
    names = {one.run for one in said}
    scopes = sorted({name.scope for name in names})
    await lock(connection, scopes)

    for row in await connection.fetch(_RUNS, [name.run_key for name in names]):
        run = run_of(row)
        balances.runs[run.name.run_key] = run
    for source, legal_entity, *age in await connection.fetch(
        _NEWEST, *map(list, zip(*scopes, strict=True))
    ):
        balances.newest[source, legal_entity] = (age[0], age[1])
    ids = [one.said_id for one in said]
    for statement_id, content in await connection.fetch(_CONTENTS, ids):
        balances.contents[statement_id] = content
    for parked_id, object_id, line in await connection.fetch(
        _ASIDE, [name.object_id for name in names]
    ):
        balances.aside.setdefault(said_id(object_id, line), []).append(parked_id)
    return balances


async def save(work: Work, balances: Balances) -> None:
    """Runs that have news, to be judged again, and what they stated."""
    work.later(_KEEP, [_run_row(run) for run in balances.changed.values()])
    await STATEMENTS.insert(work, [_statement_row(one) for one in balances.stated])


async def listed(
    connection: asyncpg.Connection, *, after: tuple[object, object] | None, limit: int
) -> list[asyncpg.Record]:
    """All runs there ever were, the first heard first, with how many differences each has seen."""
    rows: list[asyncpg.Record] = await connection.fetch(_LISTED, *(after or (None, None)), limit)
    return rows


def run_of(row: Any) -> Run:
    """A run from the columns of `RUN_COLUMNS`, which come first."""
    name = RunName(*row[:4])
    opened_at, heard_at, said, content, customers, totals, absence_counts = row[4:11]
    completion = None
    if said is not None:
        completion = RunCompleted(
            said, name, content, customers, tuple((one[0], one[1]) for one in json.loads(totals))
        )
    return Run(name, opened_at, heard_at, completion, absence_counts)


def items_of(text: str) -> tuple[StatedItem, ...]:
    """What a statement lists."""
    return tuple(
        StatedItem(one["kind"], one["id"], UUID(one["item"]), one["currency"], one["open"])
        for one in json.loads(text)
    )


def _run_row(run: Run) -> Row:
    completion = run.completion
    said = (
        (None, None, None, None)
        if completion is None
        else (
            completion.said_id,
            completion.content,
            completion.customers,
            json.dumps(completion.totals),
        )
    )
    return (run.name.run_key, *run.name, run.opened_at, run.heard_at, *said)


def _statement_row(stated: ItemsStated) -> Row:
    items = [
        {"kind": kind, "id": source_id, "item": str(item_id), "currency": currency, "open": minor}
        for kind, source_id, item_id, currency, minor in stated.items
    ]
    return (
        stated.said_id,
        stated.run.run_key,
        stated.customer_id,
        stated.customer_number,
        stated.part,
        stated.parts,
        stated.content,
        json.dumps(items),
    )
