"""What is done unasked about payments: a provider that told nothing, or was not heard, is asked how they stand."""

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from portal_api.domain.payment import State
from portal_api.gateways import payments
from portal_api.gateways.payments import TIMER
from portal_api.gateways.provider import Notice, ProviderUnavailable
from portal_api.interfaces.paying import Paying
from shared.base.clock import Moment
from shared.base.errors import Refusal
from shared.db import timers
from shared.db.timers import Due

PAYMENTS_PER_RUN: Final = 20
LOOK_AGAIN: Final = timedelta(hours=12)
GIVE_UP: Final = timedelta(days=14)
"""No page is open so long, and no bank takes so long; what comes later is told."""

ENDED: Final = frozenset({State.SUCCEEDED, State.EXPIRED})

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PaymentWatch:
    """A look is a notice of our own, so it counts once like any other."""

    paying: Paying

    async def run(self) -> bool:
        """One batch; whether there may be more at once."""
        database, now = self.paying.database, self.paying.clock.now()
        if self.paying.provider is None:
            return False
        async with database.look() as connection:
            due = await timers.due(connection, TIMER, now=now, limit=PAYMENTS_PER_RUN)
        for one in due:
            again = await self._look(one, now)
            async with database.work(now) as work:
                await timers.set_many(work.connection, TIMER, {one.key: again})
        return len(due) == PAYMENTS_PER_RUN

    async def _look(self, due: Due, now: Moment) -> Moment | None:
        """When to look again; None once there is nothing to wait for."""
        event_id = f"look/{due.key}/{due.due_at.isoformat()}"
        try:
            await self.paying.hear(Notice(event_id, "look", due.key, ""))
        except ProviderUnavailable:
            return now + LOOK_AGAIN
        except Refusal as refusal:
            _log.warning("a payment is not as asked", extra={"code": refusal.code})
            return None
        async with self.paying.database.look() as connection:
            payment = await payments.find(connection, UUID(due.key))
        if payment is None or payment.state in ENDED or now - payment.asked_at >= GIVE_UP:
            return None
        return now + LOOK_AGAIN
