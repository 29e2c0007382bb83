"""Each service as a process with its doors open, a database of its own and something in it."""

import asyncio
import importlib
import json
import os
import socket
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

import httpx
import pytest

from local_stack.addresses import free_port
from local_stack.clock.staff import AUDIENCE, Issuer
from local_stack.machine_time import machine_now
from local_stack.roster import address
from local_stack.sinks import Credentials, Sinks
from shared.base.clock import FileClock
from shared.messaging.cloudevents import Record
from shared.messaging.seal import Seal
from shared.testing.examples import SOURCE, erp_examples, our_examples
from shared.testing.plugin import DatabaseOf
from shared.web.app import create_app
from shared.worker.description import Service
from shared.worker.server import Server, listen

ROOT = Path(__file__).parents[2]
NOON = datetime(2026, 4, 20, 12, tzinfo=UTC)
ROLES = ["viewer", "collector", "operator", "admin"]
UP_SECONDS_MAX = 300
ERIKA = "erika@muster.example"
_LAST_LINK = """
SELECT convert_from(payload, 'utf8')::json ->> 'link_sealed' FROM outbox WHERE topic = 'portal-api.events.v1'
ORDER BY seq DESC LIMIT 1
"""
PORTAL = {
    "PORTAL_API_PUBLIC_URL": "https://portal.example",
    "PORTAL_API_LINK_KEYS": token_urlsafe(32),
    "PORTAL_API_ASKS_OF_ADDRESS_MAX": "1000",
    "PORTAL_API_ASKS_OF_NETWORK_MAX": "1000",
}
"""Other services read none of it."""


@dataclass(frozen=True)
class Door:
    """A running service, and the tokens of all who come there: staff for all that they may do, a customer."""

    url: str
    tokens: tuple[str, ...]


@dataclass(frozen=True)
class KeyServer:
    """An issuer of tokens that publishes its keys, and gives each service that asks one as the portal's."""

    issuer: Issuer
    keys_url: str

    def token(self, *roles: str, ago: timedelta = timedelta()) -> str:
        """All that staff may do, or these roles; made so long ago."""
        return self.issuer.token("sam", list(roles) or ROLES, now=machine_now() - ago)


@pytest.fixture(scope="session")
def key_server() -> Iterator[KeyServer]:
    issuer = Issuer("https://issuer.example")

    class Keys(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(issuer.keys()).encode())

        def do_POST(self) -> None:
            self.send_response(200)
            self.end_headers()
            token = issuer.token("portal-api", ["portal"], now=machine_now())
            self.wfile.write(json.dumps({"access_token": token, "expires_in": 3600}).encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Keys)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield KeyServer(issuer, f"http://127.0.0.1:{server.server_port}/keys")
    server.shutdown()


Environment = Callable[[str], Awaitable[dict[str, str]]]


@pytest.fixture
async def provider(tmp_path: Path) -> AsyncIterator[dict[str, str]]:
    """The fake of Stripe, as the portal's settings name it; it tells nobody anything."""
    sinks, known, port = Sinks(tmp_path), Credentials(), free_port()
    await sinks.payments(port, known, "")
    yield {
        "PORTAL_API_STRIPE_URL": address(port),
        "PORTAL_API_STRIPE_SECRET_KEY": known.stripe_key,
        "PORTAL_API_STRIPE_WEBHOOK_SECRETS": known.stripe_webhook_secret,
    }
    await sinks.stop()


@pytest.fixture
def environment_of(
    database_of: DatabaseOf, tmp_path: Path, key_server: KeyServer, provider: dict[str, str]
) -> Environment:
    """A service's settings, by the names that the environment gives them, over a fresh database."""

    async def made(service: str) -> dict[str, str]:
        FileClock.move(tmp_path / "clock", NOON)
        return {
            "DATABASE_URL": await database_of(service),
            "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1",
            "CLOCK_FILE": str(tmp_path / "clock"),
            "COMPANY_FILE": str(ROOT / "deploy/company/example.yaml"),
            "STAFF_JWKS_URL": key_server.keys_url,
            "STAFF_ISSUER": key_server.issuer.address,
            "STAFF_AUDIENCE": AUDIENCE,
            "SERVICE_TOKEN_URL": key_server.keys_url,
            "DISPUTES_PAPERS_URL": (tmp_path / "papers").as_uri(),
            "DISPUTES_SCANNER": "stand-in",
            **PORTAL,
            **provider,
        }

    return made


def built(service: str, environment: dict[str, str]) -> Service:
    """The service inside this process."""
    package = service.replace("-", "_")
    settings = importlib.import_module(f"{package}.config").Settings
    made: Service = importlib.import_module(f"{package}.main").build(
        settings(**{name.lower(): value for name, value in environment.items()})
    )
    return made


@pytest.fixture
async def opened(
    environment_of: Environment,
) -> AsyncIterator[Callable[..., Awaitable[Service]]]:
    """`await opened("scheduler")` → that service in this process, on its database."""
    async with AsyncExitStack() as stack:

        async def made(service: str, **more: str) -> Service:
            inside = built(service, await environment_of(service) | more)
            stack.push_async_callback(inside.database.close)
            return inside

        yield made


@pytest.fixture
async def serving(
    opened: Callable[..., Awaitable[Service]],
) -> AsyncIterator[Callable[[str], Awaitable[tuple[Service, str]]]]:
    """`await serving("disputes")` → that service in this process, and where its doors are."""
    async with AsyncExitStack() as stack:

        async def made(service: str, **more: str) -> tuple[Service, str]:
            inside = await opened(service, **more)
            sock = listen("127.0.0.1", 0)
            server = Server(create_app(inside), drain_seconds=1)
            task = asyncio.create_task(server.serve([sock]))
            stack.push_async_callback(asyncio.wait, [task])
            stack.callback(setattr, server, "should_exit", True)
            return inside, f"http://127.0.0.1:{sock.getsockname()[1]}"

        yield made


async def tell_the_story(service: Service) -> None:
    """Everything of the catalogue's story that the service hears, as if it had come over the bus; and a crash."""
    events: list[Any] = [*erp_examples(), *our_examples()]
    for hearing in service.hearings:
        records = [
            record_of(event, offset)
            for offset, event in enumerate(events)
            if event.TOPIC in hearing.topics
        ]
        async with service.database.work(NOON) as work:
            await hearing.take(work, records)
        if records and hearing is service.hearings[0]:
            async with service.database.work(NOON) as work:
                bad = record_of(events[0] if service.name == "ledger" else events[-1], 9_999)
                await hearing.park(work, bad, RuntimeError("boom"))


def record_of(event: Any, offset: int) -> Record:
    attributes = {"specversion": "1.0", "id": f"e{offset}", "source": SOURCE, "type": event.TYPE}
    data = event.model_dump_json(exclude_none=True).encode()
    key = str(getattr(event, "customer_id", ""))
    return Record(event.TOPIC, 0, offset, key, attributes, data)


async def session_of(service: Service, email: str) -> str:
    """The token of a session at the portal, through its own doors and the link that is mailed."""
    settings: Any = service.settings
    seal = Seal.of(settings.portal_api_link_keys.get_secret_value())
    assert seal is not None
    transport = httpx.ASGITransport(create_app(service))
    async with httpx.AsyncClient(transport=transport, base_url="https://portal.example") as http:
        asked = (await http.post("/v1/sign-ins", json={"email": email})).json()
        async with service.database.look() as connection:
            sealed = await connection.fetchval(_LAST_LINK)
        link = seal.open(sealed, about=asked["sign_in_id"])
        answer = await http.post("/v1/sessions", json={"token": link.rpartition("/")[2]})
    token: str = answer.json()["session_token"]
    return token


@pytest.fixture
def sign_in() -> Callable[[Service, str], Awaitable[str]]:
    """`await sign_in(portal, "erika@…")` → the token of a session."""
    return session_of


@pytest.fixture
def peers() -> dict[str, tuple[str, ...]]:
    """Which other services each one asks."""
    return {"portal-api": ("disputes", "ledger")}


@pytest.fixture
async def door_of(
    environment_of: Environment, key_server: KeyServer, peers: dict[str, tuple[str, ...]]
) -> AsyncIterator[Callable[[str], Awaitable[Door]]]:
    """`await door_of("ledger")` → that service, running."""
    async with AsyncExitStack() as stack:

        async def opened(service: str) -> Door:
            asked = {peer: await opened(peer) for peer in peers.get(service, ())}
            environment = await environment_of(service) | {
                f"PORTAL_API_{peer.upper()}_URL": door.url for peer, door in asked.items()
            }
            inside = built(service, environment)
            await tell_the_story(inside)
            sessions = [await session_of(inside, ERIKA)] if service == "portal-api" else []
            await inside.database.close()

            with socket.create_server(("127.0.0.1", 0)) as sock:
                port = sock.getsockname()[1]
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", f"{service.replace('-', '_')}.main", "api",
                env=os.environ | environment | {"HTTP_PORT": str(port), "LOG_LEVEL": "ERROR"},
            )  # fmt: skip
            stack.push_async_callback(process.wait)
            stack.callback(process.terminate)
            door = Door(f"http://127.0.0.1:{port}", (key_server.token(), *sessions))
            await until_up(door)
            return door

        yield opened


async def until_up(door: Door) -> None:
    async with httpx.AsyncClient(trust_env=False) as http, asyncio.timeout(UP_SECONDS_MAX):
        while True:
            try:
                await http.get(f"{door.url}/healthz")
            except httpx.TransportError:
                await asyncio.sleep(0.1)
            else:
                return
