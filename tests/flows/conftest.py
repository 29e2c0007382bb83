"""All five services as processes on real Kafka and PostgreSQL, seen from outside: topics in, doors out."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any, Self
from uuid import UUID

import httpx
import pytest

from shared.base.days import BusinessCalendar
from shared.base.ids import object_id
from shared.messaging.bus import Outgoing
from shared.messaging.kafka import KafkaAt, KafkaBus
from shared.testing.builders import SOURCE

UP_SECONDS_MAX = 300
CALL_SECONDS_MAX = 60
MOVE_SECONDS_MAX = 600
LINK = re.compile(r"https?://\S+/sign-in/([\w-]{43})\b")
CLOCK_START = "2026-03-02T05:00:00Z"
"""A Monday without holidays around, before anybody's business hours in Europe."""


class Stack:
    """A running stack, as an ERP, an operator and a customer's mailbox see it."""

    def __init__(self, folder: Path) -> None:
        self.at: dict[str, str] = json.loads((folder / "endpoints.json").read_text())
        self._http = httpx.AsyncClient(
            timeout=CALL_SECONDS_MAX,
            headers={"Authorization": f"Bearer {self.at['staff_token']}"},
            trust_env=False,
        )
        self._bus = KafkaBus(
            KafkaAt(self.at["kafka"], idempotence=os.environ.get("BROKER") != "tansu")
        )

    async def __aenter__(self) -> Self:
        await self._bus.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._bus.stop()
        await self._http.aclose()

    async def tell(self, *messages: Outgoing) -> None:
        """Publish, and wait until everything that follows from it has happened."""
        await self._bus.publish(messages)
        await self.settle()

    async def publish(self, *messages: Outgoing) -> None:
        """Publish and wait for nothing."""
        await self._bus.publish(messages)

    async def settle(self) -> None:
        await self.post("clock", "/settle", {"timeout_s": 120})

    async def now(self) -> datetime:
        return datetime.fromisoformat((await self.get("clock", "/clock"))["now"])

    async def advance(self, to: datetime) -> None:
        await self.post("clock", "/clock/advance", {"to": to.isoformat()})

    async def advance_to_contact(self) -> None:
        """On to ten o'clock UTC of the next business day of Germany: contact hours in all of Europe."""
        today = (await self.now()).date()
        day = BusinessCalendar("DE").add_business_days(today, 1)
        await self.advance(datetime.combine(day, time(10), UTC))

    async def jump(self, to: datetime) -> None:
        await self.post("clock", "/clock/jump", {"to": to.isoformat()})

    async def kill(self, program: str, *, crash_at: str = "") -> None:
        """kill -9 now; the next life dies by itself at `crash_at`, the one after lives on."""
        await self._kill(program, {"CRASH_AT": crash_at} if crash_at else {})

    async def restart(self, program: str, **settings: str) -> None:
        """kill -9, and wait for the next life; the settings are that life's alone."""
        await self._kill(program, settings)
        await self.settle()

    async def _kill(self, program: str, env: dict[str, str]) -> None:
        await self.post("clock", f"/programs/{program}/kills", {"env": env})

    async def program(self, name: str) -> dict[str, Any]:
        items = (await self.get("clock", "/programs"))["items"]
        return next(item for item in items if item["name"] == name)

    async def timeline(self, number: str) -> list[dict[str, Any]]:
        return await self.all("scheduler", f"/v1/customers/{customer_id(number)}/timeline")

    async def messages(self, number: str) -> list[dict[str, Any]]:
        return await self.all("notifier", f"/v1/customers/{customer_id(number)}/messages")

    async def open_items(self, number: str) -> list[dict[str, Any]]:
        return await self.all("ledger", f"/v1/customers/{customer_id(number)}/open-items")

    async def doubts(self, number: str, source: str = SOURCE) -> list[dict[str, Any]]:
        return [
            one
            for one in await self.all("ledger", "/v1/parked")
            if one["customer_id"] == str(customer_id(number, source))
        ]

    async def mails(self, to: str) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = (await self.get("mail", "/messages", to=to))["items"]
        return items

    async def outcome(self, event_id: str, source: str = SOURCE) -> dict[str, Any]:
        return await self.get("ledger", "/v1/intake", source=source, event_id=event_id)

    async def sending(self, mode: str) -> None:
        await self.post("notifier", "/v1/sending", {"mode": mode})
        await self.settle()

    async def sign_in(self, browser: httpx.AsyncClient, address: str) -> None:
        """The browser is that contact's from now on."""
        asked = await browser.post("/v1/sign-ins", json={"email": address})
        await self.settle()
        found = LINK.search((await self.mails(address))[-1]["text"])
        assert found is not None
        given = {"token": found[1], "code": asked.json()["code"]}
        session = opened(await browser.post("/v1/sessions", json=given))
        browser.headers["Authorization"] = f"Bearer {session['session_token']}"

    async def get(self, service: str, path: str, **query: Any) -> dict[str, Any]:
        return opened(await self._http.get(self.at[service] + path, params=query))

    async def post(
        self, service: str, path: str, body: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        return opened(
            await self._http.post(self.at[service] + path, json=body, timeout=MOVE_SECONDS_MAX)
        )

    async def all(self, service: str, path: str, **query: Any) -> list[dict[str, Any]]:
        """Every item of a list, page by page."""
        items: list[dict[str, Any]] = []
        cursor: str | None = None
        while True:
            page = await self.get(service, path, **query, **({"cursor": cursor} if cursor else {}))
            items += page["items"]
            cursor = page.get("next")
            if not cursor:
                return items


def opened(answer: httpx.Response) -> dict[str, Any]:
    assert answer.is_success, (
        f"{answer.request.url} answered {answer.status_code}: {answer.text[:800]}"
    )
    return dict(answer.json()) if answer.content else {}


def customer_id(number: str, source: str = SOURCE) -> UUID:
    return object_id(source, "customer", number)


def run_stack(command: str, folder: Path, **environment: str) -> None:
    surroundings = (
        os.environ | {"LOCAL_FOLDER": str(folder), "CLOCK_START": CLOCK_START} | environment
    )
    done = subprocess.run(
        [sys.executable, "-m", "local_stack.main", command],
        env=surroundings, capture_output=True, text=True, timeout=UP_SECONDS_MAX, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{command}: {done.stdout[-3000:]}{done.stderr[-3000:]}"


NewStack = Callable[..., AbstractContextManager[Path]]


@contextmanager
def running_stack(**environment: str) -> Iterator[Path]:
    """A stack of its own in a new folder, for the length of the block."""
    folder = Path(tempfile.mkdtemp(prefix="dunwell-flow-"))
    try:
        run_stack("up", folder, **environment)
        yield folder
    finally:
        run_stack("down", folder)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def new_stack() -> NewStack:
    """Starts stacks of their own."""
    return running_stack


@pytest.fixture(scope="module")
def stack_folder() -> Iterator[Path]:
    """A stack per file: customers whom another file left due would be in flight beside its own."""
    with running_stack() as folder:
        yield folder


@pytest.fixture
async def stack(stack_folder: Path) -> AsyncIterator[Stack]:
    """The one stack that the scenarios of a file share; each uses customers of its own."""
    async with Stack(stack_folder) as stack:
        await stack.post("mail", "/faults", {"mode": "none"})
        yield stack


@pytest.fixture
async def browser(stack: Stack) -> AsyncIterator[httpx.AsyncClient]:
    """A customer's, at the portal."""
    async with httpx.AsyncClient(base_url=stack.at["portal_api"], trust_env=False) as client:
        yield client
