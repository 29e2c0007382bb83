"""Commands about promises: load, handle, save, one customer at a time; and their timers are set anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from portal_api.domain.answers import Answers
from portal_api.domain.promise import Promise, State
from portal_api.domain.promise_rails import PromiseRails
from portal_api.domain.segment import BySegment
from portal_api.gateways import answers, promises
from portal_api.handlers.judge_promise import judge_promise
from portal_api.handlers.make_promise import make_promise
from portal_api.handlers.take_items import Wanted
from portal_api.handlers.withdraw_promise import withdraw_promise
from shared.base.clock import Moment
from shared.db import timers
from shared.db.work import Work
from shared.messaging.tell import tell


@dataclass(frozen=True, slots=True)
class Promising:
    """What doors and job share: the rails, and how a command begins and ends."""

    rails: BySegment[PromiseRails]

    async def make(
        self, work: Work, customer_id: UUID, wanted: Sequence[Wanted], pay_on: date
    ) -> Promise:
        """A new promise, or the same one again."""
        found = await self._load(work, customer_id, [one.invoice_id for one in wanted])
        promise = make_promise(
            found,
            wanted,
            self.rails.of(found.traits),
            customer_id=customer_id,
            pay_on=pay_on,
            promise_id=await promises.next_id(work.connection, customer_id),
            moment=work.moment,
        )
        await self._save(work, found)
        return promise

    async def withdraw(
        self, work: Work, customer_id: UUID, promise_id: UUID, *, by: str
    ) -> Promise | None:
        """The promise, taken back; None when they made none of that id."""
        found = await self._load(work, customer_id)
        promise = found.promises.get(promise_id)
        if promise is None:
            promise = await promises.one(work.connection, customer_id, promise_id)
        if promise is not None:
            rails = self.rails.of(found.traits)
            withdraw_promise(found, promise, rails, by=by, moment=work.moment)
            await self._save(work, found)
        return promise

    async def judge(self, work: Work, promise_id: UUID) -> None:
        """End it if it is decided; else look again when its time is up, or when something is paid."""
        customer_id = await promises.customer_of(work.connection, promise_id)
        found = await self._load(work, customer_id)
        promise = found.promises.get(promise_id)
        if promise is not None:
            judge_promise(found, promise, over_at=self.over_at(promise), moment=work.moment)
            found.keep_promise(promise)
        await self._save(work, found)
        if promise is None:
            await timers.set_many(work.connection, promises.TIMER, {str(promise_id): None})

    def over_at(self, promise: Promise) -> Moment:
        """When it is decided at the latest."""
        return self.rails.standard.over_at(promise.until, promise.legal_entity)

    async def _load(self, work: Work, customer_id: UUID, invoices: Sequence[UUID] = ()) -> Answers:
        rails = self.rails.of(await answers.lock(work.connection, customer_id))
        since = rails.broken_since(work.moment)
        return await answers.load(
            work.connection, customer_id, invoices=invoices, broken_since=since
        )

    async def _save(self, work: Work, found: Answers) -> None:
        """Those that changed are looked at again when their time is up, if they are open."""
        await answers.save(work, found)
        due = {
            str(one.promise_id): self.over_at(one) if one.state is State.OPEN else None
            for one in found.changed_promises.values()
        }
        await timers.set_many(work.connection, promises.TIMER, due)
        tell(work, found.told)
