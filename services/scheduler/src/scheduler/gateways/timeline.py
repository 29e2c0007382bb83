"""The timeline: every decision and every silence, as it was kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg
from pydantic_core import to_json

from scheduler.domain.decision import Decision
from shared.base.clock import Moment
from shared.db.work import Work
from shared.instruments import metrics

_APPEND = """
INSERT INTO decisions (customer_id, at, kind, step, reason, rule, policy, policy_version, facts)
SELECT customer_id, $9, kind, step, reason, rule, policy, policy_version, facts
FROM unnest($1::uuid[], $2::text[], $3::int[], $4::text[], $5::text[], $6::text[], $7::int[], $8::jsonb[])
     WITH ORDINALITY AS row (customer_id, kind, step, reason, rule, policy, policy_version, facts, place)
ORDER BY place
"""
_PAGE = """
SELECT decision_id, at, kind, step, reason, rule, policy, policy_version, facts FROM decisions
WHERE customer_id = $1 AND (at, decision_id) > ($2, $3)
ORDER BY at, decision_id LIMIT $4
"""

RULES_COUNTED = frozenset({"hold", "segment", "outcome", "task"})


@dataclass(frozen=True, slots=True)
class Line:
    """A decision to be kept, whose it is, and under which policy it was made."""

    customer_id: UUID
    decision: Decision
    policy: str
    policy_version: int


def append(work: Work, lines: Sequence[Line]) -> None:
    """Have them kept in order, at the end of the work."""
    rows = [
        (
            *(line.customer_id, line.decision.kind.value, line.decision.step, line.decision.reason),
            *(line.decision.rule, line.policy, line.policy_version),
            to_json(line.decision.facts).decode(),
        )
        for line in lines
    ]
    work.later(_APPEND, rows, work.moment)
    for line in lines:
        kind, reason = line.decision.kind.value, _label(line.decision)
        metrics.count("decisions", kind=kind, reason=reason)


async def page(
    connection: asyncpg.Connection, customer_id: UUID, *, after: tuple[Moment, int], limit: int
) -> list[asyncpg.Record]:
    """What was decided after a position, oldest first."""
    rows: list[asyncpg.Record] = await connection.fetch(_PAGE, customer_id, *after, limit)
    return rows


def _label(decision: Decision) -> str:
    """Few values only: reasons of holds, segments and tasks are free text, their rules are not."""
    return decision.rule if decision.kind.value in RULES_COUNTED else decision.reason
