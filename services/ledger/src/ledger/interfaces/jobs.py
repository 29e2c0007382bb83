"""What the ledger does unasked: prove the books, raise an alarm for what waits too long, tell everything again."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg

from ledger.domain.credit import NOBODY
from ledger.domain.difference import Word
from ledger.domain.judging import Judging
from ledger.domain.outcome import Outcome
from ledger.domain.parked import Parked
from ledger.domain.run import Run, Scope
from ledger.gateways import (
    differences,
    intake,
    judging,
    load_books,
    present,
    proof,
    requests,
    save_books,
)
from ledger.gateways.load_books import Wanted
from ledger.handlers.judge_run import judge_customers, judge_totals, withhold
from ledger.handlers.park_record import customers_of, park_record
from ledger.handlers.read_identity import Identity
from ledger.handlers.tell_present import tell_present, version_floor
from shared.base.clock import Clock, Moment
from shared.base.ids import derived_id
from shared.db.work import Database, Work
from shared.instruments import metrics
from shared.messaging.cloudevents import Record
from shared.messaging.tell import tell
from shared.web.pulse import Pulse

ALARMS_PER_RUN_MAX = 200
CUSTOMERS_PER_PAGE = 200
CUSTOMERS_JUDGED_MAX = 200
"""In one transaction: nothing of theirs is heard meanwhile."""
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
    """Records that have waited longer than `limit` put their customers in doubt until what they wait for comes.
    How long requests have waited for their ERP is only shown: what we entered counts as before.
    """

    database: Database
    clock: Clock
    limit: timedelta

    async def run(self) -> bool:
        now = self.clock.now()
        async with self.database.look() as connection:
            oldest = await intake.oldest_waiting(connection)
            asked_at = await requests.oldest_open(connection) or now
        metrics.gauge("ledger_requests_oldest_age_seconds", (now - asked_at).total_seconds())
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
class Reconciliation:
    """Judges runs of balances `delay` after their last record: what they tell of may have been under way still.

    A run of which not all is there `patience` after its first record is an alarm; it is judged as far as it goes.
    """

    database: Database
    clock: Clock
    zones: Mapping[str, str]
    """IANA zones by legal entity."""
    delay: timedelta
    patience: timedelta

    async def run(self) -> bool:
        now = self.clock.now()
        async with self.database.look() as connection:
            found = await judging.under_way(connection)
            scope = await judging.due(connection, heard_before=now - self.delay)
        metrics.gauge("ledger_differences", found["differences"])
        metrics.gauge("ledger_runs_late", found["alarmed"])
        if found["opened_at"] is not None and found["opened_at"] + self.patience <= now:
            await self._alarm(now)
        if scope is None:
            return False
        async with self.database.work(now) as work:
            await self._judge(work, scope)
        return True

    async def pulse(self, connection: asyncpg.Connection, now: Moment) -> Pulse:
        """When the next run is to be judged, or late."""
        found = await judging.under_way(connection)
        heard_at, opened_at = found["heard_at"], found["opened_at"]
        dues = [heard_at + self.delay] if heard_at is not None else []
        dues += [opened_at + self.patience] if opened_at is not None else []
        if not dues:
            return Pulse()
        due = min(dues)
        return Pulse(("a run is to be judged",)) if due <= now else Pulse(next_due_at=due)

    async def _alarm(self, now: Moment) -> None:
        async with self.database.work(now) as work:
            for row in await judging.late(
                work.connection, opened_before=now - self.patience, at=now
            ):
                log.error("a run of balances has not come whole", extra=dict(row))

    async def _judge(self, work: Work, scope: Scope) -> None:
        """The next customers of the oldest run of a scope."""
        connection = work.connection
        found = await judging.take_next(connection, scope, heard_before=work.moment - self.delay)
        if found is None:
            return None
        run, last = found
        if await judging.is_outrun(connection, run):
            return await judging.done(connection, run, "superseded", work.moment)
        stated, whole = await judging.count_stated(connection, run)
        all_there = run.is_all_there(stated=stated, whole=whole)
        if last is None:
            sums = await judging.sums_stated(connection, run) if all_there else {}
            run.absence_counts = all_there and run.adds_up(sums)
            await judging.begin(connection, run)

        customers = await judging.customers_after(connection, run, last, limit=CUSTOMERS_JUDGED_MAX)
        if customers:
            await self._judge_customers(work, run, customers)
        if len(customers) == CUSTOMERS_JUDGED_MAX:
            return None
        if all_there:
            await self._judge_totals(work, run)
        return await judging.done(connection, run, "judged" if all_there else None, work.moment)

    async def _judge_customers(self, work: Work, run: Run, customers: dict[UUID, str]) -> None:
        connection, moment = work.connection, work.moment
        await load_books.load(connection, Wanted(customers=set(customers)), moment=moment)
        changed_until = run.changed_until(self.zones.get(run.name.legal_entity, "UTC"))
        at_hand = await judging.load(
            connection, run, customers, changed_until=changed_until, moment=moment
        )

        judge_customers(at_hand)

        if at_hand.withhold:
            wanted = Wanted(customers=set(customers), objects=set(at_hand.withhold))
            books = await load_books.load(connection, wanted, moment=moment)
            withhold(books, at_hand, moment=moment)
            await save_books.save(work, books)
            tell(work, books.told)
        await judging.save(work, at_hand, customers)
        tell(work, at_hand.told)

    async def _judge_totals(self, work: Work, run: Run) -> None:
        sums = await judging.sums_stated(work.connection, run)
        name = run.name
        at_hand = Judging(run, Word(name.run_key, name.run_id, name.as_of, work.moment))
        for one in await differences.standing(work.connection, [NOBODY], name.scope):
            at_hand.standing[one.place] = one

        judge_totals(at_hand, sums)

        await differences.keep(work, at_hand.changed.values(), at_hand.seen)
        tell(work, at_hand.told)


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
