"""Which shape a database has, and which it should have: asked at every start, so Alembic is not imported for it."""

import ast
from functools import lru_cache
from pathlib import Path

import asyncpg


@lru_cache
def heads(migrations: Path) -> frozenset[str]:
    """The newest revision of a folder (one, unless somebody forked it)."""
    said = [_texts(path) for path in migrations.glob("*.py")]
    return frozenset(one["revision"] for one in said) - {one.get("down_revision") for one in said}


async def applied(connection: asyncpg.Connection) -> frozenset[str]:
    """The revision the database is at; empty before the first migration."""
    if await connection.fetchval("SELECT to_regclass('alembic_version')") is None:
        return frozenset()
    rows = await connection.fetch("SELECT version_num FROM alembic_version")
    return frozenset(row["version_num"] for row in rows)


def _texts(path: Path) -> dict[str, str]:
    """The names that a migration binds to texts: `revision`, and `down_revision` unless it is the first."""
    return {
        node.targets[0].id: node.value.value
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    }
