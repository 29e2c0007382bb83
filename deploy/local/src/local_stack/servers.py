"""Small HTTP servers inside the stack's own process."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import APIRouter, FastAPI

from local_stack.addresses import LOOPBACK

START_LOOK_S = 0.01
DRAIN_S = 2
KEEP_ALIVE_S = 75  # longer than any client here keeps an idle connection


class Server(uvicorn.Server):
    """uvicorn without its own ideas about signals."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the stack's business."""
        yield


class Servers:
    """Several apps, each at its own port, served until `stop`."""

    def __init__(self) -> None:
        self._running: list[tuple[Server, asyncio.Task[None]]] = []

    async def serve(self, app: FastAPI, port: int) -> None:
        """Return when the app answers."""
        config = uvicorn.Config(
            app,
            host=LOOPBACK,
            port=port,
            lifespan="off",
            log_config=None,
            access_log=False,
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=DRAIN_S,
        )
        server = Server(config)
        task = asyncio.create_task(server.serve())
        self._running.append((server, task))

        while not server.started:
            if task.done():
                raise RuntimeError(f"nothing can be served at port {port}") from task.exception()
            await asyncio.sleep(START_LOOK_S)

    async def stop(self) -> None:
        """Answer what is open, then close."""
        for server, _ in self._running:
            server.should_exit = True
        await asyncio.gather(*(task for _, task in self._running), return_exceptions=True)


def app(title: str, *doors: APIRouter) -> FastAPI:
    """An app of some doors; its interactive description is at `/docs`."""
    made = FastAPI(title=title, redoc_url=None)
    for some in doors:
        made.include_router(some)
    return made
