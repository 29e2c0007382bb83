"""The world that is killed: broker, database, sinks, and several processes of each service on the path."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Self

import asyncpg
import httpx
from fastapi import APIRouter

from local_stack import databases, kafka, postgres, roster, topics
from local_stack.addresses import free_port
from local_stack.children import Program
from local_stack.clock.ends import AskedEnds
from local_stack.clock.movable import MovableClock
from local_stack.clock.staff import Issuer
from local_stack.machine_time import machine_now
from local_stack.roster import Surroundings
from local_stack.sinks import Credentials, Sinks
from local_stack.supervisor import Kept, Supervisor

PROCESSES: Mapping[str, int] = {
    "ledger": 3, "scheduler": 2, "notifier": 2, "disputes": 1, "portal-api": 2,
}  # fmt: skip
"""So many of each; the first has doors, the others only work."""

SESSION_SECONDS = 8
LEASE_SECONDS = 15
SETTLE_SECONDS_MAX = 600
LOOK_SECONDS = 0.02

_SETTINGS: Mapping[str, str] = {
    "KAFKA_SESSION_SECONDS": str(SESSION_SECONDS),
    "NOTIFIER_CLAIM_LEASE_SECONDS": str(LEASE_SECONDS),
    "SCHEDULER_LAG_PATIENCE_SECONDS": "5",
    "LEDGER_PROOF_EVERY_SECONDS": "120",
    "PORTAL_API_SESSION_IDLE_SECONDS": "31536000",
    "TRACES_ZIPKIN_URL": "",
    # A life begins with imports: compiled code is kept, whatever the machine says.
    "PYTHONDONTWRITEBYTECODE": "",
    "LOG_LEVEL": "WARNING",
}


@dataclass(frozen=True, slots=True)
class Death:
    """A process that was killed, or stood still long enough for others to take over: whose and when."""

    victim: str
    at: datetime


class World:
    """Everything up, in this process's care; used as an async context manager."""

    def __init__(self, folder: Path, *, start: datetime, broken: str = "") -> None:
        """`broken` names a variant of `broken.py` that the services run with."""
        self.folder = folder
        self.clock = MovableClock(folder / "clock", start=start)
        self.deaths: list[Death] = []
        self.said: list[str] = []
        self._broken = broken
        self._supervisor = Supervisor(self.said.append)
        self._sinks = Sinks(folder)
        self._http = httpx.AsyncClient(timeout=SETTLE_SECONDS_MAX + 30, trust_env=False)
        self._clock_port = free_port()

    async def __aenter__(self) -> Self:
        server = await asyncio.to_thread(postgres.prepare, self.folder, durable=True)
        bus = await asyncio.to_thread(kafka.prepare, self.folder)
        self.postgres, self.kafka = server.url, bus.bootstrap
        around = self._surroundings()
        settings = {**roster.shared_settings(around), **_SETTINGS}
        try:
            await asyncio.gather(
                self._supervisor.keep(server.program), self._supervisor.keep(bus.program)
            )
            await topics.create_missing(bus.bootstrap)
            await databases.create_missing(server.url)
            await databases.migrate(roster.migrations(around, settings))
            await self._start_sinks(around, settings)
            await asyncio.gather(*map(self._supervisor.keep, self._services(around, settings)))
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        for kept in self._supervisor.all():
            self.signal(kept.program.name, signal.SIGCONT)
        infrastructure = {"postgres", "kafka"}
        names = [one.program.name for one in self._supervisor.all()]
        await self._supervisor.stop([name for name in names if name not in infrastructure])
        await self._sinks.stop()
        await self._http.aclose()
        await self._supervisor.stop()
        postgres.remove(self.folder)

    # --- what runs ---------------------------------------------------------------------------

    def door(self, service: str) -> str:
        """Where it answers."""
        return self._doors[service]

    @property
    def names(self) -> list[str]:
        """Processes of the services."""
        return [name for service in PROCESSES for name in names_of(service)]

    def one(self, name: str) -> Kept:
        kept = self._supervisor.one(name)
        assert kept is not None, name
        return kept

    def is_up(self, name: str) -> bool:
        kept = self.one(name)
        return kept.state == "up" and kept.child.poll() is None

    async def all_up(self) -> None:
        """Return when every process has come back."""
        while not all(self.is_up(kept.program.name) for kept in self._supervisor.all()):
            await asyncio.sleep(LOOK_SECONDS)

    # --- what is done to it ------------------------------------------------------------------

    def kill(self, name: str, **next_life: str) -> None:
        """kill -9 now; `next_life` is the environment of the life after, and of that one only."""
        kept = self.one(name)
        kept.next_env = dict(next_life)
        self.signal(name, signal.SIGKILL)
        self.died(name)

    def signal(self, name: str, number: signal.Signals) -> None:
        kept = self.one(name)
        if kept.child.poll() is None:
            os.kill(kept.child.pid, number)

    def died(self, name: str) -> None:
        self.deaths.append(Death(name, machine_now()))

    async def settle(self) -> None:
        """Return when nothing is left to do; raises AssertionError saying what is."""
        body = {"timeout_s": SETTLE_SECONDS_MAX}
        answer = await self._http.post(f"{self._clock_url}/settle", json=body)
        assert answer.is_success, f"not at rest: {answer.text[:2_000]}"

    async def advance(self, to: datetime) -> None:
        """Move the clock with a stop at every timer, at rest."""
        body = {"to": to.isoformat(), "timeout_s": SETTLE_SECONDS_MAX}
        answer = await self._http.post(f"{self._clock_url}/clock/advance", json=body)
        assert answer.is_success, f"not at rest: {answer.text[:2_000]}"

    # --- what is found in it -----------------------------------------------------------------

    async def connected(self, service: str) -> asyncpg.Connection:
        return await asyncpg.connect(
            self.postgres.rpartition("/")[0] + "/" + roster.database(service)
        )

    def mails(self) -> list[bytes]:
        """Every mail that the sink took, as it came."""
        return [path.read_bytes() for path in sorted((self.folder / "mail").glob("*.eml"))]

    def texts(self) -> list[dict[str, Any]]:
        """Every text message that the provider took."""
        file = self.folder / "texts.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def logged(self, words: str) -> int:
        """How many log lines of the services hold these words."""
        files = (self.folder / "logs" / f"{name}.log" for name in self.names)
        return sum(file.read_text(errors="replace").count(words) for file in files)

    # --- how it is made ----------------------------------------------------------------------

    @property
    def _clock_url(self) -> str:
        return roster.address(self._clock_port)

    def _surroundings(self) -> Surroundings:
        self._known, self._sms_port, self._provider_port = Credentials(), free_port(), free_port()
        self._ports = {name: free_port() for name in self.names}
        doors = {one: roster.address(self._ports[names_of(one)[0]]) for one in PROCESSES}
        return Surroundings(
            postgres=self.postgres,
            bootstrap=self.kafka,
            trustworthy_bus=True,
            clock_file=self.folder / "clock",
            clock=self._clock_url,
            traces="",
            smtp_port=free_port(),
            sms=roster.address(self._sms_port),
            sms_account_sid=self._known.account_sid,
            sms_auth_token=self._known.auth_token,
            provider=roster.address(self._provider_port),
            stripe_key=self._known.stripe_key,
            stripe_webhook_secret=self._known.stripe_webhook_secret,
            service_secret=self._known.service_secret,
            doors=doors,
            logs=self.folder / "logs",
        )

    async def _start_sinks(self, around: Surroundings, settings: Mapping[str, str]) -> None:
        issuer = Issuer(self._clock_url, roster.clients(around.service_secret))
        self.staff_token = issuer.token("staff", roster.ROLES, now=machine_now())
        self._doors = {**around.doors, "provider": around.provider}
        await self._sinks.clock(
            self.clock, issuer, AskedEnds(self.kafka),
            services=around.doors, control=APIRouter(), port=self._clock_port,
        )  # fmt: skip
        now = self.clock.now
        await self._sinks.mail(now, free_port(), around.smtp_port)
        webhook = f"{around.doors['notifier']}/webhooks/twilio"
        await self._sinks.sms(now, self._sms_port, self._known, webhook)
        notices = f"{around.doors['portal-api']}/webhooks/stripe"
        await self._sinks.payments(self._provider_port, self._known, notices)

    def _services(self, around: Surroundings, settings: Mapping[str, str]) -> list[Program]:
        return [
            self._maybe_broken(
                roster.service(
                    service,
                    self._ports[name],
                    around,
                    settings,
                    mode="worker" if number else "all",
                    instance=str(number + 1),
                )
            )
            for service in PROCESSES
            for number, name in enumerate(names_of(service))
        ]

    def _maybe_broken(self, program: Program) -> Program:
        if not self._broken:
            return program
        *_, module, mode = program.argv
        script = str(Path(__file__).with_name("broken.py"))
        return replace(program, argv=(sys.executable, script, self._broken, module, mode))


def names_of(service: str) -> list[str]:
    """The processes of one service."""
    return [f"{service}-{number + 1}" for number in range(PROCESSES[service])]
