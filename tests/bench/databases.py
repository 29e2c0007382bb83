"""Databases of a measurement: made once to the state that a work begins with, copied for every run."""

import asyncio
from uuid import uuid4

import asyncpg

from shared.db.migrate import upgrade
from shared.testing.plugin import migrations_of

DRIVER = "postgresql+asyncpg:"


class Databases:
    """On one server; `url`s are SQLAlchemy's, as the services take them."""

    def __init__(self, server: str) -> None:
        self._server = server

    def url(self, name: str) -> str:
        return f"{self._server.rpartition('/')[0]}/{name}".replace("postgresql:", DRIVER)

    async def create(self, name: str, service: str) -> str:
        """A new one with the service's tables, at the newest revision."""
        await self._run(f"DROP DATABASE IF EXISTS {name}")
        await self._run(f"CREATE DATABASE {name}")
        await asyncio.to_thread(upgrade, self.url(name), migrations_of(service))
        return self.url(name)

    async def copy(self, template: str, name: str = "") -> str:
        """A fresh copy; nobody may be connected to the template."""
        name = name or f"{template}_{uuid4().hex[:8]}"
        await self._run(f"DROP DATABASE IF EXISTS {name}")
        await self._run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    async def drop(self, url: str) -> None:
        """Away with a copy, so that nothing of it is written back while the next one is measured."""
        await self._run(f"DROP DATABASE {url.rpartition('/')[2]} WITH (FORCE)")

    async def _run(self, sql: str) -> None:
        connection = await asyncpg.connect(self._server)
        await connection.execute(sql)
        await connection.close()


async def connect(url: str) -> asyncpg.Connection:
    """A plain connection to a database named as the services name it."""
    return await asyncpg.connect(url.replace(DRIVER, "postgresql:"))
