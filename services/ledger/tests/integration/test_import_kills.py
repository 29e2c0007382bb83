"""An import on a real broker, its process killed in the middle: nothing is lost, nothing comes twice."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from ledger.config import HOME, Settings
from ledger.main import build
from shared.base.clock import FileClock
from shared.messaging.kafka import KafkaAt
from shared.testing.plugin import DatabaseOf
from shared.web.app import create_app
from shared.web.auth import Staff, signed_in

ROWS = 2_100
SECONDS_MAX = 90
HEARD_SECONDS_MAX = 240
"""Who is killed while joining holds the group up for the rest of its session (45 s) and of the rebalance (60 s)."""
KILLED = -9


@pytest.fixture
async def settings(database_of: DatabaseOf, kafka_at: KafkaAt, tmp_path: Path) -> dict[str, str]:
    FileClock.move(tmp_path / "clock", datetime(2026, 4, 1, 12, tzinfo=UTC))
    with socket.create_server(("127.0.0.1", 0)) as sock:
        port = sock.getsockname()[1]
    return {
        "DATABASE_URL": await database_of("ledger"),
        "KAFKA_BOOTSTRAP_SERVERS": kafka_at.bootstrap,
        "KAFKA_TOPIC_PREFIX": kafka_at.routes.prefix,
        "KAFKA_IDEMPOTENCE": str(kafka_at.idempotence),
        "KAFKA_END_OFFSETS": str(kafka_at.end_offsets),
        "CLOCK_FILE": str(tmp_path / "clock"),
        "COMPANY_FILE": str(HOME.parents[1] / "deploy" / "company" / "example.yaml"),
        "HTTP_PORT": str(port),
        "INSTANCE_NAME": "one",
    }


@pytest.fixture
async def door(settings: dict[str, str]) -> AsyncIterator[httpx.AsyncClient]:
    """The ledger's doors in this process, on the database that the processes work on."""
    service = build(Settings(**{name.lower(): value for name, value in settings.items()}))  # type: ignore[arg-type]
    app = create_app(service)
    app.dependency_overrides[signed_in] = lambda: Staff("sam", frozenset({"operator"}))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://ledger"
    ) as http:
        yield http
    await service.database.close()


def export(rows: int) -> str:
    """Invoices of 1.00 each, every thousandth one with an impossible date."""
    lines = [
        f"{number},C{number % 7},Name {number % 7},{'41' if number % 1000 == 999 else '13'}/03/2026,30/04/2026,1.00"
        for number in range(rows)
    ]
    return "\n".join(
        ["invoice number,customer number,customer name,invoice date,due date,total", *lines]
    )


@pytest.mark.timeout(600)  # three processes, one after the other
class TestKills:
    async def test_killed_twice_in_the_middle_it_ends_as_if_it_had_not_been(
        self, settings: dict[str, str], door: httpx.AsyncClient
    ) -> None:
        answer = await door.post(
            "/v1/imports",
            files={"file": ("x.csv", export(ROWS).encode())},
            data={"profile": "source: urn:acme:erp:de01"},
        )
        path = f"/v1/imports/{answer.json()['import_id']}"

        for crash_at in ("importing.told:3", "importing.kept:2"):
            process = await started(settings | {"CRASH_AT": crash_at})
            assert await asyncio.wait_for(process.wait(), SECONDS_MAX) == KILLED
            assert 0 < (await shown(door, path))["position"] < ROWS

        process = await started(settings)
        try:
            done = await heard(door, path)
        finally:
            process.terminate()
            await asyncio.wait_for(process.wait(), SECONDS_MAX)

        bad = ROWS // 1000
        assert (done["state"], done["accepted"], done["rejected_rows"]) == ("done", ROWS - bad, bad)
        assert (done["told"], done["heard"]) == (ROWS - bad + 7, {"accepted": ROWS - bad + 7})
        (aging,) = (await door.get("/v1/aging")).json()["items"]
        assert aging["open"] == f"{ROWS - bad}.00"
        assert (await door.get("/v1/proof")).json()["imbalance"] == 0


async def started(settings: dict[str, str]) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "ledger.main", "all", env={**os.environ, **settings},
        stdout=asyncio.subprocess.DEVNULL,
    )  # fmt: skip


async def shown(door: httpx.AsyncClient, path: str) -> Any:
    answer = await door.get(path)
    answer.raise_for_status()
    return answer.json()


async def heard(door: httpx.AsyncClient, path: str) -> Any:
    """The import once it has ended and all of its events have been heard."""
    async with asyncio.timeout(HEARD_SECONDS_MAX):
        while True:
            one = await shown(door, path)
            if one["ended_at"] and sum(one["heard"].values()) >= one["told"]:
                return one
            await asyncio.sleep(0.2)
