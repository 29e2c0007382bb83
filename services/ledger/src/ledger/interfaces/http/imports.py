"""Files of an ERP that publishes nothing: they come in here, and become its events."""

import csv
import hashlib
import io
import json
from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel
from starlette.datastructures import FormData, UploadFile

from ledger.gateways import imports
from ledger.gateways.table_files import FILE_BYTES_MAX, FileTooLarge, safe_cell
from ledger.interfaces.http.unknown import NotKnown, known
from ledger.interfaces.importing import event_ids_of
from shared.base.ids import derived_id
from shared.base.money import decimal_text
from shared.contracts.import_profile import (
    PROFILE_CHARACTERS_MAX,
    ProfileUnreadable,
    read_profile,
)
from shared.db.work import Work
from shared.web.auth import Staff, require, signed_in
from shared.web.commands import Command, CommandRoute, Question
from shared.web.problems import RequestInvalid, problems

BODY_BYTES_MAX = FILE_BYTES_MAX + 131_072
"""The file, and room for the profile and for what holds a form together."""
PART_BYTES = 1_048_576
FIELDS_MAX = 8
FILE_NAME_CHARACTERS_MAX = 200
REJECTED_SHOWN_MAX = 200
REJECTED_AT_ONCE = 1_000
PATH = "/v1/imports"

_FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "profile": {"type": "string", "maxLength": PROFILE_CHARACTERS_MAX},
                        "dry_run": {"type": "string", "enum": ["true", "false"]},
                    },
                }
            }
        },
    }
}


class Begun(BaseModel):
    import_id: UUID


class RejectedShown(BaseModel):
    """`row` counts from 1, headers and title lines included; `column` is "" where no single one is to blame."""

    row: int
    column: str
    code: str
    message: str


class TotalShown(BaseModel):
    """Of all documents of one kind (`invoice`, `credit-note`, `payment`) in one currency."""

    kind: str
    currency: str
    number: int
    total: str
    open: str


class Refused(BaseModel):
    """Why nothing, or no more, was imported; `pointer` is the field of the profile that must say something."""

    code: str
    pointer: str
    message: str


class ImportShown(BaseModel):
    """`state` goes from received over read and turning to done or refused.

    `accepted` and `rejected_rows` count rows, without headers and blank ones; of those rejected the first stand in
    `rejected`, and all of them in the CSV file. `told` are the events published, `heard` what became of them.
    """

    import_id: UUID
    state: str
    dry_run: bool
    file_name: str
    begun_at: datetime
    ended_at: datetime | None
    rows: int
    position: int
    accepted: int
    rejected_rows: int
    rejected: list[RejectedShown]
    totals: list[TotalShown]
    notices: list[str]
    profile: dict[str, Any]
    version: int | None
    as_of: date | None
    refused: Refused | None
    told: int
    heard: dict[str, int]


router = APIRouter(
    prefix=PATH, tags=["imports"], route_class=CommandRoute, dependencies=[Depends(signed_in)]
)


@router.post(
    "",
    status_code=202,
    responses=problems(ProfileUnreadable, FileTooLarge, RequestInvalid),
    openapi_extra=_FORM,
)
async def begin_import(
    request: Request,
    response: Response,
    staff: Annotated[Staff, require("operator", "admin")],
    work: Command,
) -> Begun:
    """A form with `file` (CSV or XLSX), `profile` (YAML or JSON, as far as there is one) and `dry_run`."""
    async with request.form(
        max_files=1, max_fields=FIELDS_MAX, max_part_size=PROFILE_CHARACTERS_MAX * 4
    ) as form:
        begun = await _begin(work, form, staff.subject)
    response.headers["Location"] = f"{PATH}/{begun.import_id}"
    return begun


@router.get("/{import_id}", responses=problems(NotKnown))
async def show_import(import_id: UUID, question: Question) -> ImportShown:
    """How far it is, and what became of it."""
    async with question.look() as connection:
        row = known(await imports.find(connection, import_id), "import")
        bad = await imports.rejected_after(connection, import_id, 0, limit=REJECTED_SHOWN_MAX)
        heard = await imports.heard(connection, event_ids_of(import_id)) if row["told"] else {}
    return _shown(row, bad, heard)


@router.get(
    "/{import_id}/rejected.csv",
    responses=problems(NotKnown) | {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
    response_class=StreamingResponse,
)
async def show_rejected(import_id: UUID, question: Question) -> StreamingResponse:
    """The rejected rows as they were, each with its row, column, code and message: mend them and import them again."""
    async with question.look() as connection:
        row = known(await imports.find(connection, import_id), "import")
    return StreamingResponse(
        _rejected_csv(question, row),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="rejected.csv"'},
    )


async def _begin(work: Work, form: FormData, subject: str) -> Begun:
    file, said, dry = form.get("file"), form.get("profile", ""), form.get("dry_run", "false")
    if (
        not isinstance(file, UploadFile)
        or not isinstance(said, str)
        or dry not in {"true", "false"}
    ):
        raise RequestInvalid(
            "a multipart form with file, and perhaps profile and dry_run (true or false), is wanted"
        )
    given = read_profile(said).model_dump_json(exclude_none=True)
    digest = hashlib.sha256()
    while block := await file.read(PART_BYTES):
        digest.update(block)
    if file.size is not None and file.size > FILE_BYTES_MAX:
        raise FileTooLarge(f"a file has at most {FILE_BYTES_MAX} bytes")

    connection, content = work.connection, digest.digest()
    run = await imports.runs_of_file(connection, content)
    import_id = derived_id("import", content.hex(), work.moment, run)
    name = (file.filename or "file").replace("\x00", "")[:FILE_NAME_CHARACTERS_MAX]
    name = name.encode("utf-8", "replace").decode()
    await imports.begin(
        connection, import_id, dry == "true", name, content, subject, work.moment, given
    )
    await file.seek(0)
    part = 0
    while block := await file.read(PART_BYTES):
        await imports.add_part(connection, import_id, part, block)
        part += 1
    return Begun(import_id=import_id)


def _shown(row: Any, bad: list[Any], heard: dict[str, int]) -> ImportShown:
    plain = ImportShown.model_fields.keys() - {
        *("rejected_rows", "rejected", "totals", "profile", "refused", "heard"),
    }
    return ImportShown(
        rejected_rows=row["rejected"],
        rejected=[
            RejectedShown(**{name: one[name] for name in RejectedShown.model_fields}) for one in bad
        ],
        totals=[
            TotalShown(
                kind=kind,
                currency=currency,
                number=number,
                total=decimal_text(total, currency),
                open=decimal_text(left, currency),
            )
            for kind, currency, number, total, left in json.loads(row["totals"])
        ],
        profile=json.loads(row["profile"]),
        refused=Refused(code=row["code"], pointer=row["pointer"], message=row["detail"])
        if row["code"]
        else None,
        heard=heard,
        **{name: row[name] for name in plain},
    )


async def _rejected_csv(question: Question, row: Any) -> AsyncIterator[str]:
    """Text that spreadsheets take for no formula, a thousand rows at a time."""
    header_row = json.loads(row["profile"]).get("header_row", 0)
    last = 0
    async with question.look() as connection:
        top = await imports.rows_after(connection, row["import_id"], header_row - 1, limit=1)
    headers = top[0]["cells"] if top and top[0]["row"] == header_row else []
    yield _csv([[*headers, "rejected row", "column", "code", "message"]])
    while True:
        async with question.look() as connection:
            bad = await imports.rejected_after(
                connection, row["import_id"], last, limit=REJECTED_AT_ONCE
            )
        if not bad:
            return
        last = bad[-1]["row"]
        yield _csv([_bad_row(one, len(headers)) for one in bad])


def _bad_row(one: Any, width: int) -> list[str]:
    cells = [*one["cells"], *[""] * width][: max(width, len(one["cells"]))]
    return [*cells, str(one["row"]), one["column"], one["code"], one["message"]]


def _csv(rows: list[list[str]]) -> str:
    written = io.StringIO()
    csv.writer(written).writerows([[safe_cell(cell) for cell in cells] for cells in rows])
    return written.getvalue()
