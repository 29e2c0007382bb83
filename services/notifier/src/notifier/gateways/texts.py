"""Text messages that came in, whose they are, and who asked us to stop."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from notifier.domain.contact import Channel
from notifier.domain.customer import Customer
from notifier.gateways.claims import customer_of
from shared.base.clock import Moment

_TAKE = """
INSERT INTO inbound_texts (provider_id, from_address, to_address, body, wish, customer_id, received_at)
VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING RETURNING provider_id
"""
_WHOSE = """
SELECT * FROM customers WHERE contacts @> $1::jsonb ORDER BY customer_id FOR UPDATE
"""
_ENTITY = """
SELECT legal_entity FROM messages WHERE customer_id = $1 AND route ->> 'channel' = 'sms'
ORDER BY planned_at DESC LIMIT 1
"""
_STOP = """
INSERT INTO opt_outs (channel, address, opted_out_at) VALUES ($1, $2, $3)
ON CONFLICT (channel, address) DO UPDATE SET opted_out_at = excluded.opted_out_at
WHERE opt_outs.opted_out_at IS NULL
RETURNING address
"""
_START = """
UPDATE opt_outs SET opted_out_at = NULL, opted_in_at = $3
WHERE channel = $1 AND address = $2 AND opted_out_at IS NOT NULL RETURNING address
"""


@dataclass(frozen=True, slots=True)
class InboundText:
    """A text message from a phone to us; `provider_id` names it at the provider."""

    provider_id: str
    sender: str
    to: str
    body: str


async def owners(connection: asyncpg.Connection, number: str) -> list[Customer]:
    """Customers who have a contact with that number (E.164), locked against a last look."""
    rows = await connection.fetch(_WHOSE, json.dumps([{"phone": number}]))
    return [customer_of(row) for row in rows]


async def take(
    connection: asyncpg.Connection,
    text: InboundText,
    wish: str,
    customer_id: UUID | None,
    *,
    at: Moment,
) -> bool:
    """Keep the text; False when it was kept before."""
    row = await connection.fetchrow(
        _TAKE, text.provider_id, text.sender, text.to, text.body, wish, customer_id, at
    )
    return row is not None


async def stop(connection: asyncpg.Connection, number: str, *, at: Moment) -> bool:
    """No more text messages to that number; False when that was so already."""
    return await connection.fetchrow(_STOP, Channel.SMS.value, number, at) is not None


async def start(connection: asyncpg.Connection, number: str, *, at: Moment) -> bool:
    """Text messages again; False when they had not been stopped."""
    return await connection.fetchrow(_START, Channel.SMS.value, number, at) is not None


async def last_entity(connection: asyncpg.Connection, customer_id: UUID) -> str | None:
    """In whose name the customer last got a text message."""
    entity: str | None = await connection.fetchval(_ENTITY, customer_id)
    return entity


def from_form(form: Mapping[str, str]) -> InboundText:
    """The provider's form fields."""
    return InboundText(form["MessageSid"], form["From"], form.get("To", ""), form.get("Body", ""))
