"""The timeline: every decision and every silence, as it was kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg
from pydantic_core import to_json

from scheduler.domain.decision import Decision
from shared.base.clock import Moment
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


@dataclass(frozen=True, slots=True)
class Line:
    """A decision to be kept, whose it is, and under which policy it was made."""

    customer_id: UUID
    decision: Decision
    policy: str
    policy_version: int


async def append(connection: asyncpg.Connection, lines: Sequence[Line], *, moment: Moment) -> None:
    """Keep them in order, in one statement."""
    if not lines:
        return

    decisions = [line.decision for line in lines]
    await connection.execute(
        _APPEND,
        [line.customer_id for line in lines],
        [decision.kind.value for decision in decisions],
        [decision.step for decision in decisions],
        [decision.reason for decision in decisions],
        [decision.rule for decision in decisions],
        [line.policy for line in lines],
        [line.policy_version for line in lines],
        [to_json(decision.facts).decode() for decision in decisions],
        moment,
    )
    for decision in decisions:
        metrics.count("decisions", kind=decision.kind.value, reason=_label(decision))


async def page(
    connection: asyncpg.Connection, customer_id: UUID, *, after: tuple[Moment, int], limit: int
) -> list[asyncpg.Record]:
    """What was decided after a position, oldest first."""
    rows: list[asyncpg.Record] = await connection.fetch(_PAGE, customer_id, *after, limit)
    return rows


def _label(decision: Decision) -> str:
    """Few values only: reasons of holds and segments are free text, their rules are not."""
    return (
        decision.rule if decision.kind.value in {"hold", "segment", "outcome"} else decision.reason
    )
