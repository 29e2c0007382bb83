"""The transaction of one HTTP request: a look for questions, work for commands. The only place that opens them.

`scope="function"` is what makes a commit come before the answer: FastAPI otherwise ends a `yield` dependency after the
response is sent, and a failed commit would have been answered 201.
"""

from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Annotated, Any

import asyncpg
from fastapi import Depends, Header, Request
from fastapi.responses import Response
from fastapi.routing import APIRoute
from typing_extensions import override

from shared.base.clock import Moment
from shared.db.work import Work
from shared.web.auth import SignedIn
from shared.web.idempotency import KEY_CHARACTERS_MAX, Key, request_hash


async def present(request: Request) -> Moment:
    """The business moment at which the request is handled."""
    moment: Moment = request.app.state.service.clock.now()
    return moment


Present = Annotated[Moment, Depends(present)]


async def look(request: Request) -> AsyncIterator[asyncpg.Connection]:
    """A read-only view of one instant."""
    async with request.app.state.service.database.look() as connection:
        yield connection


Look = Annotated[asyncpg.Connection, Depends(look, scope="function")]


async def command_work(
    request: Request,
    staff: SignedIn,
    moment: Present,
    idempotency_key: Annotated[
        str | None, Header(min_length=1, max_length=KEY_CHARACTERS_MAX)
    ] = None,
) -> AsyncIterator[Work]:
    """One transaction, committed before the answer is sent; `Idempotency-Key` is honoured, per staff member.

    Its routes must be on a router with `route_class=CommandRoute`.
    """
    async with request.app.state.service.database.work(moment) as work:
        if idempotency_key is not None:
            key = Key(
                scope=staff.subject, key=idempotency_key, request_hash=await request_hash(request)
            )
            await key.claim(work.connection)
            request.state.answered = (key, work)
        yield work


Command = Annotated[Work, Depends(command_work, scope="function")]


class CommandRoute(APIRoute):
    """Keeps the answer of a command under its Idempotency-Key, after the endpoint and before the commit."""

    @override
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_and_keep(request: Request) -> Response:
            response = await handle(request)
            if answered := getattr(request.state, "answered", None):
                key, work = answered
                await key.keep(work, response)
            return response

        return handle_and_keep
