"""A command sent twice is done once: `Idempotency-Key`, kept with the answer in the transaction of the effect.

A key belongs to who uses it. The same request again gets the same answer; another request under the same key is
refused, and so is one that comes while the first is still under way.
"""

import hashlib
import json
from collections.abc import Iterable

import asyncpg
from fastapi import Request
from fastapi.responses import Response

from shared.base.clock import Moment
from shared.base.errors import Refusal
from shared.db.work import Work

KEY_CHARACTERS_MAX = 200
REPLAYED = "Idempotency-Replayed"
_HEADERS_KEPT = ("cache-control", "content-type", "etag", "location")

_IN_FLIGHT = "SELECT NOT pg_try_advisory_xact_lock(hashtextextended($1, 0))"
_FIND = (
    "SELECT request_hash, status, headers, body FROM idempotency_keys WHERE scope = $1 AND key = $2"
)
_KEEP = """
INSERT INTO idempotency_keys (scope, key, request_hash, status, headers, body, stored_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
_FORGET = """
DELETE FROM idempotency_keys WHERE (scope, key) IN (
    SELECT scope, key FROM idempotency_keys WHERE stored_at < $1 ORDER BY stored_at LIMIT $2
)
"""


class IdempotencyKeyReused(Refusal):
    """This Idempotency-Key was used for another request."""

    code, status = "idempotency-key-reused", 422


class RequestInFlight(Refusal):
    """The same request is being handled right now: ask again in a moment."""

    code, status = "request-in-flight", 409


class Replay(Exception):
    """Not a failure: the answer was given before and is given again."""

    def __init__(self, response: Response) -> None:
        super().__init__("replayed")
        self.response = response


class Key:
    """One use of an Idempotency-Key, inside the transaction of the command."""

    def __init__(self, *, scope: str, key: str, request_hash: bytes) -> None:
        self._scope = scope
        self._key = key
        self._hash = request_hash

    async def claim(self, connection: asyncpg.Connection) -> None:
        """Take the key until the transaction ends. Raises `Replay`, `IdempotencyKeyReused` or `RequestInFlight`."""
        if await connection.fetchval(_IN_FLIGHT, f"{self._scope}\n{self._key}"):
            raise RequestInFlight("a request with this Idempotency-Key is being handled")

        row = await connection.fetchrow(_FIND, self._scope, self._key)
        if row is None:
            return
        if row["request_hash"] != self._hash:
            raise IdempotencyKeyReused("this Idempotency-Key was used for another request")
        raise Replay(Response(row["body"], row["status"], row["headers"] | {REPLAYED: "true"}))

    async def keep(self, work: Work, response: Response) -> None:
        """Store the answer beside the effect."""
        headers = {
            name: response.headers[name] for name in _HEADERS_KEPT if name in response.headers
        }
        await work.connection.execute(
            _KEEP,
            self._scope,
            self._key,
            self._hash,
            response.status_code,
            json.dumps(headers),
            bytes(response.body),
            work.moment,
        )


async def request_hash(request: Request) -> bytes:
    """What makes two requests the same: method, path, query, the version they expect, and the body to the byte."""
    parts: Iterable[bytes] = (
        request.method.encode(),
        request.url.path.encode(),
        request.url.query.encode(),
        request.headers.get("if-match", "").encode(),
    )
    return hashlib.sha256(b"\n".join(parts) + b"\n" + await request.body()).digest()


async def forget(connection: asyncpg.Connection, *, before: Moment, limit: int) -> int:
    """Drop keys stored before a moment, oldest first; returns how many."""
    answer = await connection.execute(_FORGET, before, limit)
    return int(answer.rpartition(" ")[2])


async def of_replay(_: Request, replay: Exception) -> Response:
    """The earlier answer."""
    assert isinstance(replay, Replay)
    return replay.response
