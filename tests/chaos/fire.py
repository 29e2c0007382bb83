"""Strikes the world as planned, one after another, and keeps count of what really died."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import asyncpg
from aiokafka.admin import AIOKafkaAdminClient
from strikes import Strike
from world import LOOK_SECONDS, SESSION_SECONDS, World, names_of

from local_stack.children import Child
from local_stack.machine_time import machine_now

DOWN_AT_ONCE_MAX = 4
AT_POINT_SECONDS_MAX = 12
UP_SECONDS_MAX = 300
ZOMBIE_SECONDS_MAX = 4 * SESSION_SECONDS


class Fire:
    """`kills` counts by kind; `struck` is the share of the plan that is done."""

    def __init__(self, world: World, plan: Sequence[Strike], say: Callable[[str], None]) -> None:
        self._world = world
        self._plan = plan
        self._say = say
        self._busy: set[str] = set()
        self._aside: set[asyncio.Task[None]] = set()
        self.kills: Counter[str] = Counter()
        self.struck = 0.0
        self.limit = 1.0
        """The share at which it waits for the story."""

    async def burn(self) -> None:
        """All strikes; then whatever is armed or asleep comes to its end."""
        for number, strike in enumerate(self._plan, 1):
            await self._some_up()
            await self._strike(strike)
            await asyncio.sleep(strike.rest)
            self.struck = number / len(self._plan)
            while self.struck > self.limit:
                await asyncio.sleep(LOOK_SECONDS)
        while self._aside:
            await asyncio.gather(*self._aside)
        async with asyncio.timeout(UP_SECONDS_MAX):
            await self._world.all_up()

    async def _some_up(self) -> None:
        """Wait until most processes live: what is down already cannot be killed."""
        with suppress(TimeoutError):
            async with asyncio.timeout(UP_SECONDS_MAX):
                while len(self._down()) > DOWN_AT_ONCE_MAX or not self._stands_on_something():
                    await asyncio.sleep(LOOK_SECONDS)

    def _down(self) -> list[str]:
        return [name for name in self._world.names if not self._world.is_up(name)]

    def _stands_on_something(self) -> bool:
        return self._world.is_up("postgres") and self._world.is_up("kafka")

    async def _strike(self, strike: Strike) -> None:
        match strike.kind:
            case "kill":
                self._kill(await self._free(strike.target), strike.kind)
            case "point":
                self._beside(self._arm(await self._armable(strike), strike))
            case "relay":
                self._kill(await self._free(await self._relay_of(strike.target)), strike.kind)
            case "replace":
                name = await self._free(strike.target)
                self._kill(
                    name, strike.kind, KAFKA_STATIC_MEMBERSHIP=f"{name}-{self.kills.total()}"
                )
            case "postgres" | "kafka":
                self._kill(strike.target, strike.kind)
            case "backend":
                self._kill_backend()
            case "pause-kafka":
                await self._pause("kafka", [self._world.one("kafka").child.pid], strike.seconds)
            case "slow-disk":
                await self._pause("postgres", self._backends(), strike.seconds)
            case "zombie":
                self._beside(self._bury_alive(await self._free(strike.target)))

    # --- kills -------------------------------------------------------------------------------

    def _kill(self, name: str, kind: str, **next_life: str) -> None:
        self._world.kill(name, **next_life)
        self._count(kind, name)

    def _kill_backend(self) -> None:
        """One server process: PostgreSQL ends all others and recovers."""
        pid = max(self._backends())
        self._world.died("postgres")
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        self._count("backend", "postgres")

    async def _arm(self, name: str, strike: Strike) -> None:
        """Kill; the next life dies by itself at the point, or by us when it does not get there in time."""
        self._busy.add(name)
        try:
            self._kill(name, "to-arm", CRASH_AT=f"{strike.point}:{strike.arrivals}")
            killed = self._world.one(name).child
            while (armed := self._world.one(name).child) is killed:
                await asyncio.sleep(LOOK_SECONDS)
            await self._end_of(
                armed, unless=lambda: self._world.is_up(name), seconds=UP_SECONDS_MAX
            )
            await self._end_of(armed, unless=lambda: False, seconds=AT_POINT_SECONDS_MAX)
            if armed.returncode == -signal.SIGKILL:
                self._world.died(name)
                self._count(strike.point, name)
            else:
                self._kill(name, "not-at-point")
        finally:
            self._busy.discard(name)

    async def _end_of(self, child: Child, *, unless: Callable[[], bool], seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while child.poll() is None and not unless():
                    await asyncio.sleep(LOOK_SECONDS)

    def _count(self, kind: str, name: str) -> None:
        self.kills[kind] += 1
        self._say(f"{kind} {name}")

    # --- standing still ----------------------------------------------------------------------

    async def _pause(self, name: str, pids: Sequence[int], seconds: float) -> None:
        self._say(f"pause {name} {seconds:.1f} s")
        self._world.died(name)
        _signal_all(pids, signal.SIGSTOP)
        await asyncio.sleep(seconds)
        _signal_all(pids, signal.SIGCONT)

    async def _bury_alive(self, name: str) -> None:
        """Stop a worker until the group has given its partitions to others; then wake it."""
        self._busy.add(name)
        group = f"dunwell-{name.rpartition('-')[0]}"
        self._say(f"zombie {name} sleeps")
        self._world.died(name)
        self._world.signal(name, signal.SIGSTOP)
        try:
            asleep_at = machine_now()
            taken = False
            while not taken and (machine_now() - asleep_at).total_seconds() < ZOMBIE_SECONDS_MAX:
                await asyncio.sleep(1)
                slept = (machine_now() - asleep_at).total_seconds()
                taken = slept > SESSION_SECONDS and not await self._is_member(group, name)
        finally:
            self._world.signal(name, signal.SIGCONT)
            self._busy.discard(name)
        self._say(f"zombie {name} wakes, partitions {'taken' if taken else 'still its own'}")
        self.kills["(zombie)" if taken else "(sleeper)"] += 1

    async def _is_member(self, group: str, name: str) -> bool:
        """Whether the group still counts that process in; yes when the broker does not say."""
        admin = AIOKafkaAdminClient(bootstrap_servers=self._world.kafka, request_timeout_ms=3_000)
        try:
            await admin.start()
            (answer,) = await admin.describe_consumer_groups([group])
        except Exception:  # noqa: BLE001 - the broker may be down just now; ask again
            return True
        finally:
            await admin.close()
        instance = name.rpartition("-")[2]
        members = [str(member) for found in answer.groups for member in found[5]]
        return any(f"{instance}-" in member[:40] for member in members)

    # --- whom --------------------------------------------------------------------------------

    async def _free(self, name: str) -> str:
        """That process or, while it is down or busy, the next of its service that is not."""
        names = names_of(name.rpartition("-")[0])
        order = [*names[names.index(name) :], *names[: names.index(name)]]
        async with asyncio.timeout(UP_SECONDS_MAX):
            while True:
                for one in order:
                    if one not in self._busy and self._world.is_up(one):
                        return one
                await asyncio.sleep(LOOK_SECONDS)

    async def _armable(self, strike: Strike) -> str:
        """Only who holds the lease gets to the points of the relay."""
        if strike.point.startswith("relay."):
            return await self._free(await self._relay_of(strike.target.rpartition("-")[0]))
        return await self._free(strike.target)

    async def _relay_of(self, service: str) -> str:
        """The process that tells the service's outbox."""
        try:
            connection = await self._world.connected(service)
            owner = await connection.fetchval("SELECT owner FROM relay_cursor")
            await connection.close()
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            owner = ""
        return owner if owner in names_of(service) else names_of(service)[0]

    def _backends(self) -> list[int]:
        postmaster = self._world.one("postgres").child.pid
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text()
        return [int(pid) for pid in children.split()] or [postmaster]

    def _beside(self, work: object) -> None:
        task = asyncio.ensure_future(work)  # type: ignore[call-overload]
        self._aside.add(task)
        task.add_done_callback(self._aside.discard)


def _signal_all(pids: Sequence[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
