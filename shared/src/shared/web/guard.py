"""What stands around every request: limits to its body and its time, an answer when it fails, a measurement."""

import asyncio
import logging
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.routing import compile_path
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.base.clock import machine_seconds
from shared.db.work import is_transient
from shared.instruments import metrics, traces
from shared.web.problems import of_status

BODY_BYTES_MAX: Final = 1_048_576
"""1 MiB, but for paths that a service names: files."""
NO_PATHS: Final[Mapping[str, int]] = MappingProxyType({})
RETRY_AFTER_SECONDS: Final = 2

_log = logging.getLogger(__name__)


class Guard:
    """Pure ASGI. An exception that nobody answered is logged here and answered without a word about its cause."""

    def __init__(
        self, app: ASGIApp, *, timeout_s: float, large_bodies: Mapping[str, int] = NO_PATHS
    ) -> None:
        self._app = app
        self._timeout_s = timeout_s
        self._large_bodies = [(compile_path(path)[0], most) for path, most in large_bodies.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        began = machine_seconds()
        answer = _Answer(send)
        try:
            with traces.of_request(Headers(scope=scope)):
                await self._guarded(scope, receive, answer)
        finally:
            route = getattr(scope.get("route"), "path", "unknown")
            spent, status = machine_seconds() - began, str(answer.status)
            metrics.observe(
                "http_request_seconds", spent, method=scope["method"], route=route, status=status
            )

    async def _guarded(self, scope: Scope, receive: Receive, answer: "_Answer") -> None:
        try:
            bytes_max = self._bytes_max(scope["path"])
            _refuse_announced(scope, bytes_max)
            async with asyncio.timeout(self._timeout_s):
                await self._app(scope, _Body(receive, bytes_max), answer)
        except Exception as error:
            if answer.status:
                raise
            await _problem_of(error)(scope, receive, answer)

    def _bytes_max(self, path: str) -> int:
        found = (most for pattern, most in self._large_bodies if pattern.match(path))
        return next(found, BODY_BYTES_MAX)


class _Answer:
    """Notes the status that goes out; 0 while nothing has."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        await self._send(message)


class _Body:
    """Counts what comes in, whatever its length was said to be."""

    def __init__(self, receive: Receive, bytes_max: int) -> None:
        self._receive = receive
        self._bytes_max = bytes_max
        self._bytes = 0

    async def __call__(self) -> Message:
        message = await self._receive()
        self._bytes += len(message.get("body", b""))
        if self._bytes > self._bytes_max:
            raise _too_large(self._bytes_max)
        return message


def _refuse_announced(scope: Scope, bytes_max: int) -> None:
    announced = Headers(scope=scope).get("content-length", "0")
    if announced.isdigit() and int(announced) > bytes_max:
        raise _too_large(bytes_max)


def _too_large(bytes_max: int) -> HTTPException:
    return HTTPException(413, f"a body has at most {bytes_max} bytes", {"Connection": "close"})


def _problem_of(error: Exception) -> ASGIApp:
    if isinstance(error, HTTPException):
        return of_status(error.status_code, error.detail, headers=error.headers)
    if isinstance(error, TimeoutError):
        _log.warning("request timed out", exc_info=error)
        return of_status(
            504, "it took too long; nothing was done unless the same request is answered otherwise"
        )
    if is_transient(error):
        _log.warning("request put off", extra={"why": repr(error)})
        return of_status(503, "try again soon", headers={"Retry-After": str(RETRY_AFTER_SECONDS)})
    _log.error("request failed", exc_info=error)
    return of_status(500, "we failed, and have written down why")
