"""What is done unasked: warnings of clocks that came to a level."""

from dataclasses import dataclass
from uuid import UUID

from disputes.gateways import docket as dockets
from disputes.handlers.warn_of_clocks import warn_of_clocks
from disputes.interfaces.disputing import Disputing
from shared.base.clock import Clock
from shared.db import timers
from shared.db.work import Database

DISPUTES_PER_RUN = 100


@dataclass(frozen=True, slots=True)
class ClockWatch:
    """Looks at disputes whose timer came due, a batch in one transaction, which sets their timers anew. Two watches at
    once wait for one another, and the second finds nothing left to tell.
    """

    database: Database
    clock: Clock
    disputing: Disputing

    async def run(self) -> bool:
        """One batch; whether there may be more at once."""
        async with self.database.work(self.clock.now()) as work:
            due = await timers.due(
                work.connection, dockets.CLOCKS, now=work.moment, limit=DISPUTES_PER_RUN
            )
            if due:
                async with self.disputing.at_hand(work, *(UUID(one.key) for one in due)) as hand:
                    docket, disputes = hand
                    for dispute in disputes:
                        clocks = self.disputing.rulebook.clocks(dispute)
                        warn_of_clocks(docket, dispute, clocks, moment=work.moment)
        return len(due) == DISPUTES_PER_RUN
