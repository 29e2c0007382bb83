"""Jobs: work that nobody asks for, done again and again until there is no more of it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from shared.db.work import is_transient
from shared.instruments import metrics

BACKOFF_SECONDS_FIRST = 0.2
BACKOFF_SECONDS_MAX = 10.0
GATHER_SECONDS = 0.05
"""Facts come in swarms: whoever is woken by one waits so long for those behind it, and does them together."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Job:
    """`run` does one slice in a transaction of its own and says whether there may be more at once.

    When there is none it rests for `every_s` seconds of machine time or, if it waits for facts, until some come.
    """

    name: str
    run: Callable[[], Awaitable[bool]]
    every_s: float
    waits_for_facts: bool = True
    """False for what keeps to its period, however much happens."""
    _woken: asyncio.Event = field(default_factory=asyncio.Event, init=False, repr=False)

    def wake(self) -> None:
        """Facts have come, or the clock was moved. Call it from the loop that runs the job."""
        if self.waits_for_facts:
            self._woken.set()

    async def keep_running(self, stopping: asyncio.Event) -> None:
        """Run until `stopping`; the slice under way is finished first.

        A transient fault (database away) is waited out; any other ends the process, for it is a bug.
        """
        backoff = BACKOFF_SECONDS_FIRST
        while not stopping.is_set():
            try:
                with metrics.timed("job_seconds", job=self.name):
                    more = await self.run()
            except Exception as error:
                if not is_transient(error):
                    raise
                _log.warning("job waits out a fault", extra={"job": self.name, "why": repr(error)})
                await self._rest(backoff, stopping)
                backoff = min(backoff * 2, BACKOFF_SECONDS_MAX)
                continue

            backoff = BACKOFF_SECONDS_FIRST
            if not more:
                await self._rest(self.every_s, stopping)

    async def _rest(self, seconds: float, stopping: asyncio.Event) -> None:
        await _any_of(self._woken, stopping, seconds=seconds)
        if self._woken.is_set():
            await _any_of(stopping, seconds=GATHER_SECONDS)
        self._woken.clear()


async def _any_of(*events: asyncio.Event, seconds: float) -> None:
    """Wait until one of these happens, or so long."""
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
