"""Papers at the door: they come in as forms, and go out as attachments that nothing runs."""

from datetime import datetime
from typing import Annotated, Any, Final, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel
from starlette.datastructures import UploadFile

from disputes.domain.mismatch import (
    PaperContentMismatch,
    PaperEncrypted,
    PaperExpandsTooFar,
    PaperImageTooLarge,
)
from disputes.domain.move import Actor, DisputeInOtherState
from disputes.domain.paper import (
    MEDIA_TYPES,
    PAPER_BYTES_MAX,
    Kind,
    Paper,
    PaperEmpty,
    PaperInfected,
    PaperNotScanned,
    PaperTooLarge,
    Scan,
    TooManyPapers,
)
from disputes.domain.paper_content import PaperKindUnknown, PaperTypeContradicted
from disputes.domain.paper_name import PaperNameInvalid
from disputes.gateways import listing, papers
from disputes.handlers.resume_review import resume_review
from disputes.interfaces.disputing import DisputeUnknown, Disputing, known
from disputes.interfaces.filing import Filing, Given, PaperLost, PaperUnknown
from disputes.interfaces.http.shapes import NAME_CHARACTERS_MAX, Speaking, speaker
from shared.web.attachment import attached, kept_headers
from shared.web.auth import Staff, signed_in
from shared.web.commands import Command, CommandRoute, Question
from shared.web.pages import Page, Paging
from shared.web.problems import RequestInvalid, problems

PATH: Final = "/v1/disputes/{dispute_id}/papers"
BODY_BYTES_MAX: Final = PAPER_BYTES_MAX + 65_536
"""The paper, and room for what holds a form together."""
FIELD_BYTES_MAX: Final = 4 * NAME_CHARACTERS_MAX

_REFUSED = problems(
    *(RequestInvalid, DisputeUnknown, DisputeInOtherState, TooManyPapers, PaperNameInvalid),
    *(PaperKindUnknown, PaperTypeContradicted, PaperContentMismatch, PaperEmpty, PaperTooLarge),
    *(PaperEncrypted, PaperExpandsTooFar, PaperImageTooLarge),
)
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
                        "contact_id": {
                            "type": "string", "minLength": 1, "maxLength": NAME_CHARACTERS_MAX,
                        },
                        "to": {"enum": ["customer", "us"], "default": "us"},
                    },
                }
            }
        },
    }
}  # fmt: skip


class PaperShown(BaseModel):
    """`scan` goes from waiting to clean, infected or unscannable; only what is clean is served. `found` is the
    scanner's word. The customer sees it since `shared_at`; null: it is among us."""

    paper_id: UUID
    dispute_id: UUID
    kind: Kind
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    added_at: datetime
    added_by: Actor
    who: str
    scan: Scan
    found: str
    scanned_at: datetime | None
    shared_at: datetime | None

    @classmethod
    def of(cls, paper: Paper) -> Self:
        plain = cls.model_fields.keys() - {"media_type", "sha256"}
        return cls(
            media_type=paper.kind.media_type,
            sha256=paper.sha256.hex(),
            **{name: getattr(paper, name) for name in plain},
        )


def papers_router(filing: Filing, disputing: Disputing) -> APIRouter:
    """Papers below their dispute, and each by itself."""
    router = APIRouter(tags=["papers"], route_class=CommandRoute, dependencies=[Depends(signed_in)])

    async def brought(request: Request, dispute_id: UUID, staff: Speaking) -> Paper:
        """Before the command's transaction begins: nothing is stored inside one. The request keeps the body, which is
        hashed whole when there is an Idempotency-Key."""
        async with filing.at_once:
            await request.body()
            return await filing.bring(await _given(request, dispute_id, staff))

    @router.post(PATH, status_code=201, responses=_REFUSED, openapi_extra=_FORM)
    async def add(paper: Annotated[Paper, Depends(brought)], work: Command) -> PaperShown:
        """A form with `file`, and `contact_id` where it is the customer's own. What we add is among us, unless it is
        `to` the customer. Same bytes, same paper. Where we waited for the customer, theirs is what we waited for."""
        async with disputing.at_hand(work, paper.dispute_id) as (docket, (dispute,)):
            filed, is_new = await filing.file(work, paper)
            if is_new:
                resume_review(docket, dispute, filed, rulebook=disputing.rulebook)
        return PaperShown.of(filed)

    @router.get(PATH, responses=problems(DisputeUnknown))
    async def list_papers(dispute_id: UUID, question: Question, paging: Paging) -> Page[PaperShown]:
        """The oldest first, whatever the scanner says of them."""
        after = None
        if paging.after:
            after = datetime.fromisoformat(paging.after[0]), UUID(paging.after[1])
        async with question.look() as connection:
            known(await listing.one(connection, dispute_id))
            found = await papers.page(connection, dispute_id, after=after, limit=paging.limit + 1)
        return paging.page(
            [PaperShown.of(one) for one in found], lambda one: (one.added_at, one.paper_id)
        )

    @router.get(
        "/v1/papers/{paper_id}",
        response_class=Response,
        responses=attached(*MEDIA_TYPES.values())
        | problems(PaperUnknown, PaperNotScanned, PaperInfected, PaperLost),
    )
    async def download(paper_id: UUID, question: Question) -> Response:
        """To be saved, never to be shown in the page that asked. What is not scanned is not served."""
        async with question.look() as connection:
            paper = await papers.one(connection, paper_id)
        if paper is None:
            raise PaperUnknown("there is no such paper")
        content = await filing.content_of(paper)
        return Response(content, headers=kept_headers(paper.name, paper.kind.media_type))

    return router


async def _given(request: Request, dispute_id: UUID, staff: Staff) -> Given:
    async with request.form(max_files=1, max_fields=2, max_part_size=FIELD_BYTES_MAX) as form:
        file, contact, to = form.get("file"), form.get("contact_id", ""), form.get("to", "us")
        if (
            not isinstance(file, UploadFile)
            or not isinstance(contact, str)
            or len(contact) > NAME_CHARACTERS_MAX
            or "\x00" in contact
            or to not in ("customer", "us")
        ):
            raise RequestInvalid("a form with file is wanted, and perhaps contact_id and to")
        by, who = speaker(staff, contact or None)
        return Given(
            dispute_id,
            file.filename or "",
            file.content_type or "",
            await file.read(PAPER_BYTES_MAX + 1),
            by,
            who,
            is_shared=by is Actor.CUSTOMER or to == "customer",
        )
