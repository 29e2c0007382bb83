"""Contacts, read: for whom an address may act."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from portal_api.domain.contact import Role
from portal_api.domain.session import NotSignedIn
from shared.base.clock import Moment

_ACTING = """
SELECT customer_id, customer_number, customers.name AS customer_name, contact_id, contacts.name, contacts.language,
    ARRAY(SELECT DISTINCT unnest(same.roles) FROM contacts AS same
          WHERE same.customer_id = contacts.customer_id AND same.address = $1) AS roles,
    (SELECT legal_entity FROM invoices WHERE invoices.customer_id = contacts.customer_id
     ORDER BY due_on DESC, invoice_id DESC LIMIT 1) AS legal_entity
FROM contacts JOIN customers USING (customer_id)
WHERE address = $1 AND contacts.roles <> '{}'
ORDER BY customer_id, contact_id LIMIT $2
"""
_OWN = "SELECT contact_id, name, address, language, roles, may FROM contacts"
_PAGE = f"{_OWN} WHERE customer_id = $1 AND contact_id > $2 ORDER BY contact_id LIMIT $3"
_ONE = f"{_OWN} WHERE customer_id = $1 AND contact_id = $2 FOR UPDATE"
_TAKE = """
UPDATE contacts SET taken = $3, taken_by = $4, taken_at = $5,
    roles = ARRAY(SELECT role FROM unnest(may) AS role WHERE role <> ALL ($3))
WHERE customer_id = $1 AND contact_id = $2
RETURNING contact_id, name, address, language, roles, may
"""
CUSTOMERS_OF_ADDRESS_MAX = 200
"""A bookkeeper may act for many; nobody for more."""


@dataclass(frozen=True, slots=True)
class Acting:
    """An address as a contact of one customer. `legal_entity` is whom they owe last, None while they owe nobody."""

    customer_id: UUID
    customer_number: str
    customer_name: str
    contact_id: str
    name: str
    language: str
    roles: tuple[Role, ...]
    legal_entity: str | None


async def acting(connection: asyncpg.Connection, address: str) -> list[Acting]:
    """Of each customer one, in the order of their ids; a contact who is told twice is one."""
    found: dict[UUID, Acting] = {}
    for row in await connection.fetch(_ACTING, address, CUSTOMERS_OF_ADDRESS_MAX):
        roles = tuple(role for role in Role if role in row["roles"])
        found.setdefault(row["customer_id"], Acting(**dict(row) | {"roles": roles}))
    return list(found.values())


async def me(connection: asyncpg.Connection, customer_id: UUID, address: str) -> Acting:
    """Who acts for a customer with this address; refuses when they are no contact any more."""
    found = {one.customer_id: one for one in await acting(connection, address)}
    if customer_id not in found:
        raise NotSignedIn("the contact is gone")
    return found[customer_id]


async def page(
    connection: asyncpg.Connection, customer_id: UUID, *, after: str, limit: int
) -> list[asyncpg.Record]:
    """Of a customer, by their ids."""
    rows: list[asyncpg.Record] = await connection.fetch(_PAGE, customer_id, after, limit)
    return rows


async def one(
    connection: asyncpg.Connection, customer_id: UUID, contact_id: str
) -> asyncpg.Record | None:
    """Locked; None when there is none of that id, or it is somebody else's."""
    return await connection.fetchrow(_ONE, customer_id, contact_id)


async def take(
    connection: asyncpg.Connection,
    customer_id: UUID,
    contact_id: str,
    taken: Sequence[Role],
    *,
    by: str,
    at: Moment,
) -> asyncpg.Record:
    """Take these roles, and give all others of the position back; as the contact is then."""
    row = await connection.fetchrow(_TAKE, customer_id, contact_id, list(taken), by, at)
    assert row is not None, "it is locked"
    return row
