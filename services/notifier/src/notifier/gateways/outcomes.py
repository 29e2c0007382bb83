"""Hand-overs under way: taken back under their claim when the other side has answered, or when a lease ran out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg

from notifier.domain.customer import Customer
from notifier.domain.handover import Answer, Brought, InDoubt, NotNow, RefusedForGood
from notifier.domain.message import Message
from notifier.gateways import messages
from notifier.gateways.claims import customer_of
from shared.base.clock import Moment

DETAIL_CHARACTERS_MAX = 500

_ANSWERS: Mapping[type[Answer], str] = {
    Brought: "brought",
    RefusedForGood: "refused-for-good",
    NotNow: "not-now",
    InDoubt: "in-doubt",
}
_HELD = f"""
SELECT {messages.COLUMNS} FROM messages
WHERE message_id = $1 AND claim_id = $2 AND status = 'handing-over' FOR UPDATE
"""
_CUSTOMER = "SELECT * FROM customers WHERE customer_id = $1"
_RELEASE = (
    "UPDATE messages SET claim_id = NULL, claimed_until = NULL, trace_id = $2 WHERE message_id = $1"
)
_ANSWERED = """
UPDATE deliveries SET ended_at = $2, answer = $3, detail = $4, provider_id = $5, trace_id = $6
WHERE message_id = $1 AND ended_at IS NULL
"""
_ABANDONED = f"""
SELECT {messages.COLUMNS}, traceparent, origin_traces FROM messages
WHERE status = 'handing-over' AND claimed_until < clock_timestamp()
ORDER BY claimed_until LIMIT $1 FOR UPDATE SKIP LOCKED
"""
_CLAIM_AGAIN = """
UPDATE messages SET claim_id = $2, claimed_until = clock_timestamp() + $3 WHERE message_id = $1
"""


_GIVE_UP = """
UPDATE messages SET claimed_until = clock_timestamp() - interval '1 second'
WHERE status = 'handing-over' AND claimed_by = $1
"""


@dataclass(frozen=True, slots=True)
class Abandoned:
    """A hand-over whose process died in the middle of it; the claim on it is now ours."""

    message: Message
    claim_id: UUID
    trace: tuple[str, str]
    """`traceparent` and origin trace ids."""


async def held(
    connection: asyncpg.Connection, message_id: UUID, claim_id: UUID
) -> tuple[Message, Customer] | None:
    """The message and its customer while the claim is still ours; None when it was recovered meanwhile."""
    row = await connection.fetchrow(_HELD, message_id, claim_id)
    if row is None:
        return None
    customer = await connection.fetchrow(_CUSTOMER, row["customer_id"])
    assert customer is not None, f"message {message_id} is to a customer nobody knows"
    return messages.message_of(row), customer_of(customer)


async def save(
    connection: asyncpg.Connection, message: Message, answer: Answer, *, trace_id: str, now: Moment
) -> None:
    """Write the message and the end of this attempt, and let go of the claim."""
    await messages.save(connection, [message], {})
    await connection.execute(_RELEASE, message.message_id, trace_id)
    await connection.execute(
        _ANSWERED,
        message.message_id,
        now,
        _ANSWERS[type(answer)],
        "" if isinstance(answer, Brought) else answer.detail[:DETAIL_CHARACTERS_MAX],
        answer.provider_id if isinstance(answer, Brought) else "",
        trace_id,
    )


async def give_up(connection: asyncpg.Connection, instance: str) -> None:
    """End the leases that a process of this name held: it has just started, so its predecessor is dead."""
    await connection.execute(_GIVE_UP, instance)


async def claim_abandoned(
    connection: asyncpg.Connection, *, lease: timedelta, limit: int
) -> list[Abandoned]:
    """Hand-overs whose lease has run out, now under a claim of ours."""
    rows = await connection.fetch(_ABANDONED, limit)
    found = [
        Abandoned(messages.message_of(row), uuid4(), (row["traceparent"], row["origin_traces"]))
        for row in rows
    ]
    for one in found:
        await connection.execute(_CLAIM_AGAIN, one.message.message_id, one.claim_id, lease)
    return found
