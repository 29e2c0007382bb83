"""Our own page of the question how content a customer is, to which its mail leads."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from portal_api.domain.contact import Role
from portal_api.domain.dispute import DisputeUnknown
from portal_api.gateways import disputes
from portal_api.interfaces.being_heard import BeingHeard
from portal_api.interfaces.http.own_page import Guest, OwnPages, words_alone
from portal_api.interfaces.http.page_rows import disputed_amount
from portal_api.interfaces.http.requests import WORDS_CHARACTERS_MAX
from shared.web.accepted import NO_NUL


class Case(BaseModel):
    case_id: UUID


class FeedbackForm(BaseModel):
    model_config = ConfigDict(extra="forbid")

    case_id: UUID
    score: Annotated[int, Field(ge=1, le=5)]
    words: Annotated[str, Field(max_length=WORDS_CHARACTERS_MAX, pattern=NO_NUL)] = ""


def feedback_page_router(pages: OwnPages, heard: BeingHeard) -> APIRouter:
    """`/feedback`."""
    router = pages.router()
    database, viewer = pages.visitors.signing_in.database, pages.guest(Role.VIEW)

    @router.get("/feedback")
    async def ask(case: Annotated[Case, Query()], guest: Annotated[Guest, viewer]) -> Response:
        async with guest.visitor.look() as connection:
            found = await disputes.one(connection, guest.me.customer_id, case.case_id)
        if found is None:
            raise DisputeUnknown("you have no such dispute")
        w, amount = guest.words.w, disputed_amount(found, guest.words)
        return pages.show(
            "feedback.html",
            guest,
            found["legal_entity"],
            title=w["feedback_title"],
            text=w["feedback_text"].format(about=amount),
            case_id=str(case.case_id),
        )

    @router.post("/feedback")
    async def take(
        given: Annotated[FeedbackForm, Form()], guest: Annotated[Guest, viewer]
    ) -> Response:
        """The same again is the same answer."""
        session = guest.visitor.session
        async with database.work(guest.visitor.moment) as work:
            case = await disputes.one(work.connection, session.customer_id, given.case_id)
            if case is None:
                raise DisputeUnknown("you have no such dispute")
            await heard.give_feedback(
                work,
                session,
                case_id=given.case_id,
                state=case["state"],
                score=given.score,
                words=given.words,
            )
        w = guest.words.w
        said = words_alone(title=w["feedback_thanks"], texts=[w["feedback_thanks_text"]])
        return pages.show("words.html", guest, case["legal_entity"], **said)

    return router
