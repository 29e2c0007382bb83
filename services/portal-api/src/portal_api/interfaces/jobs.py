"""What is done unasked: what is long over is forgotten, such as sign-ins, quotes and the provider's notices."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from portal_api.gateways import payments, plans, preferences, sessions, sign_ins
from shared.base.clock import Clock
from shared.db.work import Database

FORGET_EVERY_SECONDS: Final = 300
FORGET_AT_ONCE: Final = 5_000
KEPT_AFTER: Final = timedelta(days=1)
"""So long a link that is over is still told from one that never was; longer than any window of asks."""
NOTICES_KEPT: Final = timedelta(days=60)
"""The provider tells nothing again after a month; whatever it tells, a payment moves once."""


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
                await payments.forget_notices(
                    work.connection, before=work.moment - NOTICES_KEPT, limit=FORGET_AT_ONCE
                ),
                await plans.forget_quotes(work.connection, before=before, limit=FORGET_AT_ONCE),
            ]
        return FORGET_AT_ONCE in forgotten
