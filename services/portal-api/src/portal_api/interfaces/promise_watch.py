"""What is done unasked about promises: those whose time is up, or whose invoices moved, are judged."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from portal_api.gateways.promises import TIMER
from portal_api.interfaces.promising import Promising
from shared.base.clock import Clock
from shared.db import timers
from shared.db.work import Database

PROMISES_PER_RUN: Final = 50


@dataclass(frozen=True, slots=True)
class PromiseWatch:
    """Each in a transaction of its own, which holds one customer. Two watches at once wait for one another, and the
    second finds nothing left to tell.
    """

    database: Database
    clock: Clock
    promising: Promising

    async def run(self) -> bool:
        """One batch; whether there may be more at once."""
        async with self.database.look() as connection:
            due = await timers.due(connection, TIMER, now=self.clock.now(), limit=PROMISES_PER_RUN)
        for one in due:
            async with self.database.work(self.clock.now()) as work:
                await self.promising.judge(work, UUID(one.key))
        return len(due) == PROMISES_PER_RUN
