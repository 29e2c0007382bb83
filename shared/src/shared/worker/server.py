"""The HTTP server inside our loop: uvicorn, without its own ideas about signals and logs."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil

import uvicorn
from starlette.types import ASGIApp
from typing_extensions import override

CONNECTIONS_WAITING_MAX = 2_048
REQUESTS_AT_ONCE_MAX = 1_000
"""More are answered 503 by the server itself."""
KEEP_ALIVE_SECONDS = 30
HEADER_BYTES_MAX = 64 * 1024


class Server(uvicorn.Server):
    """Runs until `should_exit`; then open requests have `drain_seconds` to finish."""

    def __init__(self, app: ASGIApp, *, drain_seconds: float) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                backlog=CONNECTIONS_WAITING_MAX,
                limit_concurrency=REQUESTS_AT_ONCE_MAX,
                timeout_keep_alive=KEEP_ALIVE_SECONDS,
                timeout_graceful_shutdown=ceil(drain_seconds),
                h11_max_incomplete_event_size=HEADER_BYTES_MAX,
            )
        )

    @override
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the process's business (see `shared.worker.life`)."""
        yield


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises OSError when the address is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=CONNECTIONS_WAITING_MAX)


def event_loop() -> asyncio.AbstractEventLoop:
    """uvloop's where it is installed."""
    factory = uvicorn.Config("", loop="auto").get_loop_factory()
    return factory() if factory else asyncio.new_event_loop()
