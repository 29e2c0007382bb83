"""One slice of work is one transaction: the only commit in the repository."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import cast

import asyncpg
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from shared.base.clock import Moment
from shared.base.points import reached

POOL_CONNECTIONS = 16
"""All of them are kept: a connection beyond the pool would be opened and closed for every transaction."""

POOL_WAIT_SECONDS = 10
STATEMENT_SECONDS_MAX = 60
_BEGIN = text("SET LOCAL lock_timeout = '15s'")
"""SQLAlchemy opens the transaction with the first statement it sends itself; the driver then works inside it."""

_TRANSIENT = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.LockNotAvailableError,
    OSError,
    TimeoutError,
)


def is_transient(error: BaseException) -> bool:
    """Whether the same work may succeed when tried again: the database away, a deadlock, a lock timeout."""
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or (
            error.orig is not None and _transient_cause(error.orig)
        )
    return isinstance(error, _TRANSIENT)


def _transient_cause(error: BaseException) -> bool:
    causes = (error, error.__cause__, error.__context__)
    return any(isinstance(cause, _TRANSIENT) for cause in causes)


@dataclass(slots=True)
class Work:
    """A transaction under way. `connection` is the driver's own (jsonb goes in as text and comes out decoded);
    `moment` is the business time of everything in it.
    """

    connection: asyncpg.Connection
    moment: Moment
    told: int = field(default=0)
    """Outbox rows written; when there are some, whoever relays them is woken after the commit."""


class Database:
    """One service's database: `url` is SQLAlchemy's (`postgresql+asyncpg://…`)."""

    def __init__(self, url: str, *, name: str = "dunwell", pool: int = POOL_CONNECTIONS) -> None:
        self.engine = create_async_engine(
            url,
            pool_size=pool,
            max_overflow=0,
            pool_timeout=POOL_WAIT_SECONDS,
            pool_pre_ping=False,
            connect_args={
                "timeout": POOL_WAIT_SECONDS,
                "command_timeout": STATEMENT_SECONDS_MAX,
                "server_settings": {"application_name": name, "timezone": "UTC"},
            },
        )
        self._looks = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._told: list[Callable[[], None]] = []

    def when_told(self, wake: Callable[[], None]) -> None:
        """Call `wake` after every commit that wrote to the outbox."""
        self._told.append(wake)

    @asynccontextmanager
    async def work(self, moment: Moment) -> AsyncIterator[Work]:
        """One transaction: committed when the block ends well, rolled back when it raises."""
        async with self.engine.connect() as session:
            await session.execute(_BEGIN)
            work = Work(await _driver(session), moment)
            yield work

            reached("work.before-commit")
            await _commit(session)
            reached("work.after-commit")
        if work.told:
            for wake in self._told:
                wake()

    @asynccontextmanager
    async def look(self) -> AsyncIterator[asyncpg.Connection]:
        """A read-only view of one instant; nothing is kept. The driver opens it itself: half the CPU."""
        async with self._looks.connect() as session:
            connection = await _driver(session)
            try:
                async with connection.transaction(isolation="repeatable_read", readonly=True):
                    yield connection
            finally:
                if connection.is_in_transaction():  # cancelled; the pool would not know
                    await session.invalidate()

    async def close(self) -> None:
        """Let all connections go."""
        await self.engine.dispose()


async def _driver(session: AsyncConnection) -> asyncpg.Connection:
    raw = await session.get_raw_connection()
    return cast(asyncpg.Connection, raw.driver_connection)


async def _commit(session: AsyncConnection) -> None:
    """A commit that has begun is seen to its end, whoever cancels us meanwhile (else a connection leaks)."""
    commit = asyncio.ensure_future(session.commit())
    try:
        await asyncio.shield(commit)
    except asyncio.CancelledError:
        await commit
        raise
