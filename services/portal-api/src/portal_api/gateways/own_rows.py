"""A customer's own rows: what is asked inside the block is asked as a role that sees no others.

The second lock: the doors ask for one customer's rows, and the database gives no others, even where a door forgot to
say whose. It is no jail: whoever can have any SQL executed can also change the role back.
"""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final
from uuid import UUID

import asyncpg

from shared.db.work import Database

ROLE: Final = "portal_customer"
"""Made by a migration. It may read what the policies give it, and nothing else."""

_CONFINE: Final = f"SET LOCAL ROLE {ROLE};SET LOCAL app.customer_id = '{{}}'"
"""Filled with an id, which has nothing in it that would need quoting; it goes with the BEGIN, in one trip."""


@asynccontextmanager
async def own_answer(database: Database, customer_id: UUID) -> AsyncIterator[asyncpg.Connection]:
    """For one question: on a connection that is never more than the role, and has each time to be told for whom; so no
    transaction is begun and ended around it, which would cost as much again.
    """
    async with database.as_role(ROLE).ask() as connection:
        await connection.execute(f"SET app.customer_id = '{UUID(str(customer_id))}'")
        yield connection


def own_rows(
    database: Database, customer_id: UUID
) -> AbstractAsyncContextManager[asyncpg.Connection]:
    """A read-only view of one instant; role and customer end with its transaction."""
    return database.look(begin=_CONFINE.format(UUID(str(customer_id))))
