"""Papers of a customer's dispute: handed on as they came, judged by disputes, and given back as attachments."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any, Final, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel
from starlette.datastructures import UploadFile

from portal_api.domain.contact import Role
from portal_api.domain.dispute import DisputeUnknown, PaperUnknown
from portal_api.gateways.dispute_desk import BRINGING, READING, UNKNOWN, DisputeDesk
from portal_api.interfaces.http.visitors import SIGNED_IN, Visitor, Visitors
from shared.contracts.disputes import Actor
from shared.web.attachment import attached, kept_headers
from shared.web.calls import passed_on
from shared.web.commands import IdempotencyKey
from shared.web.pages import Page, Paging
from shared.web.problems import RequestInvalid, problems

PATH: Final = "/v1/disputes/{dispute_id}/papers"
PAPER_BYTES_MAX: Final = 10_485_760
"""What disputes takes; its own answer names what is larger."""
BODY_BYTES_MAX: Final = PAPER_BYTES_MAX + 65_536
FILES_AT_ONCE: Final = 4
"""Of one process: each is in memory while it is handed on."""

SERVED: Final = (
    *("application/pdf", "image/png", "image/jpeg", "text/csv", "message/rfc822"),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
)
"""What disputes serves papers as; whatever else it said would be served as bytes."""
ANY_BYTES: Final = "application/octet-stream"

_FORM: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}


class PaperShown(BaseModel):
    """`scan`: waiting, clean, infected or unscannable. Nobody reads it before it is found clean. `added_by`: you, or
    our people for you."""

    paper_id: UUID
    kind: str
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    added_at: datetime
    added_by: Actor
    scan: str

    @classmethod
    def of(cls, shown: dict[str, Any]) -> Self:
        """As far as its customer sees it."""
        return cls(**{name: shown[name] for name in cls.model_fields})


def dispute_papers_router(visitors: Visitors, desk: DisputeDesk) -> APIRouter:
    """`/v1/disputes/{id}/papers` and one below."""
    router = APIRouter(tags=["disputes"], responses=SIGNED_IN)
    at_once = asyncio.Semaphore(FILES_AT_ONCE)

    async def file_of(request: Request) -> AsyncIterator[tuple[str, bytes, str]]:
        async with at_once:
            yield await _file(request)

    @router.post(
        PATH,
        status_code=201,
        responses=passed_on(*BRINGING) | problems(RequestInvalid),
        openapi_extra=_FORM,
    )
    async def bring_paper(
        dispute_id: UUID,
        visitor: Annotated[Visitor, visitors.allowed(Role.DISPUTE)],
        file: Annotated[tuple[str, bytes, str], Depends(file_of)],
        idempotency_key: IdempotencyKey = None,
    ) -> PaperShown:
        """A form with `file`. Same bytes, same paper. A dispute that is decided takes papers, too: name them to have it
        opened again."""
        return PaperShown.of(
            await desk.bring(visitor.session, dispute_id, file, key=idempotency_key)
        )

    @router.get(PATH, responses=passed_on(UNKNOWN) | problems(DisputeUnknown))
    async def list_papers(
        dispute_id: UUID,
        visitor: Annotated[Visitor, visitors.allowed(Role.VIEW)],
        paging: Paging,
    ) -> Page[PaperShown]:
        """What you brought and what our people added for you, the oldest first."""
        after = paging.beyond(datetime.fromisoformat, UUID)
        found = [PaperShown.of(one) for one in await desk.papers(visitor.session, dispute_id)]
        later = [one for one in found if after is None or _place(one) > after]
        return paging.page(sorted(later, key=_place), _place)

    @router.get(
        f"{PATH}/{{paper_id}}",
        response_class=Response,
        responses=attached(*SERVED, ANY_BYTES)
        | passed_on(*READING)
        | problems(DisputeUnknown, PaperUnknown),
    )
    async def download_paper(
        dispute_id: UUID, paper_id: UUID, visitor: Annotated[Visitor, visitors.allowed(Role.VIEW)]
    ) -> Response:
        """To be saved, never to be shown in the page that asked. What is not scanned is not served."""
        async with at_once:
            paper, content = await desk.paper(visitor.session, dispute_id, paper_id)
        media_type = paper["media_type"] if paper["media_type"] in SERVED else ANY_BYTES
        return Response(content, headers=kept_headers(paper["name"], media_type))

    return router


def _place(paper: PaperShown) -> tuple[datetime, UUID]:
    return paper.added_at, paper.paper_id


async def _file(request: Request) -> tuple[str, bytes, str]:
    async with request.form(max_files=1, max_fields=0) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise RequestInvalid("a multipart form with file is wanted")
        return file.filename or "", await file.read(), file.content_type or ""
