"""Commands over HTTP on a real database: once per key, committed before the answer, never half."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import asyncpg
import httpx
import pytest
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from shared.base.clock import FrozenClock, Moment
from shared.base.errors import Refusal
from shared.config import RuntimeSettings
from shared.db import outbox, timers
from shared.db.outbox import OutboxRow
from shared.db.work import Database
from shared.testing.plugin import DatabaseOf, migrations_of
from shared.web import idempotency
from shared.web.app import create_app
from shared.web.auth import Staff, signed_in
from shared.web.commands import Command, CommandRoute, Question

NOON = datetime(2026, 4, 20, 12, tzinfo=UTC)
UNIQUE = "ALTER TABLE notes ADD CONSTRAINT late UNIQUE (text) DEFERRABLE INITIALLY DEFERRED"


class NoteRude(Refusal):
    """It is not written down."""

    code = "note-rude"


class Note(BaseModel):
    text: str


router = APIRouter(route_class=CommandRoute)


@router.post("/v1/notes", status_code=201)
async def write_note(note: Note, work: Command, request: Request) -> JSONResponse:
    number = await work.connection.fetchval(
        "INSERT INTO notes (text, at) VALUES ($1, $2) RETURNING number", note.text, work.moment
    )
    if note.text == "rude":
        raise NoteRude("that is not nice")
    if note.text == "slow":
        await request.app.state.service.gate.wait()
    return JSONResponse({"number": number}, 201, {"ETag": f'"{number}"'})


@router.get("/v1/notes")
async def read_notes(question: Question) -> dict[str, object]:
    async with question.look() as connection:
        rows = await connection.fetch("SELECT text FROM notes ORDER BY number")
    return {"notes": [row["text"] for row in rows], "now": question.moment}


@dataclass
class Heard:
    topics: tuple[str, ...]


@dataclass
class Desk:
    settings: RuntimeSettings
    database: Database
    name: str = "desk"
    clock: FrozenClock = field(default_factory=lambda: FrozenClock(NOON))
    migrations: Path = field(default_factory=lambda: migrations_of("runtime"))
    hearings: tuple[object, ...] = ()
    routers: tuple[APIRouter, ...] = (router,)
    pulses: tuple[()] = ()
    large_bodies: dict[str, int] = field(default_factory=dict)
    secret_paths: tuple[str, ...] = ()
    allowed_origins: tuple[str, ...] = ()
    gate: asyncio.Event = field(default_factory=asyncio.Event)


@pytest.fixture
async def desk(database_of: DatabaseOf) -> AsyncIterator[Desk]:
    url = await database_of("runtime")
    database = Database(url)
    async with database.work(NOON) as work:
        await work.connection.execute(
            "CREATE TABLE notes (number int GENERATED ALWAYS AS IDENTITY, text text, at timestamptz)"
        )
        await work.connection.execute(UNIQUE)
    yield Desk(RuntimeSettings(database_url=url, kafka_bootstrap_servers="none:1"), database)
    await database.close()


def app_of(desk: Desk) -> FastAPI:
    app = create_app(desk)
    app.dependency_overrides[signed_in] = lambda: Staff("anna", frozenset())
    return app


def client_of(app: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://desk")


@pytest.fixture
def app(desk: Desk) -> FastAPI:
    return app_of(desk)


@pytest.fixture
async def http(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app) as client:
        yield client


async def write(http: httpx.AsyncClient, text: str, key: str | None = "k-1") -> httpx.Response:
    headers = {"Idempotency-Key": key} if key is not None else {}
    return await http.post("/v1/notes", json={"text": text}, headers=headers)


async def notes(http: httpx.AsyncClient) -> list[str]:
    answer: list[str] = (await http.get("/v1/notes")).json()["notes"]
    return answer


class TestCommands:
    async def test_are_committed_before_the_answer(self, http: httpx.AsyncClient) -> None:
        assert (await write(http, "first")).status_code == 201
        assert await notes(http) == ["first"]

    async def test_that_fail_at_the_commit_are_not_answered_with_success(
        self, http: httpx.AsyncClient
    ) -> None:
        await write(http, "same", key="k-1")

        answer = await write(http, "same", key="k-2")

        assert answer.status_code == 500
        assert await notes(http) == ["same"]

    async def test_that_are_refused_leave_nothing(self, http: httpx.AsyncClient) -> None:
        answer = await write(http, "rude")

        assert (answer.status_code, answer.json()["code"]) == (422, "note-rude")
        assert await notes(http) == []

    async def test_that_take_too_long_leave_nothing_and_no_connection_behind(
        self, desk: Desk
    ) -> None:
        desk.settings = desk.settings.model_copy(update={"http_timeout_seconds": 0.3})
        async with client_of(app_of(desk)) as http:
            answer = await write(http, "slow")

            assert (answer.status_code, answer.json()["code"]) == (504, "timed-out")
            assert await notes(http) == []
        assert desk.database.engine.pool.status().endswith("Current Checked out connections: 0")

    async def test_happen_at_the_moment_of_the_clock(self, http: httpx.AsyncClient) -> None:
        assert (await http.get("/v1/notes")).json()["now"] == "2026-04-20T12:00:00Z"


class TestIdempotency:
    async def test_the_same_request_gets_the_same_answer(self, http: httpx.AsyncClient) -> None:
        first, second = await write(http, "once"), await write(http, "once")

        assert (second.status_code, second.content) == (first.status_code, first.content)
        assert second.headers["etag"] == first.headers["etag"] == '"1"'
        assert "idempotency-replayed" not in first.headers
        assert second.headers["idempotency-replayed"] == "true"
        assert await notes(http) == ["once"]

    async def test_another_request_under_the_key_is_refused(self, http: httpx.AsyncClient) -> None:
        await write(http, "once")

        answer = await write(http, "twice")

        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency-key-reused")
        assert await notes(http) == ["once"]

    async def test_a_request_while_the_first_is_under_way_is_refused(
        self, http: httpx.AsyncClient, desk: Desk
    ) -> None:
        first = asyncio.create_task(write(http, "slow"))
        await asyncio.sleep(0.2)

        second = await write(http, "slow")
        desk.gate.set()

        assert (second.status_code, second.json()["code"]) == (409, "request-in-flight")
        assert (await first).status_code == 201
        assert (await write(http, "slow")).headers["idempotency-replayed"] == "true"

    async def test_a_refusal_is_not_kept(self, http: httpx.AsyncClient) -> None:
        await write(http, "rude")

        assert (await write(http, "kind")).status_code == 201

    async def test_keys_of_another_are_another_s(
        self, http: httpx.AsyncClient, app: FastAPI
    ) -> None:
        await write(http, "mine")
        app.dependency_overrides[signed_in] = lambda: Staff("bert", frozenset())

        assert (await write(http, "his")).status_code == 201

    async def test_without_a_key_everything_is_new(self, http: httpx.AsyncClient) -> None:
        await write(http, "a", key=None)

        assert (await write(http, "b", key=None)).status_code == 201

    async def test_old_keys_are_forgotten(self, http: httpx.AsyncClient, desk: Desk) -> None:
        await write(http, "once")

        async with desk.database.work(NOON) as work:
            kept = await forget(work.connection, NOON)
            gone = await forget(work.connection, NOON + timedelta(seconds=1))

        assert (kept, gone) == (0, 1)


async def forget(connection: asyncpg.Connection, before: Moment) -> int:
    return await idempotency.forget(connection, before=before, limit=10)


class TestHealth:
    async def test_is_ready_when_migrated(self, http: httpx.AsyncClient) -> None:
        answer = await http.get("/readyz")

        assert (answer.status_code, answer.json()["because"]) == (200, [])

    async def test_is_not_ready_before(self, http: httpx.AsyncClient, desk: Desk) -> None:
        async with desk.database.work(NOON) as work:
            await work.connection.execute("DROP TABLE alembic_version")

        answer = await http.get("/readyz")

        assert (answer.status_code, answer.json()["because"]) == (503, ["database: not migrated"])

    async def test_has_no_pulse_at_rest(self, http: httpx.AsyncClient) -> None:
        pulse = (await http.get("/pulse")).json()

        assert pulse == {
            "service": "desk", "now": "2026-04-20T12:00:00+00:00", "busy": [], "next_due_at": None,
            "consumed": {}, "told_seq": 0,
        }  # fmt: skip

    async def test_says_what_is_to_do_and_when(self, http: httpx.AsyncClient, desk: Desk) -> None:
        async with desk.database.work(NOON) as work:
            hours = {str(n): NOON + timedelta(hours=n) for n in range(-1, 3)}
            await timers.set_many(work.connection, "look", hours)
            outbox.append(work, [OutboxRow(uuid4(), "t", "k", {}, b"{}")])
            await work.connection.execute(
                "INSERT INTO consumer_offsets VALUES ('t', 3, 17), ('own', 0, 5)"
            )
        desk.hearings = (Heard(("t",)),)

        pulse = (await http.get("/pulse")).json()

        assert pulse["busy"] == ["outbox: 1 events not sent", "timers: 2 due"]
        assert pulse["next_due_at"] == "2026-04-20T13:00:00+00:00"
        assert pulse["consumed"] == {"t": {"3": 17}}
        assert pulse["told_seq"] == 1
