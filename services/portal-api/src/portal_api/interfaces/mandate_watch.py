"""What is done unasked about mandates: the provider lets go of what ended, and is asked about a silent page."""

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from portal_api.domain.mandate import Mandate, State
from portal_api.gateways import mandates
from portal_api.gateways.mandates import TIMER
from portal_api.gateways.provider import Notice, ProviderUnavailable
from portal_api.interfaces.mandating import Mandating
from shared.base.clock import Moment
from shared.base.errors import Refusal
from shared.db import timers
from shared.db.timers import Due

MANDATES_PER_RUN: Final = 20
LOOK_AGAIN: Final = timedelta(hours=12)
GIVE_UP: Final = timedelta(days=2)
"""No page is open so long."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class MandateWatch:
    mandating: Mandating

    async def run(self) -> bool:
        """One batch; whether there may be more at once."""
        database, now = self.mandating.database, self.mandating.clock.now()
        if self.mandating.provider is None:
            return False
        async with database.look() as connection:
            due = await timers.due(connection, TIMER, now=now, limit=MANDATES_PER_RUN)
        for one in due:
            again = await self._care(one, now)
            async with database.work(now) as work:
                await timers.set_many(work.connection, TIMER, {one.key: again})
        return len(due) == MANDATES_PER_RUN

    async def _care(self, due: Due, now: Moment) -> Moment | None:
        """When to come back; None once there is nothing to wait for."""
        async with self.mandating.database.look() as connection:
            mandate = await mandates.find(connection, UUID(due.key))
        assert mandate is not None, "a mandate is never removed"
        try:
            if mandate.state is State.ASKED:
                return await self._look(mandate, due, now)
            if mandate.ended_at is not None and mandate.method_id and not mandate.released_at:
                await self._release(mandate)
        except ProviderUnavailable:
            return now + LOOK_AGAIN
        except Refusal as refusal:
            _log.warning("a mandate is not as asked", extra={"code": refusal.code})
        return None

    async def _look(self, mandate: Mandate, due: Due, now: Moment) -> Moment | None:
        """A look is a notice of our own, so it counts once like any other."""
        event_id = f"look/{due.key}/{due.due_at.isoformat()}"
        await self.mandating.hear(Notice(event_id, "look", "", "", mandate_id=due.key))
        async with self.mandating.database.look() as connection:
            found = await mandates.find(connection, mandate.mandate_id)
        is_over = found is None or found.state is not State.ASKED
        return None if is_over or now - mandate.asked_at >= GIVE_UP else now + LOOK_AGAIN

    async def _release(self, mandate: Mandate) -> None:
        assert mandate.method_id is not None, "there is a means to let go of"
        await self.mandating.keeper.release(mandate.method_id)
        async with self.mandating.database.work(self.mandating.clock.now()) as work:
            mandate.released_at = work.moment
            await mandates.move(work.connection, mandate)
