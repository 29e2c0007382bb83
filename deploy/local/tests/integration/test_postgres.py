"""PostgreSQL starts as whoever we are, survives a kill, and leaves nothing behind."""

import signal
from pathlib import Path

import asyncpg

from local_stack import postgres
from local_stack.children import kill_group, running, start, wait_ready


async def ask(url: str, sql: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


class TestPostgres:
    async def test_starts_in_a_private_folder_and_removes_what_it_made(
        self, tmp_path: Path
    ) -> None:
        with postgres.postgres(tmp_path / "db") as url:
            version = await ask(url, "SHOW server_version")
            data = Path(str(await ask(url, "SHOW data_directory")))

        assert str(version).startswith("18.")
        assert not data.exists()

    async def test_keeps_utc_and_sorts_by_code_point(self, tmp_path: Path) -> None:
        with postgres.postgres(tmp_path / "db") as url:
            assert await ask(url, "SHOW timezone") == "UTC"
            assert await ask(url, "SELECT datlocale FROM pg_database LIMIT 1") == "C.UTF-8"

    async def test_has_after_a_kill_what_was_committed(self, tmp_path: Path) -> None:
        server = postgres.prepare(tmp_path / "db")
        child = start(server.program)
        wait_ready(server.program, child)
        await ask(server.url, "CREATE TABLE kept AS SELECT 4711 AS number")

        child.send_signal(signal.SIGKILL)
        child.wait()
        kill_group(child.pid)
        with running(server.program):
            found = await ask(server.url, "SELECT number FROM kept")

        postgres.remove(tmp_path / "db")
        assert found == 4711
