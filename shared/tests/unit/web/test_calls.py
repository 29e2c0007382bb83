"""Services of ours that ask one another, over real HTTP, with tokens that the other side may refuse."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import httpx
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from shared.web.calls import Peer, PeerUnavailable, ServiceTokens
from shared.worker.server import Server, listen

LATE_SECONDS = 2
TIMEOUT_SECONDS = 0.5
UNREACHABLE = "http://127.0.0.1:1"
BASIC = "Basic " + b64encode(b"me:s3cret").decode()


@dataclass
class Other:
    """An issuer and a service in one: `granted` counts its tokens, of which those in `revoked` are refused."""

    url: str = ""
    granted: int = 0
    expires_in: int = 3600
    revoked: set[str] = field(default_factory=set)
    status: int = 200
    delay_s: float = 0
    heard: list[tuple[str, str, bytes]] = field(default_factory=list)

    async def token(self, request: Request) -> Response:
        form = (await request.body()).decode()
        if request.headers["authorization"] != BASIC:
            return JSONResponse({"error": "invalid_client"}, 401)
        assert form == "grant_type=client_credentials"
        self.granted += 1
        return JSONResponse({"access_token": f"t{self.granted}", "expires_in": self.expires_in})

    async def thing(self, request: Request) -> Response:
        token = request.headers["authorization"].removeprefix("Bearer ")
        if token in self.revoked:
            return JSONResponse({"code": "not-signed-in"}, 401)
        await asyncio.sleep(self.delay_s)
        key = request.headers.get("idempotency-key", "")
        self.heard.append((token, key, await request.body()))
        return JSONResponse({"code": "some"}, self.status)


@pytest.fixture
async def other() -> AsyncIterator[Other]:
    other, app = Other(), FastAPI()
    app.post("/token")(other.token)
    app.api_route("/things", methods=["GET", "POST"])(other.thing)
    sock = listen("127.0.0.1", 0)
    other.url = f"http://127.0.0.1:{sock.getsockname()[1]}"
    server = Server(app, drain_seconds=1)
    serving = asyncio.create_task(server.serve([sock]))
    yield other
    server.should_exit = True
    await serving


@pytest.fixture
async def peers() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        yield stack


async def peer(
    stack: AsyncExitStack, other: Other, *, url: str = "", secret: str = "s3cret", issuer: str = ""
) -> Peer:
    http = httpx.AsyncClient(base_url=url or other.url, timeout=TIMEOUT_SECONDS, trust_env=False)
    await stack.enter_async_context(http)
    return Peer(http, ServiceTokens(http, f"{issuer or other.url}/token", "me", secret))


class TestPeer:
    async def test_is_asked_with_one_token_for_many_questions(
        self, other: Other, peers: AsyncExitStack
    ) -> None:
        asked = await peer(peers, other)

        await asyncio.gather(*(asked.get("/things") for _ in range(5)))

        assert [token for token, *_ in other.heard] == ["t1"] * 5

    async def test_hears_a_command_under_its_key(self, other: Other, peers: AsyncExitStack) -> None:
        await (await peer(peers, other)).post("/things", key="k1", json={"a": 1})

        assert other.heard == [("t1", "k1", b'{"a":1}')]

    async def test_may_refuse_and_its_refusal_is_an_answer(
        self, other: Other, peers: AsyncExitStack
    ) -> None:
        other.status = 422

        answer = await (await peer(peers, other)).get("/things")

        assert (answer.status_code, answer.json()) == (422, {"code": "some"})

    async def test_that_refuses_an_old_token_is_asked_with_another_at_once(
        self, other: Other, peers: AsyncExitStack
    ) -> None:
        other.revoked = {"t1"}

        answer = await (await peer(peers, other)).get("/things")

        assert (answer.status_code, other.granted) == (200, 2)

    async def test_gets_no_token_in_its_last_minute(
        self, other: Other, peers: AsyncExitStack
    ) -> None:
        other.expires_in = 60
        asked = await peer(peers, other)

        await asked.get("/things")
        await asked.get("/things")

        assert other.granted == 2

    @pytest.mark.parametrize("status", [403, 500, 503])
    async def test_that_fails_or_does_not_know_us_is_unavailable(
        self, other: Other, peers: AsyncExitStack, status: int
    ) -> None:
        other.status = status

        with pytest.raises(PeerUnavailable) as refused:
            await (await peer(peers, other)).get("/things")

        assert other.url not in refused.value.message

    async def test_that_takes_too_long_is_unavailable(
        self, other: Other, peers: AsyncExitStack
    ) -> None:
        other.delay_s = LATE_SECONDS

        with pytest.raises(PeerUnavailable):
            await (await peer(peers, other)).get("/things")

    @pytest.mark.parametrize(
        "wrong",
        [{"url": UNREACHABLE}, {"issuer": UNREACHABLE}, {"secret": "wrong"}, {"issuer": "?"}],
    )
    async def test_is_unavailable_where_nobody_answers_or_no_token_is_given(
        self, other: Other, peers: AsyncExitStack, wrong: dict[str, str]
    ) -> None:
        with pytest.raises(PeerUnavailable):
            await (await peer(peers, other, **wrong)).get("/things")

        assert other.heard == []

    async def test_says_its_secrets_to_no_log(self, other: Other, peers: AsyncExitStack) -> None:
        asked = await peer(peers, other)

        await asked.get("/things")

        assert "s3cret" not in repr(asked.tokens)
        assert "t1" not in repr(asked.tokens)
