"""What a browser on another origin may do: nothing, unless the service names the origin; and refusals that say when."""

from pathlib import Path

import httpx
from fastapi import APIRouter

from shared.base.clock import SystemClock
from shared.base.errors import Refusal
from shared.config import RuntimeSettings
from shared.db.work import Database
from shared.web.app import create_app
from shared.worker.description import Service

NOWHERE = "postgresql+asyncpg://nobody@127.0.0.1:1/none"
FRIEND, STRANGER = "https://app.example", "https://evil.example"
router = APIRouter()


class Busy(Refusal):
    """Try again later."""

    code, status = "busy", 429


@router.get("/v1/gates")
async def gate() -> None:
    raise Busy("too many", retry_after_s=7)


def browser() -> httpx.AsyncClient:
    settings = RuntimeSettings(database_url=NOWHERE, kafka_bootstrap_servers="127.0.0.1:1")
    service = Service(
        name="gate", settings=settings, database=Database(NOWHERE), clock=SystemClock(), migrations=Path(),
        routers=(router,), allowed_origins=(FRIEND,),
    )  # fmt: skip
    transport = httpx.ASGITransport(create_app(service))
    return httpx.AsyncClient(transport=transport, base_url="http://gate")


class TestOrigins:
    async def test_a_named_one_may_call_with_a_token_and_read_problems(self) -> None:
        async with browser() as http:
            asked = await http.options(
                "/v1/gates",
                headers={
                    "Origin": FRIEND,
                    "Access-Control-Request-Method": "DELETE",
                    "Access-Control-Request-Headers": "authorization",
                },
            )
            answer = await http.get("/v1/gates", headers={"Origin": FRIEND})

        assert asked.headers["access-control-allow-origin"] == FRIEND
        assert answer.headers["access-control-allow-origin"] == FRIEND
        assert "access-control-allow-credentials" not in answer.headers
        told = answer.headers["access-control-expose-headers"].split(", ")
        assert {"Retry-After", "Content-Disposition"} <= {*told}, "and the name of a file"

    async def test_no_other_may(self) -> None:
        async with browser() as http:
            answer = await http.get("/v1/gates", headers={"Origin": STRANGER})

        assert "access-control-allow-origin" not in answer.headers

    async def test_a_refusal_says_after_how_long(self) -> None:
        async with browser() as http:
            answer = await http.get("/v1/gates")

        assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")
