"""Bytes that no paper speaks of, whoever died on the way, are taken away."""

import asyncio
import os
import signal
import subprocess
import sys
from dataclasses import replace
from typing import Any
from uuid import UUID

import httpx
import pytest
from typing_extensions import override

from disputes.gateways.folder_store import FolderStore
from disputes.interfaces.filing import Filing
from disputes.interfaces.http.papers import papers_router
from shared.web.app import create_app
from shared.web.auth import Staff, signed_in

BRING = """
import asyncio, sys
from uuid import UUID
from disputes.config import Settings
from disputes.domain.move import Actor
from disputes.interfaces.filing import Filing, Given
from disputes.main import build, store_of
from shared.base.points import arm
settings = Settings()
arm(settings.crash_at)
service = build(settings)
filing = Filing(service.database, service.clock, store_of(settings))
given = Given(UUID(sys.argv[1]), "list.csv", "text/csv", b"number;pieces\\nR1;3\\n", Actor.STAFF, "ada", False)
asyncio.run(filing.bring(given))
"""


class TestLooseObjects:
    @pytest.mark.parametrize("point", ["disputes.before-storing", "disputes.after-storing"])
    async def test_killed_before_the_commit_it_leaves_an_object_that_a_job_takes_away(
        self, cabinet: Any, files: Any, point: str
    ) -> None:
        paper = await cabinet.brought(b"stays;1\n")
        kept = cabinet.objects()
        settings = cabinet.office.service.settings
        env = os.environ | {
            "DATABASE_URL": settings.database_url, "KAFKA_BOOTSTRAP_SERVERS": "unused:1",
            "CLOCK_FILE": settings.clock_file, "COMPANY_FILE": str(settings.company_file),
            "DISPUTES_PAPERS_URL": settings.disputes_papers_url, "CRASH_AT": point,
        }  # fmt: skip
        run = [sys.executable, "-c", BRING, cabinet.dispute_id]
        done = await asyncio.to_thread(
            subprocess.run, run, env=env, capture_output=True, check=False
        )
        assert done.returncode == -signal.SIGKILL, done.stderr
        assert len(cabinet.objects()) == len(kept) + (point == "disputes.after-storing")
        assert len(await cabinet.states()) == 1

        await cabinet.office.work("loose-objects")
        assert len(cabinet.objects()) == len(kept) + (point == "disputes.after-storing"), (
            "it may be on its way still"
        )
        await cabinet.hours_pass()
        await cabinet.office.work("loose-objects")
        assert cabinet.objects() == kept
        async with cabinet.office.service.database.look() as connection:
            assert await connection.fetchval("SELECT count(*) FROM loose_objects") == 0

        await cabinet.brought(files.csv)
        await cabinet.office.work("scan")
        assert (await cabinet.get(paper)).status_code == 200

    @pytest.mark.parametrize("deleted", [False, True])
    async def test_one_that_was_given_up_never_becomes_a_paper(
        self, cabinet: Any, files: Any, deleted: bool
    ) -> None:
        """A request that slept for hours between storing and committing is told to try again."""
        filing = Sleepy(cabinet, deleted=deleted)
        router = papers_router(filing.made(), cabinet.office.disputing)
        app = create_app(replace(cabinet.office.service, routers=(router,)))
        app.dependency_overrides[signed_in] = lambda: Staff("ada", frozenset({"operator"}))
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://disputes"
        ) as http:
            late = cabinet.beside(http=http)
            refused = await late.bring(files.csv)
        assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
        assert (await cabinet.states(), len(cabinet.objects())) == ([], int(not deleted))
        assert (await cabinet.bring(files.csv)).status_code == 201

    async def test_killed_while_it_deletes_it_deletes_again(self, cabinet: Any) -> None:
        await cabinet.sql(
            "INSERT INTO loose_objects (given_up_at) VALUES (clock_timestamp()), (clock_timestamp())"
        )
        await cabinet.office.work("loose-objects")
        async with cabinet.office.service.database.look() as connection:
            assert await connection.fetchval("SELECT count(*) FROM loose_objects") == 2
        await cabinet.hours_pass()
        await cabinet.office.work("loose-objects")
        async with cabinet.office.service.database.look() as connection:
            assert await connection.fetchval("SELECT count(*) FROM loose_objects") == 0


class Sleepy(FolderStore):
    """A folder that takes two hours to store anything, while the job goes on and has given up or even deleted it."""

    def __init__(self, cabinet: Any, *, deleted: bool) -> None:
        super().__init__(cabinet.folder)
        self._cabinet = cabinet
        self._deleted = deleted

    def made(self) -> Filing:
        service = self._cabinet.office.service
        return Filing(service.database, service.clock, self)

    @override
    async def put(self, object_id: UUID, content: bytes) -> None:
        await super().put(object_id, content)
        await self._cabinet.hours_pass()
        if self._deleted:
            await self._cabinet.office.work("loose-objects")
        else:
            await self._cabinet.sql("UPDATE loose_objects SET given_up_at = clock_timestamp()")
