"""Spans of requests and of SQL appear, in one trace; probes and idle polling leave none."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import APIRouter

from shared.base.clock import SystemClock
from shared.config import RuntimeSettings
from shared.db.work import Database
from shared.instruments.exporters import start_tracing, stop_tracing
from shared.testing.plugin import DatabaseOf, migrations_of
from shared.web.app import create_app
from shared.web.commands import Question
from shared.worker.description import Service

CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
TRACE = CALLER[3:35]

router = APIRouter()


@router.get("/v1/days")
async def day(question: Question) -> str:
    async with question.look() as connection:
        answer: str = await connection.fetchval("SELECT 'monday'")
    return answer


@pytest.fixture
async def service(database_of: DatabaseOf) -> AsyncIterator[Service]:
    url = await database_of("runtime")
    yield Service(
        name="calendar",
        settings=RuntimeSettings(database_url=url, kafka_bootstrap_servers="none:1"),
        database=(database := Database(url)),
        clock=SystemClock(),
        migrations=migrations_of("runtime"),
        routers=[router],
    )
    await database.close()


class TestSpans:
    async def test_of_a_request_and_its_sql_are_one_trace(
        self, service: Service, tmp_path: Path
    ) -> None:
        spans = await spans_of(service, tmp_path, "/v1/days")

        (request,) = (span for span in spans if span["kind"] == "server")
        statements = [span for span in spans if span["kind"] == "client"]
        assert request["name"] == "GET /v1/days"
        assert request["service"] == "calendar"
        assert request["trace_id"] == TRACE
        assert [span["name"] for span in statements] == ["postgresql"]
        assert {span["trace_id"] for span in spans} == {TRACE}
        assert {span["parent_id"] for span in statements} == {request["span_id"]}

    async def test_of_probes_there_are_none(self, service: Service, tmp_path: Path) -> None:
        assert await spans_of(service, tmp_path, "/readyz") == []

    async def test_of_sql_outside_any_trace_there_are_none(
        self, service: Service, tmp_path: Path
    ) -> None:
        tracing = start_tracing("calendar", file=str(tmp_path / "spans"), database=service.database)

        async with service.database.look() as connection:
            await connection.execute("SELECT 1")

        stop_tracing(tracing)
        assert (tmp_path / "spans").read_text() == ""

    def test_are_not_even_begun_when_nobody_wants_them(self) -> None:
        assert start_tracing("calendar") is None


async def spans_of(service: Service, folder: Path, path: str) -> list[dict[str, Any]]:
    """What one request leaves in the trace file."""
    tracing = start_tracing("calendar", file=str(folder / "spans"), database=service.database)
    transport = httpx.ASGITransport(create_app(service))
    async with httpx.AsyncClient(transport=transport, base_url="http://calendar") as http:
        answer = await http.get(path, headers={"traceparent": CALLER})
    stop_tracing(tracing)

    assert answer.status_code == 200
    return [json.loads(line) for line in (folder / "spans").read_text().splitlines()]
