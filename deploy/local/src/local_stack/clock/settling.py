"""When is everything at rest? When two looks in a row find no work, and nothing moved between."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from aiokafka.errors import KafkaError

from local_stack.clock.ends import Ends, LogEnds
from local_stack.clock.movable import MovableClock
from local_stack.clock.pulses import Pulse, Pulses

LOOK_PAUSE_FIRST_S = 0.004
LOOK_PAUSE_MAX_S = 0.05
SETTLE_TIMEOUT_S = 120.0


class NotSettledError(Exception):
    """Work was left when the time was up; `busy` says which."""

    def __init__(self, busy: list[str]) -> None:
        super().__init__("; ".join(busy))
        self.busy = busy


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen at one instant: sentences about work, and marks that move when work is done."""

    busy: tuple[str, ...]
    marks: tuple[object, ...]
    next_due_at: datetime | None


class Mover:
    """Moves the clock, one caller at a time, and only when everything is at rest."""

    def __init__(self, clock: MovableClock, pulses: Pulses, ends: LogEnds) -> None:
        self._clock = clock
        self._pulses = pulses
        self._ends = ends
        self._turn = asyncio.Lock()

    async def settle(self, *, timeout_s: float = SETTLE_TIMEOUT_S) -> None:
        """Return when everything is at rest; raises NotSettledError when the time is up."""
        async with self._my_turn(timeout_s):
            await self._settled(timeout_s)

    async def jump(self, to: datetime, *, timeout_s: float = SETTLE_TIMEOUT_S) -> None:
        """Move in one step, as an outage would; raises BackwardsError or NotSettledError."""
        async with self._my_turn(timeout_s):
            await self._settled(timeout_s)
            self._clock.forward(to)
            await self._settled(timeout_s)

    async def advance(self, to: datetime, *, timeout_s: float = SETTLE_TIMEOUT_S) -> int:
        """Move, and stop at every due timer on the way; returns the number of stops.

        `timeout_s` is for each stop. Raises BackwardsError or NotSettledError.
        """
        stops = 0
        async with self._my_turn(timeout_s):
            look = await self._settled(timeout_s)
            while self._clock.now() != to:
                self._clock.forward(min(look.next_due_at or to, to))
                look = await self._settled(timeout_s)
                stops += 1
        return stops

    async def _settled(self, timeout_s: float) -> Look:
        deadline = time.monotonic() + timeout_s
        pause = LOOK_PAUSE_FIRST_S
        last = await self._look()

        while True:
            await asyncio.sleep(pause)
            look = await self._look()
            if not look.busy and look == last:
                return look
            if time.monotonic() > deadline:
                raise NotSettledError(list(look.busy) or ["things keep moving"])
            pause = min(pause * 1.5, LOOK_PAUSE_MAX_S) if look.busy else LOOK_PAUSE_FIRST_S
            last = look

    async def _look(self) -> Look:
        pulses, silent = await self._pulses.feel()
        topics = {topic for pulse in pulses for topic in pulse.consumed}
        try:
            ends = await self._ends.of(topics)
        except (KafkaError, TimeoutError, OSError) as error:
            return Look((f"broker: gives no ends ({type(error).__name__})",), (), None)

        now = self._clock.now()
        busy = [*silent, *(sentence for pulse in pulses for sentence in _work(pulse, ends, now))]
        marks = tuple((p.service, p.told_seq, _flat(p.consumed)) for p in pulses)
        due = [pulse.next_due_at for pulse in pulses if pulse.next_due_at is not None]
        return Look(tuple(busy), (*marks, _flat(ends)), min(due, default=None))

    @asynccontextmanager
    async def _my_turn(self, timeout_s: float) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(timeout_s):
                await self._turn.acquire()
        except TimeoutError:
            raise NotSettledError(["clock: another move is under way"]) from None
        try:
            yield
        finally:
            self._turn.release()


def _work(pulse: Pulse, ends: Ends, now: datetime) -> list[str]:
    """Sentences about what this service has left to do."""
    work = [f"{pulse.service}: {sentence}" for sentence in pulse.busy]

    if pulse.now != now:
        work.append(f"{pulse.service}: its clock is at {pulse.now.isoformat()}")
    if pulse.next_due_at is not None and pulse.next_due_at <= now:
        work.append(f"{pulse.service}: due at {pulse.next_due_at.isoformat()}")
    for topic, consumed in pulse.consumed.items():
        left = sum(max(0, end - consumed.get(p, 0)) for p, end in ends.get(topic, {}).items())
        if left:
            work.append(f"{pulse.service}: {left} records of {topic} not heard")
    return work


def _flat(offsets: Ends) -> tuple[tuple[str, int, int], ...]:
    return tuple(sorted((t, p, o) for t, by_p in offsets.items() for p, o in by_p.items()))
