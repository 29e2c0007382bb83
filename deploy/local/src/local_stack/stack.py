"""The stack: everything up in its order, and down again."""

import asyncio
import os
from collections.abc import Callable, Coroutine
from datetime import datetime

from local_stack import broker, databases, postgres, roster, state, topics, zipkin
from local_stack.addresses import LOOPBACK, free_port
from local_stack.artifacts import ArtifactsMissing
from local_stack.broker import Bus
from local_stack.clock.ends import AskedEnds, LogEnds, WatchedEnds
from local_stack.clock.movable import MovableClock
from local_stack.clock.staff import Issuer
from local_stack.control import control_doors
from local_stack.folders import LOCAL
from local_stack.machine_time import machine_now
from local_stack.roster import Surroundings
from local_stack.sinks import Credentials, Sinks
from local_stack.supervisor import Supervisor

PORTS = {
    "postgres": 54320,
    "kafka": 9092,
    "traces": 9411,
    "clock": 8110,
    "mail": 8125,
    "smtp": 8126,
    "sms": 8127,
    "provider": 8128,
    **roster.PORTS,
}

Say = Callable[[str], None]


class Stack:
    """All of Dunwell on this machine."""

    def __init__(self, say: Say) -> None:
        """`say` is told every step, in a sentence."""
        self._say = say
        self._supervisor = Supervisor(say)
        self._sinks = Sinks(LOCAL)
        self._ports = {name: free_port(preferred) for name, preferred in PORTS.items()}

    @property
    def lost(self) -> asyncio.Event:
        """Set when something died without which the stack makes no sense."""
        return self._supervisor.lost

    async def up(self) -> dict[str, str]:
        """Start everything; returns the addresses. Raises ProgramFailed or ArtifactsMissing."""
        bus = await self._choose_broker()
        database = await asyncio.to_thread(
            postgres.prepare, LOCAL, port=self._ports["postgres"], durable=True
        )
        clock = MovableClock(LOCAL / "clock", start=_clock_start())
        known = Credentials()
        issuer = Issuer(self._url("clock"), roster.clients(known.service_secret))
        around = self._surroundings(database.url, bus, known)
        settings = roster.shared_settings(around)

        async def begin() -> None:
            await _together(
                self._start_sinks(clock, issuer, bus, known),
                self._start_bus(bus),
                self._start_database(database, around, settings),
            )
            await self._start_services(around, settings)

        await _together(self._start_traces(), begin())
        return self._endpoints(database.url, bus, issuer)

    async def down(self) -> None:
        """Stop everything: services first, then what they stand on."""
        await self._supervisor.stop(list(roster.NAMES))
        self._say("services are down")
        await self._sinks.stop()
        await self._supervisor.stop()
        self._say("broker, database and traces are down")

    async def _choose_broker(self) -> Bus:
        choice = await asyncio.to_thread(broker.choose)
        self._say(f"broker: {choice.reason}")

        lasting = choice.kind == "kafka"
        if state.keep_only_for(f"{choice.kind} {choice.external}", lasting=lasting):
            self._say("starting afresh: the log that the databases depended on is gone")
        return await asyncio.to_thread(broker.prepare, choice, LOCAL, port=self._ports["kafka"])

    def _surroundings(self, database: str, bus: Bus, known: Credentials) -> Surroundings:
        return Surroundings(
            postgres=database,
            bootstrap=bus.bootstrap,
            trustworthy_bus=bus.is_trustworthy,
            clock_file=LOCAL / "clock",
            clock=self._url("clock"),
            traces=self._url("traces"),
            smtp_port=self._ports["smtp"],
            sms=self._url("sms"),
            sms_account_sid=known.account_sid,
            sms_auth_token=known.auth_token,
            provider=self._url("provider"),
            stripe_key=known.stripe_key,
            stripe_webhook_secret=known.stripe_webhook_secret,
            service_secret=known.service_secret,
            doors={name: self._url(name) for name in roster.NAMES},
            logs=state.LOGS,
        )

    async def _start_sinks(
        self, clock: MovableClock, issuer: Issuer, bus: Bus, known: Credentials
    ) -> None:
        make: type[AskedEnds | WatchedEnds] = AskedEnds if bus.is_trustworthy else WatchedEnds
        ends: LogEnds = make(bus.bootstrap)
        addresses = {name: self._url(name) for name in roster.NAMES}
        control = control_doors(self._supervisor)
        webhook = f"{self._url('notifier')}/webhooks/twilio"

        port = self._ports["clock"]
        await self._sinks.clock(clock, issuer, ends, services=addresses, control=control, port=port)
        await self._sinks.mail(clock.now, self._ports["mail"], self._ports["smtp"])
        await self._sinks.sms(clock.now, self._ports["sms"], known, webhook)
        notices = f"{self._url('portal-api')}/webhooks/stripe"
        await self._sinks.payments(self._ports["provider"], known, notices)
        self._say(f"clock {self._url('clock')} at {clock.now():%Y-%m-%d %H:%M} UTC")
        self._say(f"mail box {self._url('mail')}, text messages {self._url('sms')}")
        self._say(f"payments {self._url('provider')} (a fake of Stripe)")

    async def _start_bus(self, bus: Bus) -> None:
        if bus.program:
            await self._supervisor.keep(bus.program, again=bus.is_trustworthy)
        await topics.create_missing(bus.bootstrap, os.environ.get("KAFKA_TOPIC_PREFIX", ""))
        self._say(f"{bus.name} {bus.bootstrap}, {len(topics.ALL)} topics")

    async def _start_traces(self) -> None:
        port = self._ports["traces"]
        try:
            if not zipkin.is_available():
                raise ArtifactsMissing("Java and Maven are not both here")
            program, url = await asyncio.to_thread(zipkin.prepare, LOCAL, port=port)
            await self._supervisor.keep(program)
            self._say(f"traces {url} (Zipkin)")
        except ArtifactsMissing as missing:
            await self._sinks.traces(port)
            self._say(f"traces {self._url('traces')} (a plain page: {missing})")

    async def _start_database(
        self, server: postgres.Server, around: Surroundings, settings: dict[str, str]
    ) -> None:
        await self._supervisor.keep(server.program)
        await databases.create_missing(server.url)
        self._say(f"postgres {LOOPBACK}:{self._ports['postgres']}")

        await databases.migrate(roster.migrations(around, settings))
        self._say(f"databases migrated: {', '.join(roster.NAMES)}")

    async def _start_services(self, around: Surroundings, settings: dict[str, str]) -> None:
        async def begin(name: str) -> None:
            program = roster.service(name, self._ports[name], around, settings)
            await self._supervisor.keep(program)
            self._say(f"{name} {self._url(name)}")

        await _together(*map(begin, roster.NAMES))

    def _endpoints(self, database: str, bus: Bus, issuer: Issuer) -> dict[str, str]:
        own = {name: self._url(name) for name in ("clock", "mail", "sms", "provider", "traces")}
        ours = {roster.database(name): self._url(name) for name in roster.NAMES}
        token = issuer.token("local-staff", roster.ROLES, now=machine_now())
        buses = {"kafka": bus.bootstrap, "postgres": database}
        return {**buses, **ours, **own, "staff_token": token}

    def _url(self, name: str) -> str:
        return roster.address(self._ports[name])


def _clock_start() -> datetime:
    """CLOCK_START (ISO 8601 with zone), else the machine's present instant."""
    given = os.environ.get("CLOCK_START")
    return datetime.fromisoformat(given) if given else machine_now()


async def _together(*work: Coroutine[None, None, None]) -> None:
    """Do all at once; the first failure ends the others, so that nothing starts after `down`."""
    try:
        async with asyncio.TaskGroup() as group:
            for part in work:
                group.create_task(part)
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None
