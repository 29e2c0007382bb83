"""Who is at the door: a session by its token, from the header of a frontend or the cookie of a page."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit

import asyncpg
from fastapi import Depends, Request, Response
from fastapi.openapi.models import HTTPBearer
from fastapi.security.base import SecurityBase
from fastapi.security.utils import get_authorization_scheme_param

from portal_api.domain.contact import Role
from portal_api.domain.session import NotSignedIn, RoleMissing, Session, SessionExpired
from portal_api.gateways import sessions
from portal_api.gateways.own_rows import own_answer, own_rows
from portal_api.gateways.secrets import TOKEN_CHARACTERS, hash_of
from portal_api.interfaces.signing_in import SigningIn
from shared.base.clock import Moment
from shared.base.errors import Refusal
from shared.web.problems import problems

SESSION_COOKIE: Final = "__Host-session"
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
SEEN_EVERY: Final = timedelta(seconds=60)
"""A session's last request is written down no more often: reads stay reads."""


class OriginForeign(Refusal):
    """A page of another site sent this with our cookie, or the browser does not say which page did."""

    code, status = "origin-foreign", 403


SIGNED_IN: Final[dict[int | str, dict[str, Any]]] = problems(
    NotSignedIn, SessionExpired, RoleMissing, OriginForeign
)
"""What every route for customers may answer."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody signed in; `look()` is a view of one instant in which there are no rows but their customer's, `ask()`
    the same for one question.
    """

    session: Session
    moment: Moment
    look: Callable[[], AbstractAsyncContextManager[asyncpg.Connection]]
    ask: Callable[[], AbstractAsyncContextManager[asyncpg.Connection]]


class _Allowed(SecurityBase):
    """The dependency that lets somebody in who has one of these roles, or refuses. It is also the scheme that OpenAPI
    names, and nothing stands between it and the route: each step of FastAPI's costs as much as a short question.
    """

    model = HTTPBearer(
        bearerFormat="opaque",
        description=f"for frontends: `session_token`; our own pages have it in the cookie `{SESSION_COOKIE}`",
    )
    scheme_name = "session"

    def __init__(self, signing_in: SigningIn, roles: tuple[Role, ...]) -> None:
        self._signing_in = signing_in
        self._roles = roles

    async def __call__(self, request: Request, response: Response) -> Visitor:
        """A cookie comes by itself, so with one, what changes something must come from our own pages."""
        in_cookie = request.cookies.get(SESSION_COOKIE)
        scheme, in_header = get_authorization_scheme_param(request.headers.get("Authorization"))
        token = in_header if scheme.lower() == "bearer" and in_header else in_cookie
        if token is None or len(token) != TOKEN_CHARACTERS:
            raise NotSignedIn("a session is wanted: Authorization: Bearer …, or our pages' cookie")
        if token is in_cookie and request.method not in SAFE_METHODS:
            must_be_ours(request, self._signing_in.public_url)

        session, moment = await self._session_of(token)
        if session.roles.isdisjoint(self._roles):
            raise RoleMissing(f"one of these roles is wanted: {', '.join(sorted(self._roles))}")
        response.headers["Cache-Control"] = "no-store"
        mine = self._signing_in.database, session.customer_id
        return Visitor(session, moment, partial(own_rows, *mine), partial(own_answer, *mine))

    async def _session_of(self, token: str) -> tuple[Session, Moment]:
        moment, database = self._signing_in.clock.now(), self._signing_in.database
        async with database.ask() as connection:
            session = await sessions.find(connection, hash_of(token))
        if session is None:
            raise NotSignedIn("there is no such session")
        session.check(self._signing_in.session_rules, moment=moment)
        if moment - session.seen_at >= SEEN_EVERY:
            async with database.work(moment) as work:
                await sessions.seen(work.connection, session.session_id, at=moment)
        return session, moment


@dataclass(frozen=True, slots=True)
class Visitors:
    """Who may come in."""

    signing_in: SigningIn

    def allowed(self, *roles: Role) -> Any:
        """A dependency that yields the `Visitor` who has at least one of these roles."""
        return Depends(_Allowed(self.signing_in, roles))


def must_be_ours(request: Request, public_url: str) -> None:
    """Refuse unless the browser says that a page of ours sends this.

    `Sec-Fetch-Site` comes first: our pages send no referrer, and then browsers call their origin `null`.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        if site != "same-origin":
            raise OriginForeign("a page of ours must send this")
        return
    hosts = {urlsplit(public_url).netloc, request.headers.get("Host", "")} - {""}
    if urlsplit(request.headers.get("Origin", "")).netloc not in hosts:
        raise OriginForeign("a page of ours must send this, and the browser must say so")
