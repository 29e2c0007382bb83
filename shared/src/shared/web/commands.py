"""The transaction of one HTTP request: a look for questions, work for commands. The only place that opens them."""

from collections.abc import AsyncIterator
from typing import Annotated

import asyncpg
from fastapi import Depends

from shared.base.clock import Moment
from shared.db.work import Work


async def present() -> Moment:
    """The business moment at which the request is handled."""
    raise NotImplementedError


async def look() -> AsyncIterator[asyncpg.Connection]:
    """A read-only view of one instant."""
    raise NotImplementedError
    yield


async def command_work() -> AsyncIterator[Work]:
    """One transaction, committed before the answer is sent; `Idempotency-Key` is honoured."""
    raise NotImplementedError
    yield


Present = Annotated[Moment, Depends(present)]
Look = Annotated[asyncpg.Connection, Depends(look, scope="function")]
Command = Annotated[Work, Depends(command_work, scope="function")]
