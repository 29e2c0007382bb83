"""What is done unasked: sign-ins, sessions and changes of address that are long over are forgotten."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from portal_api.gateways import preferences, sessions, sign_ins
from shared.base.clock import Clock
from shared.db.work import Database

FORGET_EVERY_SECONDS: Final = 300
FORGET_AT_ONCE: Final = 5_000
KEPT_AFTER: Final = timedelta(days=1)
"""So long a link that is over is still told from one that never was; longer than any window of asks."""


@dataclass(frozen=True, slots=True)
class Forgetting:
    database: Database
    clock: Clock

    async def run(self) -> bool:
        """One batch; whether there may be more at once."""
        async with self.database.work(self.clock.now()) as work:
            before = work.moment - KEPT_AFTER
            forgotten = [
                await sign_ins.forget(work.connection, before=before, limit=FORGET_AT_ONCE),
                await preferences.forget(work.connection, before=before, limit=FORGET_AT_ONCE),
                await sessions.forget(work.connection, before=before, limit=FORGET_AT_ONCE),
            ]
        return FORGET_AT_ONCE in forgotten
