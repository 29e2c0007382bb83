"""The doors every service has: problems for whatever goes wrong, limits, pages, versions. No database is asked."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, Body, Query
from pydantic import BaseModel, ConfigDict

from shared.base.clock import SystemClock
from shared.base.errors import Refusal
from shared.config import RuntimeSettings
from shared.db.work import Database
from shared.web.app import create_app
from shared.web.commands import Command, Question
from shared.web.guard import BODY_BYTES_MAX
from shared.web.pages import Page, Paging
from shared.web.problems import problems
from shared.web.versions import ExpectedVersion, etag

NOWHERE = "postgresql+asyncpg://nobody@127.0.0.1:1/none"
NUMBERS = list(range(10))


class TreeUnknown(Refusal):
    """No such tree stands here."""

    code, status = "tree-unknown", 404


class Planting(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    branches: list[Annotated[int, Body(ge=0)]] = []


router = APIRouter()


@router.get("/v1/trees/{number}", responses=problems(TreeUnknown))
async def tree(number: int) -> dict[str, int]:
    if number > 9:
        raise TreeUnknown(f"tree {number} was wanted, nine are held", pointer="/number")
    return {"number": number}


@router.get("/v1/trees")
async def trees(paging: Paging, kind: Annotated[str, Query(max_length=10)] = "") -> Page[int]:
    after = int(paging.after[0]) if paging.after else -1
    found = [number for number in NUMBERS if number > after][: paging.limit + 1]
    return paging.page(found, lambda number: (number,))


@router.post("/v1/trees", status_code=201)
async def plant(planting: Planting) -> dict[str, str]:
    return {"name": planting.name}


@router.put("/v1/trees/{number}")
async def prune(number: int, version: ExpectedVersion) -> dict[str, str]:
    version.must_be(7)
    return {"etag": etag(8)}


@router.get("/v1/storms")
async def storm() -> None:
    raise RuntimeError("password=hunter2 at 10.0.0.7")


@router.get("/v1/glaciers")
async def glacier() -> None:
    await asyncio.sleep(10)


@router.get("/v1/wells")
async def well(question: Question) -> None:
    async with question.look():
        raise AssertionError("there is no database")


@dataclass
class Garden:
    """A service with nothing behind it."""

    settings: RuntimeSettings
    database: Database
    name: str = "garden"
    clock: SystemClock = field(default_factory=SystemClock)
    migrations: Path = Path()
    hearings: tuple[Any, ...] = ()
    routers: tuple[APIRouter, ...] = (router,)
    pulses: tuple[()] = ()
    large_bodies: dict[str, int] = field(default_factory=dict)
    secret_paths: tuple[str, ...] = ()
    allowed_origins: tuple[str, ...] = ()


def garden(**settings: Any) -> Garden:
    given = {"http_timeout_seconds": 0.2, **settings}
    return Garden(
        RuntimeSettings(database_url=NOWHERE, kafka_bootstrap_servers="127.0.0.1:1", **given),
        Database(NOWHERE),
    )


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(garden()))
    async with httpx.AsyncClient(transport=transport, base_url="http://garden") as client:
        yield client


def assert_problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    assert (answer.status_code, answer.headers["content-type"]) == (
        status,
        "application/problem+json",
    )
    body: dict[str, Any] = answer.json()
    assert (body["status"], body["code"]) == (status, code)
    assert body["type"] == f"urn:problem-type:dunwell:{code}"
    return body


class TestInteractiveDescription:
    @pytest.mark.parametrize(("settings", "status"), [({}, 404), ({"http_docs": True}, 200)])
    async def test_runs_no_script_of_others_unless_the_operator_says_so(
        self, settings: dict[str, Any], status: int
    ) -> None:
        transport = httpx.ASGITransport(create_app(garden(**settings)))
        async with httpx.AsyncClient(transport=transport, base_url="http://garden") as http:
            assert (await http.get("/docs")).status_code == status
            assert (await http.get("/openapi.json")).status_code == 200


class TestProblems:
    async def test_a_refusal_has_its_name_and_place(self, http: httpx.AsyncClient) -> None:
        body = assert_problem(await http.get("/v1/trees/12"), 404, "tree-unknown")

        assert body["detail"] == "tree 12 was wanted, nine are held"
        assert body["errors"] == [{"detail": body["detail"], "pointer": "/number"}]

    async def test_a_wrong_body_is_pointed_at(self, http: httpx.AsyncClient) -> None:
        answer = await http.post("/v1/trees", json={"branches": [1, -2], "colour": "green"})

        body = assert_problem(answer, 422, "request-invalid")
        assert {error["pointer"] for error in body["errors"]} == {"/name", "/branches/1", "/colour"}
        assert "green" not in answer.text

    async def test_a_wrong_parameter_is_named(self, http: httpx.AsyncClient) -> None:
        body = assert_problem(await http.get("/v1/trees?limit=201"), 422, "request-invalid")

        assert body["errors"][0]["parameter"] == "query limit"

    async def test_what_is_no_json_is_said_to_be_none(self, http: httpx.AsyncClient) -> None:
        answer = await http.post(
            "/v1/trees", content="{", headers={"content-type": "application/json"}
        )

        body = assert_problem(answer, 422, "request-invalid")
        assert body["errors"][0]["pointer"] == ""

    async def test_carry_the_trace_id_of_the_caller_or_one_of_their_own(
        self, http: httpx.AsyncClient
    ) -> None:
        called = await http.get(
            "/v1/trees/12", headers={"traceparent": f"00-{'a' * 32}-{'b' * 16}-01"}
        )
        alone = await http.get("/v1/trees/12")

        assert called.json()["trace_id"] == "a" * 32
        assert len(alone.json()["trace_id"]) == 32

    async def test_unknown_routes_and_methods(self, http: httpx.AsyncClient) -> None:
        assert_problem(await http.get("/v1/rocks"), 404, "route-unknown")
        answer = await http.delete("/v1/trees/1")

        assert_problem(answer, 405, "method-not-allowed")
        assert "GET" in answer.headers["allow"]

    async def test_our_own_failure_leaks_nothing(self, http: httpx.AsyncClient) -> None:
        answer = await http.get("/v1/storms")

        assert_problem(answer, 500, "failed")
        assert "hunter2" not in answer.text
        assert "RuntimeError" not in answer.text

    async def test_a_database_that_is_away_is_no_failure_of_the_caller(
        self, http: httpx.AsyncClient
    ) -> None:
        answer = await http.get("/v1/wells")

        assert_problem(answer, 503, "unavailable")
        assert answer.headers["retry-after"] == "2"

    async def test_a_request_that_takes_too_long(self, http: httpx.AsyncClient) -> None:
        assert_problem(await http.get("/v1/glaciers"), 504, "timed-out")


class TestBodies:
    async def test_of_announced_length_over_the_limit_are_refused(
        self, http: httpx.AsyncClient
    ) -> None:
        answer = await http.post("/v1/trees", content=b"x" * (BODY_BYTES_MAX + 1))

        assert_problem(answer, 413, "body-too-large")

    async def test_that_only_grow_over_the_limit_are_refused(self, http: httpx.AsyncClient) -> None:
        async def growing() -> AsyncIterator[bytes]:
            for _ in range(3):
                yield b" " * (BODY_BYTES_MAX // 2)

        answer = await http.post(
            "/v1/trees", content=growing(), headers={"content-type": "application/json"}
        )

        assert_problem(answer, 413, "body-too-large")

    async def test_where_files_come_in_the_service_says_how_large(self) -> None:
        service = garden()
        service.large_bodies["/v1/trees"] = BODY_BYTES_MAX + 10
        transport = httpx.ASGITransport(create_app(service))
        async with httpx.AsyncClient(transport=transport, base_url="http://garden") as http:
            taken = await http.post("/v1/trees", content=b"x" * (BODY_BYTES_MAX + 10))
            refused = await http.post("/v1/trees", content=b"x" * (BODY_BYTES_MAX + 11))

        assert taken.status_code != 413
        assert_problem(refused, 413, "body-too-large")

    async def test_a_path_may_have_places_for_ids_and_nothing_beside_it_grows(self) -> None:
        service = garden()
        service.large_bodies["/v1/trees/{number}/leaves"] = BODY_BYTES_MAX + 10
        transport = httpx.ASGITransport(create_app(service))
        async with httpx.AsyncClient(transport=transport, base_url="http://garden") as http:
            large = {"content": b"x" * (BODY_BYTES_MAX + 10)}
            assert (await http.post("/v1/trees/7/leaves", **large)).status_code == 404
            for path in ("/v1/trees/7", "/v1/trees/7/8/leaves", "/v1/trees/7/leaves/8"):
                assert_problem(await http.post(path, **large), 413, "body-too-large")

    async def test_on_a_route_that_reads_none_are_refused_alike(
        self, http: httpx.AsyncClient
    ) -> None:
        answer = await http.request("GET", "/v1/trees", content=b"x" * (BODY_BYTES_MAX + 1))

        assert_problem(answer, 413, "body-too-large")


class TestPages:
    async def test_follow_one_another_to_the_end(self, http: httpx.AsyncClient) -> None:
        seen: list[int] = []
        cursor: str | None = ""
        while cursor is not None:
            page = (await http.get(f"/v1/trees?limit=4{cursor}")).json()
            seen += page["items"]
            cursor = f"&cursor={page['next']}" if page["next"] else None

        assert seen == NUMBERS

    async def test_a_cursor_that_somebody_touched_is_refused(self, http: httpx.AsyncClient) -> None:
        cursor = (await http.get("/v1/trees?limit=4")).json()["next"]

        answer = await http.get(f"/v1/trees?cursor=x{cursor}")

        assert_problem(answer, 400, "cursor-unreadable")


class TestVersions:
    @pytest.mark.parametrize(
        ("tag", "status", "code"),
        [
            (None, 428, "version-required"),
            ('"6"', 412, "version-outdated"),
            ('W/"7"', 412, "version-outdated"),
        ],
    )
    async def test_commands_on_what_was_not_seen_are_refused(
        self, http: httpx.AsyncClient, tag: str | None, status: int, code: str
    ) -> None:
        answer = await http.put("/v1/trees/1", headers={"If-Match": tag} if tag else {})

        assert_problem(answer, status, code)

    @pytest.mark.parametrize("tag", ['"7"', "*"])
    async def test_commands_on_what_is_held_pass(self, http: httpx.AsyncClient, tag: str) -> None:
        assert (await http.put("/v1/trees/1", headers={"If-Match": tag})).status_code == 200


class TestDescription:
    async def test_names_the_problems_of_every_route(self, http: httpx.AsyncClient) -> None:
        schema = (await http.get("/openapi.json")).json()

        assert "Problem" in schema["components"]["schemas"]
        for path, operations in schema["paths"].items():
            for method, operation in operations.items():
                answers = operation["responses"]
                assert {"500", "503", "504"} <= set(answers), f"{method} {path}"
        unknown = schema["paths"]["/v1/trees/{number}"]["get"]["responses"]["404"]
        assert "tree-unknown" in unknown["content"]["application/problem+json"]["examples"]
        invalid = schema["paths"]["/v1/trees"]["post"]["responses"]["422"]
        assert list(invalid["content"]) == ["application/problem+json"]

    def test_a_command_on_a_router_that_would_lose_its_answer_is_refused_at_start(self) -> None:
        careless = APIRouter()

        @careless.post("/v1/roots")
        async def root(_: Command) -> None: ...

        service = garden()
        service.routers = (careless,)
        with pytest.raises(AssertionError, match="CommandRoute"):
            create_app(service)


class TestHealth:
    async def test_lives_while_it_answers(self, http: httpx.AsyncClient) -> None:
        assert (await http.get("/healthz")).status_code == 200

    async def test_is_not_ready_without_its_database(self, http: httpx.AsyncClient) -> None:
        answer = await http.get("/readyz")

        assert answer.status_code == 503
        assert answer.json()["because"] == ["database: ConnectionRefusedError"]

    async def test_shows_its_metrics(self, http: httpx.AsyncClient) -> None:
        await http.get("/v1/trees/3")

        text = (await http.get("/metrics")).text

        assert 'route="/v1/trees/{number}",status="200"' in text
