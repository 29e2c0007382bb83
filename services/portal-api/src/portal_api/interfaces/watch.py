"""What is done unasked about promises and plans: those whose time is up, or whose invoices moved, are judged."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from shared.base.clock import Clock, machine_seconds
from shared.db import timers
from shared.db.work import Database, Work

JUDGED_PER_RUN: Final = 50
LAG_PATIENCE_SECONDS: Final = 60
"""So long what was missed may take to be heard, before anything is judged by what is known."""


@dataclass(slots=True)
class Watch:
    """Each in a transaction of its own, which holds one customer. Two watches at once wait for one another, and the
    second finds nothing left to tell. After an outage what was missed is heard first: a verdict stays.
    """

    database: Database
    clock: Clock
    behind: Callable[[], Awaitable[list[str]]]
    """What of the ledger is still to be heard, in words."""
    timer: str
    """Kind of the timers; the key of each is the id of what is judged."""
    judge: Callable[[Work, UUID], Awaitable[None]]
    _behind_since: float | None = field(default=None, init=False)

    async def run(self) -> bool:
        """One batch; whether there may be more at once."""
        async with self.database.look() as connection:
            due = await timers.due(
                connection, self.timer, now=self.clock.now(), limit=JUDGED_PER_RUN
            )
        if not due or not await self.heard_enough():
            return False
        for one in due:
            async with self.database.work(self.clock.now()) as work:
                await self.judge(work, UUID(one.key))
        return len(due) == JUDGED_PER_RUN

    async def heard_enough(self) -> bool:
        """Whether what is known will do for a verdict."""
        if not await self.behind():
            self._behind_since = None
            return True
        now = machine_seconds()
        self._behind_since = self._behind_since or now
        return now - self._behind_since >= LAG_PATIENCE_SECONDS
