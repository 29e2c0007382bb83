"""What one HTTP request is given: a question opens a look where it needs one, a command is one transaction.

`scope="function"` is what makes a commit come before the answer: FastAPI otherwise ends a `yield` dependency after the
response is sent, and a failed commit would have been answered 201.
"""

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Asking:
    """A request that changes nothing. `moment` is the business time at which it is handled; `look()` a read-only view
    of one instant, for the length of a block.
    """

    moment: Moment
    look: Callable[[], AbstractAsyncContextManager[asyncpg.Connection]]


async def asking(request: Request) -> Asking:
    """No `yield`, so that the view is closed before the answer is made, and FastAPI keeps no stack for it."""
    service = request.app.state.service
    return Asking(service.clock.now(), service.database.look)


Question = Annotated[Asking, Depends(asking)]


@asynccontextmanager
async def keyed_work(
    request: Request, scope: str, idempotency_key: str | None
) -> AsyncIterator[Work]:
    """One transaction for whoever `scope` says; where there is a key, its answer is claimed, and kept."""
    service = request.app.state.service
    async with service.database.work(service.clock.now()) as work:
        if idempotency_key is not None:
            hashed = await request_hash(request)
            key = Key(scope=scope, key=idempotency_key, request_hash=hashed)
            await key.claim(work.connection)
            request.state.answered = (key, work)
        yield work


IdempotencyKey = Annotated[str | None, Header(min_length=1, max_length=KEY_CHARACTERS_MAX)]


async def command_work(
    request: Request, staff: SignedIn, idempotency_key: IdempotencyKey = None
) -> AsyncIterator[Work]:
    """One transaction, committed before the answer is sent; `Idempotency-Key` is honoured, per staff member.

    Its routes must be on a router with `route_class=CommandRoute`.
    """
    async with keyed_work(request, staff.subject, idempotency_key) as work:
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
