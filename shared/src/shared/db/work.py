"""One slice of work is one transaction: the only commit in the repository.

A small slice spends its time on trips to the database, not on rows. What nobody reads before the commit is put off
until then, and goes in one statement.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any, cast

import asyncpg
from asyncpg.transaction import Transaction
from pydantic_core import from_json
from sqlalchemy import AsyncAdaptedQueuePool, PoolProxiedConnection, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, InvalidatePoolError, MissingGreenlet
from sqlalchemy.exc import TimeoutError as NoneCameFree
from sqlalchemy.ext.asyncio import create_async_engine

from shared.base.clock import Moment
from shared.base.points import reached

POOL_CONNECTIONS = 16
"""All of them are kept: a connection beyond the pool would be opened and closed for every transaction."""

POOL_WAIT_SECONDS = 10
STATEMENT_SECONDS_MAX = 60
LOCK_WAIT = "15s"
STATEMENTS_REMEMBERED = 256

_LOOK = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

Row = tuple[Any, ...]
_PLACE = re.compile(r"\$(\d+)")

_GONE = (asyncpg.InterfaceError, asyncpg.InternalClientError)
"""What the driver says on a connection that the server has closed, or is closing, between two questions."""

_TRANSIENT = (
    *_GONE,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.LockNotAvailableError,
    OSError,
    TimeoutError,
    NoneCameFree,
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
    _later: dict[tuple[str, Row], list[Row]] = field(default_factory=dict, repr=False)

    def later(self, statement: str, rows: Sequence[Row], *more: object) -> None:
        """Write these rows before the commit: `statement` takes an array for each of their columns, then `more`.

        No two statements put off together may touch the same row; whoever reads what one writes calls `write` first.
        """
        if rows:
            self._later.setdefault((statement, more), []).extend(rows)

    async def write(self) -> None:
        """Send what was put off, in one statement."""
        if not self._later:
            return
        put_off, self._later = self._later, {}
        arguments: list[object] = []
        for (_, more), rows in put_off.items():
            arguments += [*map(list, zip(*rows, strict=True)), *more]
        await self.connection.execute(_in_one(tuple(sql for sql, _ in put_off)), *arguments)


class Database:
    """One service's database: `url` is SQLAlchemy's (`postgresql+asyncpg://…`). With a `role`, its connections have no
    more than that role's rights, and write nothing.
    """

    def __init__(
        self,
        url: str,
        *,
        name: str = "dunwell",
        pool: int = POOL_CONNECTIONS,
        wait_s: float = POOL_WAIT_SECONDS,
        role: str = "",
    ) -> None:
        confined = {"role": role, "default_transaction_read_only": "on"} if role else {}
        self.engine = create_async_engine(
            url,
            pool_size=pool,
            pool_use_lifo=True,
            max_overflow=0,
            pool_timeout=wait_s,
            pool_pre_ping=False,
            isolation_level="AUTOCOMMIT",
            json_deserializer=from_json,
            connect_args={
                "timeout": POOL_WAIT_SECONDS,
                "command_timeout": STATEMENT_SECONDS_MAX,
                "server_settings": {
                    "application_name": name,
                    "timezone": "UTC",
                    "lock_timeout": LOCK_WAIT,
                    **confined,
                },
            },
        )
        event.listen(self.engine.sync_engine, "checkout", _is_alive)
        self.watched: Callable[[], AbstractContextManager[object]] = nullcontext
        """What stands around every use of a connection: a span, once somebody wants any."""
        self._told: list[Callable[[], None]] = []
        self._as: dict[str, Database] = {}
        self._confine = partial(Database, url, name=name, pool=pool, wait_s=wait_s)

    def when_told(self, wake: Callable[[], None]) -> None:
        """Call `wake` after every commit that wrote to the outbox."""
        self._told.append(wake)

    @asynccontextmanager
    async def work(self, moment: Moment) -> AsyncIterator[Work]:
        """One transaction: committed when the block ends well, rolled back when it raises."""
        async with self.ask() as connection:
            transaction = connection.transaction()
            await transaction.start()
            work = Work(connection, moment)
            try:
                yield work
                await work.write()
            except BaseException:
                with suppress(*_GONE):  # the connection, and the work with it
                    await transaction.rollback()
                raise

            reached("work.before-commit")
            await _commit(transaction)
            reached("work.after-commit")
        if work.told:
            for wake in self._told:
                wake()

    @asynccontextmanager
    async def look(self, *, begin: str = "") -> AsyncIterator[asyncpg.Connection]:
        """A read-only view of one instant; nothing is kept. `begin` are statements that set it up, sent with its first.

        Transactions are begun by hand: the driver's own object costs as much as a short question.
        """
        async with self.ask() as connection:
            await connection.execute(f"{_LOOK};{begin}")
            try:
                yield connection
            except BaseException:
                with suppress(*_GONE, asyncpg.PostgresConnectionError):
                    await connection.execute("ROLLBACK")
                raise
            await connection.execute("COMMIT")

    @asynccontextmanager
    async def ask(self) -> AsyncIterator[asyncpg.Connection]:
        """A connection of the pool; by itself for one small question, which sees one instant without a transaction.

        Transactions are the driver's, and the connection is taken without the engine's own around it: each of the two
        costs as much as a short question.
        """
        with self.watched():
            held = await self._held()
            connection = cast(asyncpg.Connection, held.driver_connection)
            try:
                yield connection
            finally:
                if connection.is_in_transaction():  # cancelled; the pool would not know
                    held.invalidate()
                held.close()

    async def _held(self) -> PoolProxiedConnection:
        """Out of the pool; in a greenlet, which is most of what that costs, only where one must be awaited: when
        none is free, or it does not stand any more and another must be opened.
        """
        if cast(AsyncAdaptedQueuePool, self.engine.pool).checkedin():
            with suppress(MissingGreenlet):
                return self.engine.sync_engine.raw_connection()
        return await self.engine.raw_connection()

    def as_role(self, role: str) -> "Database":
        """The same database, by connections of their own for that role; as many, and closed with these."""
        if role not in self._as:
            self._as[role] = self._confine(role=role)
            self._as[role].watched = lambda: self.watched()  # noqa: PLW0108 - who watches may come later
        return self._as[role]

    async def close(self) -> None:
        """Let all connections go."""
        for one in self._as.values():
            await one.close()
        await self.engine.dispose()


@lru_cache(maxsize=STATEMENTS_REMEMBERED)
def _in_one(statements: tuple[str, ...]) -> str:
    """These statements as one, each with its own numbers for its arguments."""
    if len(statements) == 1:
        return statements[0]
    parts, taken = [], 0
    for number, statement in enumerate(statements):
        parts.append(f"part_{number} AS ({_moved(statement, by=taken)})")
        taken += max(int(place) for place in _PLACE.findall(statement))
    return f"WITH {', '.join(parts)} SELECT"


def _moved(statement: str, *, by: int) -> str:
    return _PLACE.sub(lambda place: f"${int(place[1]) + by}", statement)


def _is_alive(pooled: DBAPIConnection, *_: object) -> None:
    """Whether a kept connection still stands. When the database was restarted none does: the pool forgets them all."""
    if pooled.driver_connection.is_closed():
        raise InvalidatePoolError


async def _commit(transaction: Transaction) -> None:
    """A commit that has begun is seen to its end, whoever cancels us meanwhile (else a connection leaks)."""
    commit = asyncio.ensure_future(transaction.commit())
    try:
        await asyncio.shield(commit)
    except asyncio.CancelledError:
        await commit
        raise
