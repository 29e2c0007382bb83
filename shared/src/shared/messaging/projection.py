"""Hearing our own topics: load, handle, save.

Handlers are plain functions `handler(state, event, *, moment)`. A record whose handler crashes is parked, and so is
every later record of its key, in order; all others flow on.
"""

import traceback
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

from pydantic import ValidationError

from shared.base.errors import Refusal
from shared.base.telling import Told
from shared.contracts.event import Event
from shared.db.work import Work
from shared.instruments import metrics
from shared.messaging import parking
from shared.messaging.cloudevents import Record
from shared.messaging.parking import Parked
from shared.messaging.tell import tell


class Slice(Protocol):
    """A slice's state: a `shared.base.telling.Telling`."""

    cause: Any
    told: list[Told]


S = TypeVar("S", bound=Slice)


Load = Callable[..., Awaitable[S]]
"""`load(connection, events, *, moment) -> state`: one bulk read of the state of all customers the events speak of."""

Save = Callable[[Work, S], Awaitable[None]]
"""One bulk write of what changed; the projection tells what was announced."""

ParkedFact = Callable[[UUID, int, int], Event]
"""`(customer_id, version, parked)` → the fact that so many records of the customer stand parked here."""


@dataclass(frozen=True)
class Projection(Generic[S]):
    """What one service hears of our own topics, in one table: event → handler."""

    service: str
    topics: tuple[str, ...]
    hears: Mapping[type[Event], Callable[..., None]]
    load: Load[S]
    save: Save[S]
    parked_fact: ParkedFact | None = None

    async def take(self, work: Work, records: Sequence[Record]) -> None:
        """One slice: records of keys with something parked queue behind it; unknown types are skipped, counted."""
        heard = self._understood(records)
        if not heard:
            return
        blocked = await parking.standing_keys(
            work.connection, list({record.key for record in heard})
        )
        if behind := [record for record in heard if record.key in blocked]:
            await self._queue(work, behind)
        await self._handle(work, [record for record in heard if record.key not in blocked])

    async def park(self, work: Work, record: Record, error: Exception) -> None:
        """Set a record aside whose handling crashed; its key waits from now on."""
        detail = "".join(traceback.format_exception(error))
        await parking.park(work.connection, [Parked(record, "crashed", detail)], at=work.moment)
        metrics.count("events_parked", service=self.service, code="crashed")
        await self._tell_parked(work, record.key)

    async def retry(self, work: Work, key: str) -> int:
        """Take a key's parked records again, in order and all or none; returns how many. Raises what they raise."""
        rows = await parking.standing(work.connection, key)
        records = self._understood([parking.record_of(row) for row in rows])
        await self._handle(work, records)
        await parking.end(
            work.connection,
            [row["parked_id"] for row in rows],
            at=work.moment,
            ending="retried",
            why="",
        )
        await self._tell_parked(work, key)
        return len(rows)

    async def discard(self, work: Work, key: str, parked_id: int, *, why: str) -> None:
        """Close one parked record unhandled, with a person's reason."""
        await parking.end(work.connection, [parked_id], at=work.moment, ending="discarded", why=why)
        await self._tell_parked(work, key)

    def _understood(self, records: Sequence[Record]) -> list[Record]:
        known = {event.TYPE: event for event in self.hears}
        heard = []
        for record in records:
            model = known.get(record.type)
            if model is None and record.type:
                metrics.count("events_skipped", service=self.service, type=record.type)
                continue
            if record.refusal is not None or model is None:
                raise Unreadable(f"the envelope cannot be read: {record.refusal}")
            try:
                record.event = model.__pydantic_validator__.validate_json(record.data)
            except ValidationError as error:
                raise Unreadable(f"{record.type}: {error}") from error
            heard.append(record)
        return heard

    async def _handle(self, work: Work, records: Sequence[Record]) -> None:
        if not records:
            return
        state = await self.load(
            work.connection, [record.event for record in records], moment=work.moment
        )
        for record in records:
            state.cause = record
            self.hears[type(record.event)](state, record.event, moment=work.moment)
        await self.save(work, state)
        tell(work, state.told)

    async def _queue(self, work: Work, records: Sequence[Record]) -> None:
        waiting = [
            Parked(record, "behind-parked", "an earlier record of this customer is parked")
            for record in records
        ]
        await parking.park(work.connection, waiting, at=work.moment)
        metrics.count("events_parked", len(waiting), service=self.service, code="behind-parked")
        for key in {record.key for record in records}:
            await self._tell_parked(work, key)

    async def _tell_parked(self, work: Work, key: str) -> None:
        customer_id = customer_of(key)
        if self.parked_fact is None or customer_id is None:
            return
        standing, version = await parking.count(work.connection, key)
        tell(work, [Told(self.parked_fact(customer_id, version, standing), None)])


def customer_of(key: str) -> UUID | None:
    """The customer whose records have this key; None when it is no customer's."""
    try:
        return UUID(key)
    except ValueError:
        return None


class Unreadable(Refusal):
    """An event of ours that does not fit its own contract: a fault of the teller, parked like a crash."""

    code = "payload-unreadable"
