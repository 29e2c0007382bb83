"""The application every service serves: its routers behind the same doors, problems and limits."""

import secrets
from collections.abc import Iterator, Sequence
from functools import partial

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import BaseRoute
from starlette.types import Scope

from shared.base.errors import Refusal
from shared.instruments import traces
from shared.web import health as ops
from shared.web import problems
from shared.web.auth import StaffTokens
from shared.web.commands import CommandRoute, command_work
from shared.web.guard import Guard
from shared.web.health import Health
from shared.web.idempotency import REPLAYED, Replay, of_replay
from shared.web.openapi import document_problems
from shared.web.pulse import Served

CURSOR_SECRET_BYTES = 32
CORS_SECONDS = 600
"""How long a browser may remember what an origin may do."""


def create_app(service: Served, health: Health | None = None, *, doors: bool = True) -> FastAPI:
    """The service's application. Without `health` it is ready as soon as its database is; without `doors` it serves
    operations only."""
    settings = service.settings
    app = FastAPI(
        title=f"Dunwell {service.name}",
        version="1",
        docs_url="/docs" if settings.http_docs else None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry={
            "tracer_provider": traces.provider(),
            "metrics": False,
            "logs": False,
            "operation_spans": False,
            "exclude": partial(_is_untraced, tuple(service.secret_paths)),
        },
    )
    app.state.service = service
    app.state.health = health or Health()
    app.state.cursor_secret = settings.cursor_secret.get_secret_value() or secrets.token_hex(
        CURSOR_SECRET_BYTES
    )
    app.state.staff_tokens = StaffTokens(
        jwks_url=settings.staff_jwks_url,
        issuer=settings.staff_issuer,
        audience=settings.staff_audience,
    )

    app.add_middleware(
        Guard, timeout_s=settings.http_timeout_seconds, large_bodies=service.large_bodies
    )
    _allow(app, service.allowed_origins)
    _answer_by_name(app)
    for router in service.routers if doors else ():
        _assert_answers_kept(router.routes)
        app.include_router(router)
    app.include_router(ops.router)
    document_problems(app)
    return app


def _answer_by_name(app: FastAPI) -> None:
    app.add_exception_handler(Refusal, problems.of_refusal)
    app.add_exception_handler(RequestValidationError, problems.of_invalid)
    app.add_exception_handler(HTTPException, problems.of_http)
    app.add_exception_handler(Replay, of_replay)


def _is_untraced(secret: tuple[str, ...], scope: Scope) -> bool:
    """Probes and scrapes are no part of any trace; a span of a path that holds a secret would tell it."""
    path: str = scope.get("path", "")
    return path in ops.PATHS or path.startswith(secret)


def _allow(app: FastAPI, origins: Sequence[str]) -> None:
    """Pages of these origins may call; around everything, so that they can read problems too."""
    if origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(origins),
            allow_methods=["GET", "POST", "PUT", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "If-Match"],
            expose_headers=["Content-Disposition", "ETag", "Location", "Retry-After", REPLAYED],
            max_age=CORS_SECONDS,
        )


def _assert_answers_kept(routes: Sequence[BaseRoute]) -> None:
    for route in routes:
        if isinstance(route, APIRoute) and command_work in _calls(route.dependant):
            assert isinstance(route, CommandRoute), (
                f"{route.path}: its router wants route_class=CommandRoute"
            )


def _calls(dependant: Dependant) -> Iterator[object]:
    for part in dependant.dependencies:
        yield part.call
        yield from _calls(part)
