"""The messages table: one row per message, its brief and words as JSON."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import asyncpg
from pydantic import TypeAdapter

from notifier.domain.agreement import AgreementBrief
from notifier.domain.brief import (
    AnswerBrief,
    Brief,
    DisputeBrief,
    EscalationBrief,
    ReminderBrief,
    WarningBrief,
)
from notifier.domain.contact import Address, Route
from notifier.domain.message import Message, Purpose, Status, Told
from notifier.domain.payment import PaymentBrief
from notifier.domain.reply import ReplyBrief
from notifier.domain.sign_in import SignInBrief

ORIGIN_TRACES_MAX = 128

_BRIEFS: Mapping[Purpose, TypeAdapter[Any]] = {
    Purpose.COURTESY: TypeAdapter(ReminderBrief),
    Purpose.REMINDER: TypeAdapter(ReminderBrief),
    Purpose.ESCALATION: TypeAdapter(EscalationBrief),
    Purpose.ANSWER: TypeAdapter(AnswerBrief | ReplyBrief),
    Purpose.DISPUTE: TypeAdapter(DisputeBrief),
    Purpose.WARNING: TypeAdapter(WarningBrief),
    Purpose.SIGN_IN: TypeAdapter(SignInBrief),
    Purpose.PAYMENT: TypeAdapter(PaymentBrief),
    Purpose.PROMISE: TypeAdapter(AgreementBrief),
    Purpose.PLAN: TypeAdapter(AgreementBrief),
}
_ROUTE = TypeAdapter(Route)
_TOLD = TypeAdapter(Told)
_ROADS = TypeAdapter(tuple[Address, ...])
_TRACE_ID = re.compile(r"[0-9a-f]{32}")

_MOVING = (
    *("purpose", "status", "version", "due_at", "contact_day", "attempts", "failed_roads", "route"),
    *("told", "reason", "rule", "withheld_at", "ended_at"),
)
"""What a move can change, in the order of `_moving`."""

_MOVING_LIST = ", ".join(_MOVING)
_LASTING_LIST = (
    "customer_id, legal_entity, reminder_id, escalation_id, planned_at, brief, subject_id"
)
COLUMNS = f"message_id, {_MOVING_LIST}, {_LASTING_LIST}"
_ROWS = """
$1::uuid[], $2::text[], $3::text[], $4::int[], $5::timestamptz[], $6::date[], $7::int[], $8::jsonb[], $9::jsonb[],
$10::jsonb[], $11::text[], $12::text[], $13::timestamptz[], $14::timestamptz[]
"""
_SAVE = f"""
INSERT INTO messages ({COLUMNS}, traceparent, origin_traces)
SELECT * FROM unnest(
    {_ROWS},
    $15::uuid[], $16::text[], $17::uuid[], $18::uuid[], $19::timestamptz[], $20::jsonb[], $21::uuid[], $22::text[],
    $23::text[]
)
ON CONFLICT (message_id) DO UPDATE SET
    {", ".join(f"{name} = excluded.{name}" for name in (*_MOVING, "brief"))}
"""
_MOVE = f"""
UPDATE messages AS message SET {", ".join(f"{name} = moved.{name}" for name in _MOVING)}
FROM unnest({_ROWS}) AS moved (message_id, {_MOVING_LIST}) WHERE message.message_id = moved.message_id
"""
_OF_SLICE = f"""
SELECT {COLUMNS} FROM messages
WHERE message_id = ANY($1::uuid[])
UNION
SELECT {COLUMNS} FROM messages
WHERE customer_id = ANY($2::uuid[]) AND status = 'waiting' AND purpose IN ('courtesy', 'reminder')
UNION
SELECT {COLUMNS} FROM messages
WHERE subject_id = ANY($3::uuid[]) AND status = 'waiting'
"""
_NOT_OVER = """
SELECT told.message_id FROM unnest($1::uuid[]) AS told (message_id)
WHERE NOT EXISTS (
    SELECT FROM messages AS known WHERE known.message_id = told.message_id AND known.ended_at IS NOT NULL
)
"""


async def not_over(connection: asyncpg.Connection, message_ids: Sequence[UUID]) -> set[UUID]:
    """Those of these messages that have no outcome here, known or not."""
    return {row["message_id"] for row in await connection.fetch(_NOT_OVER, message_ids)}


async def load(
    connection: asyncpg.Connection,
    message_ids: Sequence[UUID],
    customer_ids: Sequence[UUID] = (),
    subject_ids: Sequence[UUID] = (),
) -> dict[UUID, Message]:
    """These messages, every reminder that waits for these customers, and all that waits to be said of these
    disputes, promises and plans (the caller has locked the rows of all their customers).
    """
    rows = await connection.fetch(_OF_SLICE, message_ids, customer_ids, subject_ids)
    return {row["message_id"]: message_of(row) for row in rows}


async def save(
    connection: asyncpg.Connection, messages: Sequence[Message], opened_by: Mapping[UUID, Any]
) -> None:
    """Write messages back, in one statement. `opened_by`: records whose traces are kept with new messages."""
    if not messages:
        return

    causes = [getattr(opened_by.get(one.message_id), "attributes", {}) for one in messages]
    rows = [(*_moving(one), *_lasting(one)) for one in messages]
    await connection.execute(
        _SAVE,
        *map(list, zip(*rows, strict=True)),
        [cause.get("traceparent", "") for cause in causes],
        [" ".join(origins_of(cause.get("origintraces", ""))) for cause in causes],
    )


async def move(connection: asyncpg.Connection, messages: Sequence[Message]) -> None:
    """Write back messages that are in the table, all but their briefs."""
    if messages:
        columns = zip(*map(_moving, messages), strict=True)
        await connection.execute(_MOVE, *map(list, columns))


def origins_of(text: str) -> list[str]:
    """The trace ids in it, each once."""
    return list(dict.fromkeys(_TRACE_ID.findall(text)))[:ORIGIN_TRACES_MAX]


def message_of(row: asyncpg.Record) -> Message:
    """The message in a row of the table."""
    purpose = Purpose(row["purpose"])
    return Message(
        message_id=row["message_id"],
        customer_id=row["customer_id"],
        purpose=purpose,
        legal_entity=row["legal_entity"],
        status=Status(row["status"]),
        version=row["version"],
        reminder_id=row["reminder_id"],
        escalation_id=row["escalation_id"],
        subject_id=row["subject_id"],
        brief=_BRIEFS[purpose].validate_python(row["brief"]) if row["brief"] else None,
        due_at=row["due_at"],
        planned_at=row["planned_at"],
        contact_day=row["contact_day"],
        attempts=row["attempts"],
        failed_roads=_ROADS.validate_python(row["failed_roads"]),
        route=_ROUTE.validate_python(row["route"]) if row["route"] else None,
        told=_TOLD.validate_python(row["told"]) if row["told"] else None,
        reason=row["reason"],
        rule=row["rule"],
        withheld_at=row["withheld_at"],
        ended_at=row["ended_at"],
    )


def _moving(message: Message) -> tuple[Any, ...]:
    return (
        message.message_id,
        message.purpose.value,
        message.status.value,
        message.version,
        message.due_at,
        message.contact_day,
        message.attempts,
        json.dumps(message.failed_roads),
        _ROUTE.dump_json(message.route).decode() if message.route else None,
        _TOLD.dump_json(message.told).decode() if message.told else None,
        message.reason,
        message.rule,
        message.withheld_at,
        message.ended_at,
    )


def _lasting(message: Message) -> tuple[Any, ...]:
    return (
        message.customer_id,
        message.legal_entity,
        message.reminder_id,
        message.escalation_id,
        message.planned_at,
        _brief_json(message.purpose, message.brief),
        message.subject_id,
    )


def _brief_json(purpose: Purpose, brief: Brief | None) -> str | None:
    return _BRIEFS[purpose].dump_json(brief).decode() if brief else None
