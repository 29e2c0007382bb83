"""Our own decisions, as we told them: written again where a database that was rebuilt or restored has lost them.

What is known is left alone. Instalments that are not known yet get a row at version 0, which the ledger's word
completes.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import asyncpg

from scheduler.domain.decision import Level
from scheduler.gateways import tasks
from scheduler.gateways.rows import listed_columns
from shared.base.clock import Moment
from shared.contracts.event import Event
from shared.contracts.scheduler import (
    EscalationRaised,
    HoldEnded,
    HoldEvent,
    HoldPlaced,
    ReminderPlanned,
    ReminderWithdrawn,
    TaskEnded,
    TaskEvent,
    TaskRaised,
)

_PLANNED = """
INSERT INTO reminders (reminder_id, customer_id, legal_entity, contact_day, step, invoice_ids, instalments, policy,
                       policy_version, planned_at)
SELECT reminder_id, customer_id, legal_entity, contact_day, step, string_to_array(invoice_ids, ' ')::uuid[],
       string_to_array(instalments, ' ')::int[], policy, policy_version, planned_at
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::date[], $5::int[], $6::text[], $7::text[], $8::text[], $9::int[],
            $10::timestamptz[])
     AS row (reminder_id, customer_id, legal_entity, contact_day, step, invoice_ids, instalments, policy,
             policy_version, planned_at)
ON CONFLICT DO NOTHING
"""
_WITHDRAWN = """
UPDATE reminders SET withdrawn_at = told.at
FROM unnest($1::uuid[], $2::timestamptz[]) AS told (reminder_id, at)
WHERE reminders.reminder_id = told.reminder_id AND withdrawn_at IS NULL
"""
_RAISED = """
INSERT INTO escalations (escalation_id, customer_id, legal_entity, level, policy, policy_version, raised_at)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::int[], $7::timestamptz[])
ON CONFLICT DO NOTHING
"""
_ESCALATED = """
INSERT INTO items AS item (invoice_id, instalment, instalments, customer_id, version, legal_entity, invoice_number,
                           currency, due_on, open_minor, direct_debit, returned, holds, discounts, traceparent,
                           owner_told_on, manager_told_on)
SELECT DISTINCT ON (invoice_id, instalment) invoice_id, instalment, instalment, customer_id, 0, legal_entity,
       invoice_number, currency, due_on, 0, false, false, '[]'::jsonb, '[]'::jsonb, '',
       max(owner_on) OVER same, max(manager_on) OVER same
FROM unnest($1::uuid[], $2::int[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::date[], $8::date[], $9::date[])
     AS row (invoice_id, instalment, customer_id, legal_entity, invoice_number, currency, due_on, owner_on, manager_on)
WINDOW same AS (PARTITION BY invoice_id, instalment)
ON CONFLICT (invoice_id, instalment) DO UPDATE SET
    owner_told_on = coalesce(item.owner_told_on, excluded.owner_told_on),
    manager_told_on = coalesce(item.manager_told_on, excluded.manager_told_on)
"""
_HOLDS = """
INSERT INTO holds AS known (hold_id, customer_id, kind, reason, owner, legal_entity, invoice_id, placed_at, until,
                            ended_at)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::uuid[],
                     $8::timestamptz[], $9::timestamptz[], $10::timestamptz[])
ON CONFLICT (hold_id) DO UPDATE SET ended_at = coalesce(known.ended_at, excluded.ended_at)
"""

Recalled = Sequence[tuple[Event, Moment]]
"""Facts of ours and when they were told, oldest first."""


async def save(connection: asyncpg.Connection, told: Recalled) -> None:
    """Write what is missing, a statement per table."""
    await _write(connection, _PLANNED, told, ReminderPlanned, _planned)
    await _write(connection, _WITHDRAWN, told, ReminderWithdrawn, _withdrawn)
    await _write(connection, _RAISED, told, EscalationRaised, _raised)
    await _write(connection, _ESCALATED, told, EscalationRaised, _escalated)
    await _write(connection, _HOLDS, told, HoldPlaced, _hold)
    await _write(connection, _HOLDS, told, HoldEnded, _hold)
    await _write(connection, tasks.KEEP, told, TaskRaised, _task)
    await _write(connection, tasks.KEEP, told, TaskEnded, _task)


async def _write(
    connection: asyncpg.Connection,
    statement: str,
    told: Recalled,
    kind: type[Event],
    rows_of: Callable[[Any, Moment], Iterable[tuple[Any, ...]]],
) -> None:
    rows = [row for event, at in told if isinstance(event, kind) for row in rows_of(event, at)]
    if rows:
        await connection.execute(statement, *map(list, zip(*rows, strict=True)))


def _planned(told: ReminderPlanned, at: Moment) -> Iterable[tuple[Any, ...]]:
    yield (
        *(told.reminder_id, told.customer_id, told.legal_entity, told.contact_day),
        told.step.number,
        *listed_columns((item.invoice_id, item.instalment or 1) for item in told.items),
        *(told.policy, told.policy_version, at),
    )


def _withdrawn(told: ReminderWithdrawn, at: Moment) -> Iterable[tuple[Any, ...]]:
    yield told.reminder_id, at


def _raised(told: EscalationRaised, at: Moment) -> Iterable[tuple[Any, ...]]:
    yield (
        *(told.escalation_id, told.customer_id, told.legal_entity, told.level.value),
        *(told.policy, told.policy_version, at),
    )


def _escalated(told: EscalationRaised, at: Moment) -> Iterable[tuple[Any, ...]]:
    to_owner = told.level.value == Level.ACCOUNT_OWNER
    for item in told.items:
        yield (
            *(item.invoice_id, item.instalment or 1, told.customer_id, told.legal_entity),
            *(item.invoice_number, item.currency, item.due_on),
            *((at.date(), None) if to_owner else (None, at.date())),
        )


def _hold(told: HoldEvent, at: Moment) -> Iterable[tuple[Any, ...]]:
    yield (
        *(told.hold_id, told.customer_id, told.kind.value, told.reason, told.owner),
        *(told.legal_entity, told.invoice_id, told.placed_at, told.until, told.ended_at),
    )


def _task(told: TaskEvent, at: Moment) -> Iterable[tuple[Any, ...]]:
    yield (
        *(told.task_id, told.customer_id, told.kind.value, told.about, told.legal_entity),
        *(told.owner_role, told.owner, told.why, told.raised_at, told.due_at),
        *(told.outcome and told.outcome.value, told.note, told.ended_by, told.ended_at),
    )
