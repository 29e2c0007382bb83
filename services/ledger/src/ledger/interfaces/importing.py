"""The job behind `POST /v1/imports`: a file is read, surveyed and turned into ERP events, a slice at a time.

What has been told stands in the outbox in the same transaction as how far the file is told, so a process may die
anywhere. The events go to the ERP's own topics and are heard from there like everything that an ERP says.
"""

import asyncio
import hashlib
import json
import logging
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import IO, Any
from uuid import UUID

import asyncpg

from ledger.gateways import imports
from ledger.gateways.imports import ROWS_AT_ONCE
from ledger.gateways.table_files import Dialect, rows_of
from ledger.handlers.guess_profile import (
    HEADER_ROWS_MAX,
    find_headers,
    set_defaults,
    settle_signs,
)
from ledger.handlers.read_row import Reader, Row, number_of
from ledger.handlers.survey_rows import Survey
from ledger.handlers.turn_rows import Rejected, Turned, totals_of, turn_rows
from shared.base.clock import Clock, Moment
from shared.base.days import local_day
from shared.base.errors import Refusal
from shared.base.points import reached
from shared.contracts.company import Company
from shared.contracts.erp import ErpEvent
from shared.contracts.import_profile import ImportProfile, RowsAre
from shared.db import outbox
from shared.db.work import Database, Work, is_transient
from shared.messaging.tell import erp_row
from shared.web.pulse import Pulse

TOLD_ROWS_AT_ONCE = 500
DOCUMENT_ROWS_MAX = 32_000
CUSTOMER, DOCUMENT = "customer", "document"
EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")

log = logging.getLogger(__name__)


class ImportCrashed(Refusal):
    """We failed on this file, and have written down why."""

    code = "import-crashed"


class DocumentTooLong(Refusal):
    """One document has more lines than are held in memory."""

    code = "document-too-long"


class NumberRepeated(Refusal):
    """The file names this document again, further down."""

    code = "number-repeated"


def event_ids_of(import_id: UUID) -> str:
    """How the ids of all events of an import begin."""
    return f"import/{import_id}/"


@dataclass(frozen=True, slots=True)
class Importing:
    """Works on the oldest unfinished import."""

    database: Database
    clock: Clock
    company: Company

    async def run(self) -> bool:
        """One slice. A file that makes us crash ends its own import, not the process."""
        now = self.clock.now()
        import_id: UUID | None = None
        try:
            async with self.database.work(now) as work:
                row = await imports.claim(work.connection)
                if row is None:
                    return False
                import_id = row["import_id"]
                await self._go_on(work, row)
            reached("importing.kept")
        except Exception as error:
            if import_id is None or (not isinstance(error, Refusal) and is_transient(error)):
                raise
            refusal = (
                error if isinstance(error, Refusal) else ImportCrashed("we failed on this file")
            )
            if refusal is not error:
                log.exception("an import crashed", extra={"import_id": str(import_id)})
            await self._refuse(import_id, refusal, now)
        return True

    async def pulse(self, connection: asyncpg.Connection, _: Moment) -> Pulse:
        """A file that is not imported yet is work to do."""
        busy = await imports.are_under_way(connection)
        return Pulse(("a file is being imported",)) if busy else Pulse()

    async def _go_on(self, work: Work, row: Any) -> None:
        steps = {"received": self._read, "read": self._survey, "turning": self._turn}
        await steps[row["state"]](work, row)

    async def _refuse(self, import_id: UUID, refusal: Refusal, now: Moment) -> None:
        async with self.database.work(now) as work:
            await self._end(work, import_id, refusal)

    async def _end(self, work: Work, import_id: UUID, refusal: Refusal) -> None:
        why = (refusal.code, refusal.pointer, refusal.message)
        await imports.end(work.connection, import_id, "refused", work.moment, *why)

    async def _read(self, work: Work, row: Any) -> None:
        """From bytes to rows, a thousand in memory at a time."""
        said, connection = ImportProfile.model_validate_json(row["given"]), work.connection
        with tempfile.TemporaryFile() as file:
            async for block in imports.parts(connection, row["import_id"]):
                await asyncio.to_thread(file.write, block)
            file.seek(0)
            rows = _numbered(file, said)
            last = 0
            while some := await asyncio.to_thread(_next_rows, rows):
                last = some[-1][0]
                await imports.keep_rows(connection, row["import_id"], some)
        await imports.have_read(connection, row["import_id"], rows=last)

    async def _survey(self, work: Work, row: Any) -> None:
        """All rows are looked at before any is turned: what dates and amounts mean is the whole file's affair."""
        connection, import_id = work.connection, row["import_id"]
        said = ImportProfile.model_validate_json(row["given"])
        top = await imports.rows_after(connection, import_id, 0, limit=HEADER_ROWS_MAX)
        profile = find_headers([Row(*one) for one in top], said)
        try:
            profile = set_defaults(profile, self.company)
            survey = await self._seen(connection, import_id, profile, _headers(top, profile))
            profile = settle_signs(profile, survey.dates, survey.marks)
        except Refusal as refusal:  # what was guessed is kept, for the person to go on from
            guessed = profile.model_dump_json(exclude_none=True)
            await imports.have_guessed(connection, import_id, guessed)
            await self._end(work, import_id, refusal)
            return

        text = profile.model_dump_json(exclude_none=True)
        canonical = json.dumps(json.loads(text), sort_keys=True)
        content = hashlib.sha256(row["file_digest"] + canonical.encode()).digest()
        stamp = await imports.stamp_of(connection, content, moment=work.moment)
        version = profile.version or (stamp - EPOCH) // timedelta(microseconds=1)
        as_of = profile.as_of or local_day(stamp, self._zone(profile))
        await imports.have_surveyed(
            connection, import_id, text, content, stamp, version, as_of, survey.notices(), profile.header_row,
        )  # fmt: skip

    async def _seen(
        self,
        connection: asyncpg.Connection,
        import_id: UUID,
        profile: ImportProfile,
        headers: tuple[str, ...],
    ) -> Survey:
        survey = Survey(Reader(profile, headers, 1, EPOCH.date()))
        position = profile.header_row or 0
        while rows := await imports.rows_after(connection, import_id, position, limit=ROWS_AT_ONCE):
            survey.see([Row(*one) for one in rows])
            position = rows[-1]["row"]
        survey.check()
        return survey

    async def _turn(self, work: Work, row: Any) -> None:
        """The next rows become events in the outbox, unless it is a dry run."""
        connection, import_id = work.connection, row["import_id"]
        profile = ImportProfile.model_validate_json(row["profile"])
        source = self.company.source(profile.source or "")
        top = await imports.rows_after(
            connection, import_id, (profile.header_row or 1) - 1, limit=1
        )
        reader = Reader(profile, _headers(top, profile), row["version"], row["as_of"])
        rows = await self._whole_documents(connection, row, reader)
        if not rows or source is None:
            await imports.end(connection, import_id, "done", work.moment)
            return

        turned = list(turn_rows(reader, rows, source))
        await self._reject_repeated(connection, import_id, turned)
        events = await self._events(connection, import_id, turned, source.source)
        totals = _added(json.loads(row["totals"]), (event for _, event in events))
        rejected = [bad for one in turned for bad in one.rejected]
        await imports.reject(connection, import_id, rejected)
        if not row["dry_run"]:
            prefix, recorded_at = event_ids_of(import_id), work.moment.isoformat()
            outbox.append(
                work,
                [
                    erp_row(
                        event, event_id=prefix + name, source=source.source, recorded_at=recorded_at
                    )
                    for name, event in events
                ],
            )
        reached("importing.told")
        await imports.have_advanced(
            connection, import_id, rows[-1].number, len(rows) - len(rejected), len(rejected),
            0 if row["dry_run"] else len(events), json.dumps(totals),
        )  # fmt: skip

    async def _whole_documents(
        self, connection: asyncpg.Connection, row: Any, reader: Reader
    ) -> list[Row]:
        """The next rows; the lines of one document are never parted."""
        limit = TOLD_ROWS_AT_ONCE
        while limit <= DOCUMENT_ROWS_MAX:
            found = await imports.rows_after(
                connection, row["import_id"], row["position"], limit=limit
            )
            rows = [Row(*one) for one in found]
            if len(rows) < limit or reader.profile.rows is RowsAre.DOCUMENTS:
                return rows
            last = number_of(reader, rows[-1])
            while rows and number_of(reader, rows[-1]) == last:
                rows.pop()
            if rows:
                return rows
            limit *= 2
        raise DocumentTooLong(f"a document has more than {DOCUMENT_ROWS_MAX // 2} rows")

    async def _reject_repeated(
        self, connection: asyncpg.Connection, import_id: UUID, turned: Sequence[Turned]
    ) -> None:
        """A number says once what it is: rows further down would contradict, under the same version."""
        numbered = [(DOCUMENT, one.number) for one in turned if one.number and not one.rejected]
        fresh = await imports.take_numbers(connection, import_id, numbered)
        for one in turned:
            name = (DOCUMENT, one.number)
            if one.rejected or not one.number:
                continue
            if name not in fresh:
                one.events, one.customer = [], None
                one.rejected = [
                    Rejected(number, "", NumberRepeated.code, f"{one.number} stands further up")
                    for number in one.rows
                ]
            fresh.discard(name)

    async def _events(
        self, connection: asyncpg.Connection, import_id: UUID, turned: Sequence[Turned], source: str
    ) -> list[tuple[str, ErpEvent]]:
        """What is told, each with its name within the import; customers named in passing once, unless known."""
        passing = {one.customer.customer_number: one for one in reversed(turned) if one.customer}
        known = await imports.known_customers(connection, source, list(passing))
        named = [(CUSTOMER, number) for number in passing if number not in known]
        fresh = await imports.take_numbers(connection, import_id, named)
        told: list[tuple[str, ErpEvent]] = []
        for one in turned:
            first = one.customer is not None and passing[one.customer.customer_number] is one
            if first and (CUSTOMER, one.customer.customer_number) in fresh:
                told.append((f"{one.rows[0]}/customer", one.customer))
            told += [(f"{one.rows[0]}/{place}", event) for place, event in enumerate(one.events)]
        return told

    def _zone(self, profile: ImportProfile) -> str:
        home = self.company.legal_entity(profile.legal_entity or "")
        return (home or self.company.legal_entities[0]).time_zone


def _numbered(file: IO[bytes], said: ImportProfile) -> Iterator[tuple[int, list[str]]]:
    """Rows by their numbers in the file, without blank ones."""
    dialect = Dialect(said.encoding, said.delimiter, said.sheet)
    for number, cells in enumerate(rows_of(file, dialect), 1):  # type: ignore[arg-type]
        if cells:
            yield number, cells


def _next_rows(rows: Iterator[tuple[int, list[str]]]) -> list[tuple[int, list[str]]]:
    return list(islice(rows, ROWS_AT_ONCE))


def _headers(top: Sequence[Any], profile: ImportProfile) -> tuple[str, ...]:
    found = next(one["cells"] for one in top if one["row"] == profile.header_row)
    return tuple(header.strip() for header in found)


def _added(totals: list[Any], events: Iterator[ErpEvent]) -> list[Any]:
    """The totals, by kind and currency, with these documents added: number, total and open in minor units."""
    sums = {(kind, currency): numbers for kind, currency, *numbers in totals}
    for kind, currency, total, left in totals_of(events):
        number, so_far, still = sums.get((kind, currency), [0, 0, 0])
        sums[kind, currency] = [number + 1, so_far + total, still + left]
    return [[*name, *numbers] for name, numbers in sorted(sums.items())]
