"""Bring a database to the newest shape: Alembic, one folder of migrations per service, one runner at a time."""

from functools import lru_cache
from pathlib import Path

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

_HERE = Path(__file__).parent / "alembic"


def config_of(url: str, migrations: Path) -> Config:
    """Alembic's configuration for one service's folder."""
    config = Config()
    config.set_main_option("script_location", str(_HERE))
    config.set_main_option("version_locations", str(migrations))
    config.set_main_option("path_separator", "os")
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


def upgrade(url: str, migrations: Path) -> None:
    """Run what has not run yet. Blocking: call it before the loop starts or in a thread."""
    command.upgrade(config_of(url, migrations), "head")


@lru_cache
def heads(migrations: Path) -> frozenset[str]:
    """The newest revision of a folder (one, unless somebody forked it)."""
    return frozenset(ScriptDirectory.from_config(config_of("", migrations)).get_heads())


async def applied(connection: asyncpg.Connection) -> frozenset[str]:
    """The revision the database is at; empty before the first migration."""
    if await connection.fetchval("SELECT to_regclass('alembic_version')") is None:
        return frozenset()
    rows = await connection.fetch("SELECT version_num FROM alembic_version")
    return frozenset(row["version_num"] for row in rows)
