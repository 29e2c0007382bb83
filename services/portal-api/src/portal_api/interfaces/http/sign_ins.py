"""The doors of sign-in for frontends: ask for a link, open a session with it, end sessions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Final, Self
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from portal_api.domain.contact import Role
from portal_api.domain.network import network_of
from portal_api.domain.sign_in import (
    CodeWanted,
    CodeWrong,
    SignInDead,
    SignInExpired,
    SignInUnknown,
    SignInUsed,
)
from portal_api.gateways import sessions
from portal_api.gateways.contacts import Acting
from portal_api.gateways.secrets import TOKEN_FORM, hash_of, hash_of_asker
from portal_api.interfaces.http.sealed_answers import Use, answered_once
from portal_api.interfaces.http.visitors import SESSION_COOKIE, SIGNED_IN, Visitor, Visitors
from portal_api.interfaces.signing_in import (
    Choice,
    ContactGone,
    CustomerNotYours,
    Given,
    Opened,
    SigningIn,
    SignInUnavailable,
    TooManySignIns,
)
from shared.base.errors import Refusal
from shared.db.work import Work
from shared.web.commands import IdempotencyKey
from shared.web.idempotency import REPLAYED
from shared.web.problems import problems

BROWSER_COOKIE: Final = "__Host-sign-in"
NO_STORE: Final = {"Cache-Control": "no-store"}
ADDRESS_CHARACTERS_MAX: Final = 254
CODE_CHARACTERS_MAX: Final = 20

OPENING: Final = problems(
    *(SignInUnknown, SignInUsed, SignInExpired, SignInDead, CodeWanted, CodeWrong),
    *(ContactGone, CustomerNotYours),
)
Token = Annotated[str, Field(pattern=TOKEN_FORM)]
Address = Annotated[
    str,
    Field(
        max_length=ADDRESS_CHARACTERS_MAX,
        pattern=r"^[^@\s\x00]+@[^@\s\x00]+$",
        examples=["erika@muster.example"],
    ),
]


class Asking(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    email: Address


class SignInShown(BaseModel):
    """Show the code: a link that is opened in another browser asks for it."""

    sign_in_id: UUID
    code: Annotated[str, Field(examples=["XK47PM"])]
    expires_at: datetime


class _Asked(BaseModel):
    """What is kept, sealed, of an answer under a key: with what the asking browser was given."""

    shown: SignInShown
    browser: Annotated[str, Field(repr=False)]


class Opening(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    token: Token
    code: Annotated[str | None, Field(min_length=1, max_length=CODE_CHARACTERS_MAX)] = None
    customer_id: UUID | None = None


class CustomerShown(BaseModel):
    customer_id: UUID
    customer_number: str
    name: str
    roles: list[Role]

    @classmethod
    def of(cls, acting: Acting) -> Self:
        return cls(
            customer_id=acting.customer_id,
            customer_number=acting.customer_number,
            name=acting.customer_name,
            roles=list(acting.roles),
        )


class SessionShown(BaseModel):
    """The token is said this once; a page of ours has it as its cookie."""

    session_token: Annotated[str, Field(repr=False)]
    customer: CustomerShown
    idle_until: datetime
    ends_at: datetime


class ChoiceShown(BaseModel):
    """The link is still good: name one of these as `customer_id`."""

    customers: list[CustomerShown]

    @classmethod
    def of(cls, acting: Sequence[Acting]) -> Self:
        return cls(customers=[CustomerShown.of(one) for one in acting])


def sign_ins_router(signing_in: SigningIn, visitors: Visitors) -> APIRouter:
    """`/v1/sign-ins` and `/v1/sessions`."""
    router = APIRouter(tags=["sign-in"])
    _add_asking(router, signing_in)
    _add_opening(router, signing_in)

    @router.delete("/v1/sessions/current", status_code=204, responses=SIGNED_IN)
    async def sign_out(
        visitor: Annotated[Visitor, visitors.allowed(*Role)], response: Response
    ) -> None:
        """This session ends."""
        async with signing_in.database.work(visitor.moment) as work:
            await sessions.end(work.connection, visitor.session.session_id, at=work.moment)
        drop(response, SESSION_COOKIE)

    @router.delete("/v1/sessions", status_code=204, responses=SIGNED_IN)
    async def sign_out_everywhere(
        visitor: Annotated[Visitor, visitors.allowed(*Role)], response: Response
    ) -> None:
        """All sessions of this address end, on whatever machine and for whatever customer."""
        async with signing_in.database.work(visitor.moment) as work:
            await sessions.end_all(work.connection, visitor.session.address, at=work.moment)
        drop(response, SESSION_COOKIE)

    return router


def _add_asking(router: APIRouter, signing_in: SigningIn) -> None:
    @router.post(
        "/v1/sign-ins", status_code=202, responses=problems(TooManySignIns, SignInUnavailable)
    )
    async def ask(
        asking: Asking, request: Request, response: Response, idempotency_key: IdempotencyKey = None
    ) -> SignInShown:
        """A link is mailed to whoever has that address; whether anybody has, nobody is told. Under the same key, from
        the same network, it is the same sign-in.
        """
        host = host_of(request)
        network = hash_of_asker("network", network_of(host)).hex()

        async def do(work: Work) -> _Asked:
            asked = await signing_in.ask_in(work, asking.email, host=host)
            held = asked.sign_in
            shown = SignInShown(
                sign_in_id=held.sign_in_id, code=asked.code, expires_at=held.expires_at
            )
            return _Asked(shown=shown, browser=asked.browser)

        use = Use(request, f"sign-in {network}", idempotency_key)
        answer, again = await answered_once(signing_in, use, _Asked, do)
        _say(response, again=again)
        keep(response, BROWSER_COOKIE, answer.browser)
        return answer.shown


def _add_opening(router: APIRouter, signing_in: SigningIn) -> None:
    @router.post(
        "/v1/sessions",
        status_code=201,
        response_model=SessionShown,
        responses={**OPENING, 300: {"model": ChoiceShown}},
    )
    async def open_session(
        opening: Opening,
        request: Request,
        response: Response,
        idempotency_key: IdempotencyKey = None,
    ) -> object:
        """In the browser that asked the link is enough; another one gives the code that the first shows. Under the same
        key, and with the same proof, it is the same session.
        """
        browser = request.cookies.get(BROWSER_COOKIE)
        given = Given(opening.token, browser, opening.code, opening.customer_id)

        async def do(work: Work) -> SessionShown | Choice | Refusal:
            outcome = await signing_in.open_in(work, given)
            return _shown(signing_in, outcome) if isinstance(outcome, Opened) else outcome

        use = Use(request, _proof(given), idempotency_key)
        answer: SessionShown | Choice | Refusal
        answer, again = await answered_once(signing_in, use, SessionShown, do)
        if isinstance(answer, SessionShown):
            _say(response, again=again)
            signed_in(response, answer.session_token)
            return answer
        if isinstance(answer, Choice):
            body = ChoiceShown.of(answer.acting).model_dump(mode="json")
            return JSONResponse(body, 300, NO_STORE)
        raise answer


def _proof(given: Given) -> str:
    """By which whoever sends the same again is known: the link, and the browser that asked where no code is given."""
    browser = hash_of(given.browser).hex() if given.browser and given.code is None else ""
    return f"session {hash_of(given.token).hex()} {browser}"


def _say(response: Response, *, again: bool) -> None:
    response.headers.update(NO_STORE)
    if again:
        response.headers[REPLAYED] = "true"


def host_of(request: Request) -> str:
    """Who asks; behind a proxy the server puts here whom the proxy names, if it may be believed."""
    return request.client.host if request.client else ""


def signed_in(response: Response, token: str) -> None:
    """The browser has a session from now on, and no sign-in under way."""
    keep(response, SESSION_COOKIE, token)
    drop(response, BROWSER_COOKIE)


def keep(response: Response, name: str, value: str) -> None:
    """A cookie for our host alone, for as long as the browser is open; no script reads it."""
    response.set_cookie(name, value, path="/", secure=True, httponly=True, samesite="lax")


def drop(response: Response, name: str) -> None:
    """It is forgotten."""
    response.delete_cookie(name, path="/", secure=True, httponly=True, samesite="lax")


def _shown(signing_in: SigningIn, opened: Opened) -> SessionShown:
    return SessionShown(
        session_token=opened.token,
        customer=CustomerShown.of(opened.acting),
        idle_until=opened.session.idle_until(signing_in.session_rules),
        ends_at=opened.session.ends_at,
    )
