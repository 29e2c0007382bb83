"""What is done unasked about promises: those whose time is up, or whose invoices moved, are judged."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from portal_api.gateways.promises import TIMER
from portal_api.interfaces.promising import Promising
from shared.base.clock import Clock, machine_seconds
from shared.db import timers
from shared.db.work import Database

PROMISES_PER_RUN: Final = 50
LAG_PATIENCE_SECONDS: Final = 60
"""So long what was missed may take to be heard, before promises are judged by what is known."""


@dataclass(slots=True)
class PromiseWatch:
    """Each in a transaction of its own, which holds one customer. Two watches at once wait for one another, and the
    second finds nothing left to tell. After an outage what was missed is heard first: a verdict stays.
    """

    database: Database
    clock: Clock
    promising: Promising
    behind: Callable[[], Awaitable[list[str]]]
    """What of the ledger is still to be heard, in words."""
    _behind_since: float | None = field(default=None, init=False)

    async def run(self) -> bool:
        """One batch; whether there may be more at once."""
        async with self.database.look() as connection:
            due = await timers.due(connection, TIMER, now=self.clock.now(), limit=PROMISES_PER_RUN)
        if not due or not await self._heard_enough():
            return False
        for one in due:
            async with self.database.work(self.clock.now()) as work:
                await self.promising.judge(work, UUID(one.key))
        return len(due) == PROMISES_PER_RUN

    async def _heard_enough(self) -> bool:
        if not await self.behind():
            self._behind_since = None
            return True
        now = machine_seconds()
        self._behind_since = self._behind_since or now
        return now - self._behind_since >= LAG_PATIENCE_SECONDS
