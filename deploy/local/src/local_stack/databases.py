"""One database per service on a running server, migrated."""

import asyncio

import asyncpg

from local_stack import roster
from local_stack.children import Program, ProgramFailed, start, stop, tail

MIGRATION_LOOK_S = 0.03
MIGRATION_TIMEOUT_S = 300.0


async def create_missing(url: str) -> None:
    """Create the services' databases that are missing; `url` is a superuser's."""
    connection = await asyncpg.connect(url)
    try:
        known = {
            row["datname"] for row in await connection.fetch("SELECT datname FROM pg_database")
        }
        for name in map(roster.database, roster.NAMES):
            if name not in known:
                await connection.execute(f'CREATE DATABASE "{name}"')
    finally:
        await connection.close()


async def migrate(program: Program) -> None:
    """Run `roster.migrations` to its end; raises ProgramFailed when it fails."""
    child = start(program)
    try:
        async with asyncio.timeout(MIGRATION_TIMEOUT_S):
            while child.poll() is None:  # noqa: ASYNC110 (a child's end is not an event)
                await asyncio.sleep(MIGRATION_LOOK_S)
    finally:
        await asyncio.to_thread(stop, program, child)

    if child.returncode != 0:
        raise ProgramFailed(f"{program.name} failed{tail(program.log)}")
