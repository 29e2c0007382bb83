"""Jobs: work that nobody asks for, done again and again until there is no more of it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from shared.db.work import is_transient

BACKOFF_SECONDS_FIRST = 0.2
BACKOFF_SECONDS_MAX = 10.0

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Job:
    """`run` does one slice in a transaction of its own and says whether there may be more at once.

    When there is none it rests for `every_s` seconds of machine time, or until somebody calls `wake`.
    """

    name: str
    run: Callable[[], Awaitable[bool]]
    every_s: float
    _woken: asyncio.Event = field(default_factory=asyncio.Event, init=False, repr=False)

    def wake(self) -> None:
        """Look at once: there is something to do. Call it from the loop that runs the job."""
        self._woken.set()

    async def rest(self, seconds: float) -> None:
        """Wait, but no longer than until woken."""
        try:
            await asyncio.wait_for(self._woken.wait(), seconds)
        except TimeoutError:
            pass
        self._woken.clear()


class JobLoop:
    """Runs a job until told to stop. The slice under way is always finished.

    A transient fault (database or bus away) is waited out; any other ends the process, for it is a bug.
    """

    def __init__(self, job: Job) -> None:
        self.name = f"job {job.name}"
        self._job = job
        self._stopping = False

    def stop(self) -> None:
        self._stopping = True
        self._job.wake()

    async def run(self) -> None:
        backoff = BACKOFF_SECONDS_FIRST
        while not self._stopping:
            try:
                more = await self._job.run()
            except Exception as error:
                if not is_transient(error):
                    raise
                _log.warning("%s waits out a fault: %r", self.name, error)
                await self._job.rest(backoff)
                backoff = min(backoff * 2, BACKOFF_SECONDS_MAX)
                continue

            backoff = BACKOFF_SECONDS_FIRST
            if not more and not self._stopping:
                await self._job.rest(self._job.every_s)
