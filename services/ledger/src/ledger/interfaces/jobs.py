"""What the ledger does unasked: prove the books, raise an alarm for what waits too long, tell everything again."""

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import asyncpg

from ledger.domain.outcome import Outcome
from ledger.domain.parked import Parked
from ledger.gateways import intake, load_books, present, proof, save_books
from ledger.gateways.load_books import Wanted
from ledger.handlers.park_record import customers_of, park_record
from ledger.handlers.read_identity import Identity
from ledger.handlers.tell_present import tell_present, version_floor
from shared.base.clock import Clock, Moment
from shared.base.ids import derived_id
from shared.db.work import Database
from shared.instruments import metrics
from shared.messaging.cloudevents import Record
from shared.messaging.tell import tell
from shared.web.pulse import Pulse

ALARMS_PER_RUN_MAX = 200
CUSTOMERS_PER_PAGE = 200
TOO_LONG = "waiting-too-long"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Proof:
    """Counts the laws of the books again and again; what it finds must be 0."""

    database: Database

    async def run(self) -> bool:
        async with self.database.look() as connection:
            found = await proof.prove(connection)
        metrics.gauge("ledger_imbalance_minor", imbalance := proof.imbalance_of(found))
        if imbalance:
            log.error("the books do not balance", extra=found)
        return False


@dataclass(frozen=True, slots=True)
class Patience:
    """Records that have waited longer than `limit` put their customers in doubt until what they wait for comes."""

    database: Database
    clock: Clock
    limit: timedelta

    async def run(self) -> bool:
        now = self.clock.now()
        async with self.database.look() as connection:
            oldest = await intake.oldest_waiting(connection)
        if oldest is None or oldest + self.limit > now:
            return False
        async with self.database.work(now) as work:
            rows = await intake.over_age(
                work.connection, before=now - self.limit, limit=ALARMS_PER_RUN_MAX
            )
            books = await load_books.load(work.connection, _wanted(rows), moment=now)
            parked = []
            for row in rows:
                credit = books.credits.get(row["object_id"])
                touched = tuple(credit.applications) if credit is not None else ()
                concerns = Identity(
                    object_id=row["object_id"], customer_id=row["customer_id"], touched=touched
                )
                one = _over_age(row, customers_of(books, concerns), now)
                books.begin()
                park_record(books, one, moment=now)
                attributes = {"source": row["source"], "id": row["event_id"], "type": row["type"]}
                parked.append((one, Record(*one.place, "", attributes, b""), row["customer_id"]))
            await intake.park(work, parked)
            await intake.alarmed(work.connection, [one.place for one, _, _ in parked], moment=now)
            await save_books.save(work, books)
            tell(work, books.told)
        return len(rows) == ALARMS_PER_RUN_MAX

    async def pulse(self, connection: asyncpg.Connection, now: Moment) -> Pulse:
        """When the next record will have waited too long."""
        oldest = await intake.oldest_waiting(connection)
        if oldest is None:
            return Pulse()
        due = oldest + self.limit
        return Pulse(("records have waited too long",)) if due <= now else Pulse(next_due_at=due)


def _wanted(rows: list[Any]) -> Wanted:
    return Wanted(
        customers={row["customer_id"] for row in rows if row["customer_id"] is not None},
        objects={row["object_id"] for row in rows if row["object_id"] is not None},
    )


def _over_age(row: Any, customer_ids: tuple[Any, ...], now: Moment) -> Parked:
    place = (row["topic"], row["partition"], row["offset"])
    return Parked(
        derived_id("waiting", *place),
        row["object_id"],
        row["line"],
        row["version"],
        Outcome.WAITING,
        TOO_LONG,
        "",
        "what it waits for has not come in time",
        now,
        customer_ids,
        place,
    )


@dataclass(frozen=True, slots=True)
class Republish:
    """The command that tells the present state of all customers and open items again."""

    database: Database
    clock: Clock

    async def run(self) -> None:
        last = present.FIRST
        while True:
            async with self.database.work(self.clock.now()) as work:
                customer_ids = await present.customers_after(
                    work.connection, last, limit=CUSTOMERS_PER_PAGE
                )
                if not customer_ids:
                    return
                wanted = Wanted(
                    customers=set(customer_ids),
                    objects=await present.open_objects(work.connection, customer_ids),
                )
                books = await load_books.load(work.connection, wanted, moment=work.moment)
                tell_present(books, customer_ids, moment=work.moment)
                floor = version_floor(work.moment)
                await present.raise_versions(work.connection, customer_ids, floor=floor)
                await save_books.save(work, books)
                tell(work, books.told)
            last = customer_ids[-1]
