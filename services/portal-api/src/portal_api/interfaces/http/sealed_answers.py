"""Doors that answer with a secret, done once by key: the answer is kept sealed for who sends the same again."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple, TypeVar

from fastapi import Request, Response
from pydantic import BaseModel

from portal_api.interfaces.signing_in import SigningIn
from shared.db.work import Work
from shared.web.idempotency import Key, Replay, request_hash

Answer = TypeVar("Answer", bound=BaseModel)
Other = TypeVar("Other")


class Use(NamedTuple):
    """One use of an Idempotency-Key by whoever `scope` says; without a key it is a use like any other."""

    request: Request
    scope: str
    key: str | None

    @property
    def about(self) -> str:
        """What the seal is about: an answer under another key, or of somebody else, opens nothing."""
        return f"answer {self.scope} {self.key}"


async def answered_once(
    signing_in: SigningIn,
    use: Use,
    kept_as: type[Answer],
    do: Callable[[Work], Awaitable[Answer | Other]],
) -> tuple[Answer | Other, bool]:
    """What `do` answers in a transaction of its own, and whether it is the answer of before. Kept is what is of that
    class; anything else used nothing up.
    """
    async with signing_in.database.work(signing_in.clock.now()) as work:
        if use.key is None or signing_in.seal is None:
            return await do(work), False
        hashed = await request_hash(use.request)
        key = Key(scope=use.scope, key=use.key, request_hash=hashed)
        try:
            await key.claim(work.connection)
        except Replay as replay:
            sealed = bytes(replay.response.body).decode()
            told = signing_in.seal.open(sealed, about=use.about)
            return kept_as.model_validate_json(told), True

        answer = await do(work)
        if isinstance(answer, kept_as):
            sealed = signing_in.seal.close(answer.model_dump_json(), about=use.about)
            await key.keep(work, Response(sealed))
        return answer, False
