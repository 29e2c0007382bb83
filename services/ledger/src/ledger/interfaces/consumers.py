"""What the ledger hears: the ERPs' records, a slice at a time; what is decided of disputes, and paid at the portal.

Each record of an ERP has one outcome, and a bad one holds up nobody.
"""

import traceback
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

import asyncpg

from ledger.domain.books import Books
from ledger.domain.credit import PAYMENT
from ledger.domain.facts import (
    AdjustmentPosted,
    AllocationsSet,
    CreditPosted,
    Fact,
    RequestRefused,
)
from ledger.domain.outcome import PARKED, Outcome
from ledger.domain.parked import Ending
from ledger.domain.request import read_id
from ledger.domain.run import ItemsStated, RunCompleted
from ledger.gateways import intake, load_books, requests, runs, save_books, told_elsewhere
from ledger.gateways.load_books import Wanted
from ledger.gateways.requests import Answers
from ledger.gateways.tables import (
    ADJUSTMENTS,
    CREDITS,
    INVOICE_HISTORY,
    INVOICES,
    PARKED_RECORDS,
)
from ledger.handlers.book_payment import book_payment
from ledger.handlers.credit_dispute import credit_dispute
from ledger.handlers.end_doubts import end_parked, end_waiting
from ledger.handlers.hold_disputed import HOLDS_ANEW, hold_disputed
from ledger.handlers.know_source import Registered
from ledger.handlers.read_erp_record import Reading, read_crashed, read_erp_record
from ledger.handlers.read_identity import CUSTOMER
from ledger.handlers.return_portal_payment import return_portal_payment
from ledger.handlers.set_aside import parked_id_of, set_aside
from ledger.handlers.take_record import Taken, take_record
from shared.base.clock import Moment
from shared.base.errors import Refusal
from shared.contracts import disputes, portal_api
from shared.contracts.company import Company
from shared.db.work import Row, Work
from shared.instruments import metrics
from shared.messaging.cloudevents import Record
from shared.messaging.projection import Projection
from shared.messaging.routes import ERP_TOPICS
from shared.messaging.tell import tell

CRASHED = "crashed"
BROUGHT = {one.name for one in (INVOICES, INVOICE_HISTORY, CREDITS, ADJUSTMENTS, PARKED_RECORDS)}
"""Tables of what a record brings, itself included when it is set aside."""


class NothingParked(Refusal):
    """No record of that id stands parked (any more)."""

    code, status = "nothing-parked", 404


def told_hearing(company: Company) -> Projection[Books]:
    """What is disputed is known, what is upheld of it is taken off, and what the portal's provider has or gave back is
    booked; nothing else of disputes and portal touches the books.
    """
    zones = {entity.code: entity.time_zone for entity in company.legal_entities}
    registered = Registered.of(company)
    return Projection(
        service="ledger",
        topics=(disputes.TOPIC, portal_api.TOPIC),
        hears={
            **dict.fromkeys(HOLDS_ANEW, hold_disputed),
            disputes.DisputeResolved: partial(credit_dispute, registered=registered, zones=zones),
            portal_api.PaymentConfirmed: partial(book_payment, registered=registered),
            portal_api.PaymentReturned: return_portal_payment,
            portal_api.PaymentRestored: return_portal_payment,
        },
        load=told_elsewhere.load,
        save=keep,
    )


@dataclass(frozen=True, slots=True)
class ErpHearing:
    """Hears all `erp.*` topics that ERPs write."""

    registered: Registered

    @property
    def topics(self) -> tuple[str, ...]:
        return ERP_TOPICS

    async def take(self, work: Work, records: Sequence[Record]) -> None:
        """Load, handle, save one slice. Raises `SerializationError` (try again) when another slice that had locked
        nobody in common brought the same thing at the same time.
        """
        readings = [read_erp_record(record, self.registered) for record in records]
        books = await load(work, readings, wanted_by(readings))

        taken = [take_record(books, reading, moment=work.moment) for reading in readings]

        try:
            await save_taken(work, books, taken)
            await work.write()
        except asyncpg.UniqueViolationError as error:
            if error.table_name not in BROUGHT:
                raise
            raise asyncpg.SerializationError(f"brought meanwhile: {error.detail}") from error

    async def park(self, work: Work, record: Record, error: Exception) -> None:
        """A record that made us crash is set aside alone: versions guard the order of the others."""
        reading = read_crashed(record)
        books = await load_books.load(work.connection, wanted_by([reading]), moment=work.moment)
        detail = "".join(traceback.format_exception(error))

        await save_taken(
            work, books, [Taken(reading, Outcome.CRASHED, code=CRASHED, detail=detail)]
        )

    async def retry(self, work: Work, parked_id: UUID) -> Taken:
        """Take a parked record again, alone: versions guard the order. It stays parked when it is bad still."""
        row = _standing(await intake.standing(work.connection, parked_id))
        reading = read_erp_record(intake.record_of(row), self.registered)
        if row["outcome"] == Outcome.WAITING:
            return Taken(
                reading, Outcome.WAITING, code=row["code"], detail="what it waits for has not come"
            )
        wanted = wanted_by([reading])
        wanted.parked.add(parked_id)
        books = await load(work, [reading], wanted)

        taken = take_record(books, reading, moment=work.moment)

        place = (row["topic"], row["partition"], row["offset"])
        why = (taken.code, taken.pointer, _storable(taken.detail))
        await intake.retaken(work.connection, place, (taken.outcome.value, taken.waits.value, *why))
        if taken.outcome in PARKED:
            await intake.still_parked(work.connection, parked_id, (taken.outcome.value, *why))
        else:
            end_parked(books, parked_id, Ending.RETRIED)
        await save(work, books)
        return taken

    async def discard(self, work: Work, parked_id: UUID, *, why: str) -> None:
        """Close a parked record untaken, with a person's reason."""
        _standing(await intake.standing(work.connection, parked_id))
        books = await load_books.load(
            work.connection, Wanted(parked={parked_id}), moment=work.moment
        )
        end_parked(books, parked_id, Ending.DISCARDED)
        await save(work, books, why=why)


async def load(work: Work, readings: Sequence[Reading], wanted: Wanted) -> Books:
    """The books of a slice, and the runs that it speaks of. Runs are locked first, here and wherever one is judged."""
    said = [one.fact for one in readings if isinstance(one.fact, ItemsStated | RunCompleted)]
    balances = await runs.load(work.connection, said)
    books = await load_books.load(work.connection, wanted, moment=work.moment)
    if found := await requests.answered(work.connection, answers_in(readings)):
        requests.also(wanted, found)
        books = await load_books.load(work.connection, wanted, moment=work.moment)
        books.requests.by_id = {one.request_id: one for one in found}
    books.balances = balances
    return books


def answers_in(readings: Iterable[Reading]) -> Answers:
    """What these records say that a request of ours may be waiting for."""
    answers = Answers()
    for fact in (reading.fact for reading in readings):
        request_id = None
        if isinstance(fact, CreditPosted):
            request_id = fact.request_id
            if fact.body.bank_reference is not None:
                answers.bank_references.add(fact.body.bank_reference)
            if fact.body.directions is not None:
                answers.credits.add(fact.credit.credit_id)
        elif isinstance(fact, AllocationsSet):
            answers.credits.add(fact.credit.credit_id)
        elif isinstance(fact, AdjustmentPosted):
            request_id = fact.body.request_id
        elif isinstance(fact, RequestRefused):
            request_id = fact.request_id
        if request_id is not None and (ours := read_id(request_id)) is not None:
            answers.request_ids.add(ours)
    return answers


def wanted_by(readings: Iterable[Reading]) -> Wanted:
    """What has to be loaded for these records."""
    wanted = Wanted()
    for reading in readings:
        identity = reading.identity
        if not reading.silences:
            continue
        if identity.customer_id is not None:
            wanted.named[identity.customer_id] = (reading.record.source, identity.customer_number)
        if identity.object_id is not None and identity.kind != CUSTOMER:
            wanted.objects.add(identity.object_id)
            if identity.customer_id is not None:
                wanted.brought.add(identity.object_id)
        wanted.objects.update(identity.touched)
        if identity.kind == PAYMENT and not _directed(reading.fact):
            if identity.customer_id is not None:
                wanted.matchers.add(identity.customer_id)
            elif identity.object_id is not None:
                wanted.unnamed_payments.add(identity.object_id)
    return wanted


def _directed(fact: Fact | None) -> bool:
    """Whether a payment says where it belongs, so that we shall not look for matches."""
    return (
        isinstance(fact, CreditPosted)
        and fact.body.directions is not None
        and not fact.credit.matched_by_us
    )


async def save_taken(work: Work, books: Books, taken: Sequence[Taken]) -> None:
    """Set aside what has to be, then write everything in one go and tell it."""
    await _set_aside(work, books, [one for one in taken if one.outcome in PARKED])

    await intake.record(work, [intake_row(one, work.moment) for one in taken])
    await save(work, books)


async def save(work: Work, books: Books, *, why: str = "") -> None:
    """Keep the books, and tell what was announced."""
    await keep(work, books, why=why)
    tell(work, books.told)


async def keep(work: Work, books: Books, *, why: str = "") -> None:
    """Everything that handlers changed, and waiting records that have got what they waited for."""
    end_waiting(books)
    await save_books.save(work, books)
    await runs.save(work, books.balances)
    requests.save(work, books.requests)
    await intake.release(work, books)
    await intake.end(work.connection, books, moment=work.moment, why=why)


def _standing(row: Any) -> Any:
    if row is None:
        raise NothingParked("no record of that id stands parked")
    return row


async def _set_aside(work: Work, books: Books, bad: Sequence[Taken]) -> None:
    """Each bad record parks once, however often it is delivered."""
    if not bad:
        return
    by_id: dict[UUID, Taken] = {}
    for one in bad:
        metrics.count("events_refused", service="ledger", code=one.code)
        by_id.setdefault(parked_id_of(one.reading.record), one)
    known = await intake.known_parked(work.connection, list(by_id))

    parked = []
    for parked_id, one in by_id.items():
        if parked_id not in known:
            aside = set_aside(books, one, moment=work.moment)
            parked.append((aside, one.reading.record, one.reading.identity.customer_id))
    await intake.park(work, parked)


def intake_row(taken: Taken, moment: Moment) -> Row:
    """One record's row: where it came from, what it is about, what became of it."""
    record, identity = taken.reading.record, taken.reading.identity
    return (
        record.topic,
        record.partition,
        record.offset,
        record.source,
        record.id,
        record.type,
        identity.object_id,
        identity.line,
        identity.version,
        identity.customer_id,
        taken.outcome.value,
        taken.waits.value,
        taken.code,
        taken.pointer,
        _storable(taken.detail),
        moment,
    )


def _storable(text: str) -> str:
    return text[:8_000].replace("\x00", "")
