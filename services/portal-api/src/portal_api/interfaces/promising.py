"""Commands about promises: load, handle, save, one customer at a time; and their timers are set anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from uuid import UUID

from portal_api.domain.promise import Promise, State
from portal_api.domain.promise_rails import PromiseRails
from portal_api.domain.promises import Promises
from portal_api.gateways import promises
from portal_api.handlers.judge_promise import judge_promise
from portal_api.handlers.make_promise import Wanted, make_promise
from shared.base.clock import Moment
from shared.base.days import DAY, at_local
from shared.db.work import Work
from shared.messaging.tell import tell


@dataclass(frozen=True, slots=True)
class Promising:
    """What doors and job share: the rails, and how a command begins and ends."""

    rails: PromiseRails

    async def make(
        self, work: Work, customer_id: UUID, wanted: Sequence[Wanted], pay_on: date
    ) -> Promise:
        """A new promise, or the same one again."""
        found = await self._load(work, customer_id, [one.invoice_id for one in wanted])
        promise = make_promise(
            found,
            wanted,
            self.rails,
            customer_id=customer_id,
            pay_on=pay_on,
            promise_id=await promises.next_id(work.connection, customer_id),
            moment=work.moment,
        )
        await promises.save(work, found)
        await promises.set_timers(work, {promise.promise_id: self.over_at(promise)})
        tell(work, found.told)
        return promise

    async def judge(self, work: Work, promise_id: UUID) -> None:
        """End it if it is decided; else look again when its time is up, or when something is paid."""
        customer_id = await promises.customer_of(work.connection, promise_id)
        found = await self._load(work, customer_id)
        promise = found.open.get(promise_id)
        again = None
        if promise is not None:
            over_at = self.over_at(promise)
            judge_promise(found, promise, over_at=over_at, moment=work.moment)
            again = over_at if promise.state is State.OPEN else None
        await promises.save(work, found)
        await promises.set_timers(work, {promise_id: again})
        tell(work, found.told)

    def over_at(self, promise: Promise) -> Moment:
        """When the last day that keeps it is over where the legal entity is."""
        return at_local(promise.until + DAY, time(), self.rails.zone(promise.legal_entity))

    async def _load(self, work: Work, customer_id: UUID, invoices: Sequence[UUID] = ()) -> Promises:
        since = self.rails.broken_since(work.moment)
        return await promises.load(
            work.connection, customer_id, invoices=invoices, broken_since=since
        )
