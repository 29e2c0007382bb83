"""Tasks in their table: found by what they are about, listed for who has to do them."""

from collections.abc import Collection, Iterable
from dataclasses import astuple
from typing import NamedTuple
from uuid import UUID

import asyncpg

from scheduler.domain.task import Task, TaskKind, TaskOutcome
from scheduler.gateways import timeline
from scheduler.gateways.rows import write_later
from scheduler.gateways.timeline import Line
from shared.base.clock import Moment
from shared.base.telling import Told
from shared.contracts.event import Event
from shared.db.work import Work
from shared.messaging.tell import tell

KEEP = """
INSERT INTO tasks AS known (task_id, customer_id, kind, about, legal_entity, owner_role, owner, why, raised_at, due_at,
                            outcome, note, ended_by, ended_at)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::text[],
                     $9::timestamptz[], $10::timestamptz[], $11::text[], $12::text[], $13::text[], $14::timestamptz[])
ON CONFLICT (task_id) DO UPDATE SET
    outcome = excluded.outcome, note = excluded.note, ended_by = excluded.ended_by, ended_at = excluded.ended_at
WHERE known.ended_at IS NULL AND excluded.ended_at IS NOT NULL
"""
_COLUMNS = """task_id, customer_id, kind, about, legal_entity, owner_role, owner, why, raised_at, due_at, outcome, note,
    ended_by, ended_at"""
_ABOUT = f"SELECT {_COLUMNS} FROM tasks WHERE about = ANY($1::uuid[]) ORDER BY task_id FOR UPDATE"
_OF_CUSTOMERS = f"""
SELECT {_COLUMNS} FROM tasks WHERE customer_id = ANY($1::uuid[]) AND kind = $2 AND ended_at IS NULL
ORDER BY task_id FOR UPDATE
"""
_ONE = f"SELECT {_COLUMNS} FROM tasks WHERE task_id = $1"
_PAGE = f"""
SELECT {_COLUMNS} FROM tasks
WHERE (ended_at IS NULL) = $1 AND ($2::text IS NULL OR kind = $2) AND ($3::text IS NULL OR owner_role = $3)
  AND ($4::uuid IS NULL OR customer_id = $4) AND (due_at, task_id) > ($5, $6)
ORDER BY due_at, task_id LIMIT $7
"""


class Sought(NamedTuple):
    """Which tasks; None is any."""

    is_open: bool
    kind: TaskKind | None
    owner_role: str | None
    customer_id: UUID | None


async def about(connection: asyncpg.Connection, causes: Collection[UUID]) -> list[Task]:
    """All that there ever was to do about these, locked until the transaction ends."""
    return [task_of(row) for row in await connection.fetch(_ABOUT, list(causes))]


async def standing(
    connection: asyncpg.Connection, customers: Collection[UUID], kind: TaskKind
) -> list[Task]:
    """Those of that kind that nobody has ended, locked until the transaction ends."""
    rows = await connection.fetch(_OF_CUSTOMERS, list(customers), kind)
    return [task_of(row) for row in rows]


async def one(connection: asyncpg.Connection, task_id: UUID, *, lock: bool = False) -> Task | None:
    """A task; None when there is none."""
    row = await connection.fetchrow(f"{_ONE} FOR UPDATE" if lock else _ONE, task_id)
    return None if row is None else task_of(row)


async def page(
    connection: asyncpg.Connection, sought: Sought, *, after: tuple[Moment, UUID], limit: int
) -> list[Task]:
    """The most urgent first, behind a position."""
    return [task_of(row) for row in await connection.fetch(_PAGE, *sought, *after, limit)]


def keep(work: Work, tasks: Iterable[Task]) -> None:
    """Have them written. One that is known is not raised again, and one that has ended stays as it is."""
    write_later(work, KEEP, map(astuple, tasks))


def keep_ended(work: Work, task: Task, fact: Event) -> None:
    """Have a task's end written, shown on the timeline, and told."""
    keep(work, [task])
    timeline.append(work, [Line(task.customer_id, task.line(), "", 0)])
    tell(work, [Told(fact, None)])


def task_of(row: asyncpg.Record) -> Task:
    outcome = row["outcome"] and TaskOutcome(row["outcome"])
    return Task(**{**dict(row), "kind": TaskKind(row["kind"]), "outcome": outcome})
