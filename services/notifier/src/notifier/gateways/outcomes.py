"""Hand-overs under way: written down under their claim when the other side has answered, or when a lease ran out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg

from notifier.domain.customer import Customer
from notifier.domain.handover import Answer, Brought, InDoubt, NotNow, RefusedForGood
from notifier.domain.message import Message
from notifier.gateways import claims, messages
from notifier.gateways.claims import customer_of
from shared.base.clock import Moment

DETAIL_CHARACTERS_MAX = 500

_ANSWERS: Mapping[type[Answer], str] = {
    Brought: "brought",
    RefusedForGood: "refused-for-good",
    NotNow: "not-now",
    InDoubt: "in-doubt",
}
_STILL_OURS = """
SELECT message_id FROM messages
JOIN unnest($1::uuid[], $2::uuid[]) AS claim (message_id, claim_id) USING (message_id, claim_id)
WHERE status = 'handing-over' ORDER BY message_id FOR UPDATE OF messages
"""
_RELEASE = """
UPDATE messages SET claim_id = NULL, claimed_until = NULL, trace_id = answered.trace_id
FROM unnest($1::uuid[], $2::text[]) AS answered (message_id, trace_id)
WHERE messages.message_id = answered.message_id
"""
_ANSWERED = """
UPDATE deliveries SET
    ended_at = $6, answer = given.answer, detail = given.detail, provider_id = given.provider_id,
    trace_id = given.trace_id
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[])
    AS given (message_id, answer, detail, provider_id, trace_id)
WHERE deliveries.message_id = given.message_id AND ended_at IS NULL
"""
_ABANDONED = f"""
SELECT {messages.COLUMNS}, traceparent, origin_traces FROM messages
WHERE status = 'handing-over' AND claimed_until < clock_timestamp()
ORDER BY claimed_until LIMIT $1 FOR UPDATE SKIP LOCKED
"""
_CUSTOMERS = "SELECT * FROM customers WHERE customer_id = ANY($1::uuid[])"
_GIVE_UP = """
UPDATE messages SET claimed_until = clock_timestamp() - interval '1 second'
WHERE status = 'handing-over' AND claimed_by = $1
"""


@dataclass(frozen=True, slots=True)
class Leased:
    """A message that is being handed over under a claim of ours: nobody else changes it until the claim runs out."""

    message: Message
    customer: Customer
    claim_id: UUID
    trace: tuple[str, str]
    """`traceparent` and origin trace ids."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of a hand-over, and the trace in which it did."""

    leased: Leased
    answer: Answer
    trace_id: str
    trace_headers: Mapping[str, str]

    @property
    def message_id(self) -> UUID:
        return self.leased.message.message_id


async def still_ours(
    connection: asyncpg.Connection, answered: Sequence[Answered]
) -> list[Answered]:
    """Those whose claim nobody has taken over meanwhile, to recover them."""
    rows = await connection.fetch(
        _STILL_OURS,
        [one.message_id for one in answered],
        [one.leased.claim_id for one in answered],
    )
    held = {row["message_id"] for row in rows}
    return [one for one in answered if one.message_id in held]


async def save(
    connection: asyncpg.Connection,
    moved: Sequence[Message],
    answered: Sequence[Answered],
    *,
    now: Moment,
) -> None:
    """Write the messages and the ends of these attempts, and let go of the claims."""
    if not answered:
        return

    await messages.move(connection, moved)
    ids, traces = [one.message_id for one in answered], [one.trace_id for one in answered]
    answers = [one.answer for one in answered]
    await connection.execute(_RELEASE, ids, traces)
    await connection.execute(
        _ANSWERED,
        ids,
        [_ANSWERS[type(one)] for one in answers],
        [getattr(one, "detail", "")[:DETAIL_CHARACTERS_MAX] for one in answers],
        [getattr(one, "provider_id", "") for one in answers],
        traces,
        now,
    )


async def give_up(connection: asyncpg.Connection, instance: str) -> None:
    """End the leases that a process of this name held: it has just started, so its predecessor is dead."""
    await connection.execute(_GIVE_UP, instance)


async def claim_abandoned(
    connection: asyncpg.Connection, *, by: str, lease: timedelta, limit: int
) -> list[Leased]:
    """Hand-overs whose lease has run out, now under a claim of ours."""
    rows = await connection.fetch(_ABANDONED, limit)
    if not rows:
        return []

    known = await connection.fetch(_CUSTOMERS, [row["customer_id"] for row in rows])
    customers = {row["customer_id"]: customer_of(row) for row in known}
    found = [
        Leased(
            messages.message_of(row),
            customers[row["customer_id"]],
            uuid4(),
            (row["traceparent"], row["origin_traces"]),
        )
        for row in rows
    ]
    await claims.lease_out(
        connection, {one.message.message_id: one.claim_id for one in found}, by=by, lease=lease
    )
    return found
