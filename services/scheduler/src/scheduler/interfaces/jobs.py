"""What is done unasked: looks at the customers whose timer came due."""

from dataclasses import dataclass, field
from typing import Protocol

from scheduler.domain.view import Rulebook
from scheduler.gateways import alarm, look_writes, looks
from scheduler.handlers.look_at_customer import look_at_customer
from shared.base.clock import Clock, machine_seconds
from shared.db.work import Database
from shared.instruments import metrics


class Watermark(Protocol):
    """Whether everything there is has been heard."""

    async def behind(self) -> list[str]: ...


@dataclass(slots=True)
class Looking:
    """Looks at due customers, a batch in one transaction; after an outage it lets what was missed be heard first."""

    database: Database
    clock: Clock
    rulebook: Rulebook
    watermark: Watermark
    customers_per_batch: int
    lag_patience_s: float
    _behind_since: float | None = field(default=None, init=False)

    async def run(self) -> bool:
        """One batch; whether there may be more at once."""
        if not await self._something_due() or not await self._heard_enough():
            return False

        with metrics.timed("job_seconds", job="look"):
            async with self.database.work(self.clock.now()) as work:
                connection, moment = work.connection, work.moment
                due = await alarm.claim(connection, moment=moment, limit=self.customers_per_batch)
                if due:
                    state, traces = await looks.load(connection, due, moment=moment)
                    for customer_id in due:
                        look_at_customer(state, customer_id, rulebook=self.rulebook, moment=moment)
                    await look_writes.save(work, state, traces)
        return len(due) == self.customers_per_batch

    async def _something_due(self) -> bool:
        async with self.database.look() as connection:
            return await alarm.any_due(connection, moment=self.clock.now())

    async def _heard_enough(self) -> bool:
        if not await self.watermark.behind():
            self._behind_since = None
            return True
        now = machine_seconds()
        self._behind_since = self._behind_since or now
        return now - self._behind_since >= self.lag_patience_s
