"""Being heard: time to pay, a call by a person, and what a customer thinks of how a case was handled."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from portal_api.domain.contact import Role
from portal_api.domain.dispute import DisputeUnknown
from portal_api.domain.heard_rails import WantsUntilPast
from portal_api.domain.request import Feedback, Request, RequestKind
from portal_api.gateways import disputes, requests
from portal_api.handlers.ask_call import TooManyCalls
from portal_api.handlers.ask_time import HardshipOpen
from portal_api.handlers.give_feedback import CaseOpen, FeedbackGivenBefore
from portal_api.interfaces.being_heard import BeingHeard
from portal_api.interfaces.http.customer_commands import CustomerCommand, command_of
from portal_api.interfaces.http.visitors import SIGNED_IN, Visitors
from shared.base.errors import Refusal
from shared.web.accepted import NO_NUL
from shared.web.auth import require
from shared.web.commands import CommandRoute, Question
from shared.web.problems import problems

WORDS_CHARACTERS_MAX = 2_000
Words = Annotated[str, Field(min_length=1, max_length=WORDS_CHARACTERS_MAX, pattern=NO_NUL)]
Phone = Annotated[
    str, Field(pattern=r"^\+?[0-9][0-9 ()/.-]{4,28}[0-9]$", examples=["+49 40 1234567"])
]


class CallRequestUnknown(Refusal):
    """Nobody asked for such a call."""

    code, status = "call-request-unknown", 404


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class HardshipGiven(_Body):
    """`wants_until` is a day of the legal entity; without it the rails say how long."""

    words: Words
    wants_until: date | None = None


class HardshipShown(BaseModel):
    """Until `until` nobody chases you; a person of ours looks into it and speaks with you."""

    request_id: UUID
    asked_at: datetime
    until: datetime


class CallGiven(_Body):
    """`when` in your words. Without `phone` we use the number that we have."""

    words: Words
    phone: Phone | None = None
    when: Annotated[str, Field(max_length=200, pattern=NO_NUL)] = ""


class CallShown(BaseModel):
    request_id: UUID
    asked_at: datetime


class CallForStaff(CallShown):
    """What whoever calls back has to know."""

    customer_id: UUID
    contact_id: str
    phone: str | None
    when: str
    words: str


class FeedbackBody(_Body):
    """`case_id` is a dispute that is closed; 1 is very bad, 5 is very good."""

    case_id: UUID
    score: Annotated[int, Field(ge=1, le=5, strict=True)]
    words: Annotated[str, Field(max_length=WORDS_CHARACTERS_MAX, pattern=NO_NUL)] = ""


class FeedbackShown(BaseModel):
    feedback_id: UUID
    case_id: UUID
    score: int
    words: str
    given_at: datetime


def requests_router(visitors: Visitors, heard: BeingHeard) -> APIRouter:
    """`/v1/hardship-requests`, `/v1/call-requests`, `/v1/feedback`: for whoever is signed in."""
    router = APIRouter(
        prefix="/v1", tags=["being heard"], responses=SIGNED_IN, route_class=CommandRoute
    )
    anybody = command_of(visitors, Role.VIEW)

    @router.post(
        "/hardship-requests", status_code=201, responses=problems(HardshipOpen, WantsUntilPast)
    )
    async def ask_for_time(
        given: HardshipGiven, command: Annotated[CustomerCommand, anybody]
    ) -> HardshipShown:
        """You cannot pay now: nobody chases you for a while, and a person looks into it. One at a time."""
        session, until = command.visitor.session, given.wants_until
        made = await heard.ask_time(command.work, session, words=given.words, wants_until=until)
        return _hardship(made)

    @router.post("/call-requests", status_code=201, responses=problems(TooManyCalls))
    async def ask_for_call(
        given: CallGiven, command: Annotated[CustomerCommand, anybody]
    ) -> CallShown:
        """You want to talk to a person: we call back."""
        made = await heard.ask_call(
            command.work,
            command.visitor.session,
            words=given.words,
            phone=given.phone,
            preferred_time=given.when,
        )
        return CallShown(request_id=made.request_id, asked_at=made.asked_at)

    @router.post(
        "/feedback",
        status_code=201,
        responses=problems(DisputeUnknown, CaseOpen, FeedbackGivenBefore),
    )
    async def answer(
        given: FeedbackBody, command: Annotated[CustomerCommand, anybody]
    ) -> FeedbackShown:
        """How content you are with the way we handled a dispute of yours; one answer for each."""
        session = command.visitor.session
        case = await disputes.one(command.work.connection, session.customer_id, given.case_id)
        if case is None:
            raise DisputeUnknown("you have no such dispute")
        made = await heard.give_feedback(
            command.work,
            session,
            case_id=given.case_id,
            state=case["state"],
            score=given.score,
            words=given.words,
        )
        return _feedback(made)

    return router


def calls_router() -> APIRouter:
    """What was asked, for whoever of ours calls back: number and words stand nowhere else."""
    router = APIRouter(prefix="/v1/call-requests", tags=["staff"])

    @router.get(
        "/{request_id}",
        responses=problems(CallRequestUnknown),
        dependencies=[require("collector", "operator", "admin")],
    )
    async def show_call(request_id: UUID, question: Question) -> CallForStaff:
        async with question.look() as connection:
            found = await requests.one(connection, request_id, RequestKind.CALL)
        if found is None:
            raise CallRequestUnknown("nobody asked for such a call")
        return CallForStaff(
            request_id=found.request_id,
            asked_at=found.asked_at,
            customer_id=found.asker.customer_id,
            contact_id=found.asker.contact_id,
            phone=found.phone,
            when=found.preferred_time,
            words=found.words,
        )

    return router


def _hardship(made: Request) -> HardshipShown:
    assert made.until is not None, "a hardship has an end"
    return HardshipShown(request_id=made.request_id, asked_at=made.asked_at, until=made.until)


def _feedback(made: Feedback) -> FeedbackShown:
    return FeedbackShown(
        feedback_id=made.feedback_id,
        case_id=made.case_id,
        score=made.score,
        words=made.words,
        given_at=made.given_at,
    )
