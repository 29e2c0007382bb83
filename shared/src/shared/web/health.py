"""Doors for operations: /healthz (the process lives), /readyz (give it work), /pulse (is it at rest), /metrics.

They need no token: keep them inside.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from shared.db import condition, offsets, revisions
from shared.instruments import metrics
from shared.web.pulse import Pulse, Served

READY_SECONDS_MAX: Final = 2

router: Final = APIRouter(include_in_schema=False)
PATHS: Final = frozenset({"/healthz", "/readyz", "/pulse", "/metrics"})


@dataclass(slots=True)
class Health:
    """`ailments` each answer with a sentence when something is wrong, else None."""

    draining: bool = False
    ailments: list[Callable[[], str | None]] = field(default_factory=list)

    def complaints(self) -> list[str]:
        """What the process itself knows to be wrong."""
        return [
            *(["draining"] if self.draining else []),
            *filter(None, (ask() for ask in self.ailments)),
        ]


@router.get("/healthz")
async def healthz() -> JSONResponse:
    """200 while the process answers at all."""
    return JSONResponse({"status": "alive"})


@router.get("/readyz")
async def readyz(request: Request) -> JSONResponse:
    """200 when it should be given work; 503 with the reasons otherwise."""
    health: Health = request.app.state.health
    complaints = [*health.complaints(), *await _storage_complaints(request.app.state.service)]
    status = 503 if complaints else 200
    return JSONResponse(
        {"status": "not ready" if complaints else "ready", "because": complaints}, status
    )


@router.get("/metrics")
async def show_metrics() -> Response:
    """The Prometheus text format."""
    return Response(metrics.exposition(), media_type=metrics.TEXT_FORMAT)


@router.get("/pulse")
async def pulse(request: Request) -> JSONResponse:
    """What could be done now, when the clock makes more of it, and how far was heard and told; one instant's view."""
    service: Served = request.app.state.service
    health: Health = request.app.state.health
    now = service.clock.now()
    async with service.database.look() as connection:
        found = await condition.read(connection, now=now)
        heard = await offsets.everything(connection)
        own = [await source(connection, now) for source in service.pulses]

    pulses = [_runtime_pulse(found), *own]
    due = min((one.next_due_at for one in pulses if one.next_due_at is not None), default=None)
    consumed: dict[str, dict[str, int]] = {
        topic: {} for hearing in service.hearings for topic in hearing.topics
    }
    for (topic, partition), offset in sorted(heard.items()):
        if topic in consumed:
            consumed[topic][str(partition)] = offset
    return JSONResponse(
        {
            "service": service.name,
            "now": now.isoformat(),
            "busy": health.complaints() + [sentence for one in pulses for sentence in one.busy],
            "next_due_at": due.isoformat() if due else None,
            "consumed": consumed,
            "told_seq": found.told_seq,
        }
    )


def _runtime_pulse(found: condition.Condition) -> Pulse:
    busy = []
    if found.outbox_waiting:
        busy.append(f"outbox: {found.outbox_waiting} events not sent")
    if found.timers_due:
        busy.append(f"timers: {found.timers_due} due")
    return Pulse(tuple(busy), found.next_due_at)


async def _storage_complaints(service: Served) -> list[str]:
    try:
        async with asyncio.timeout(READY_SECONDS_MAX), service.database.look() as connection:
            applied = await revisions.applied(connection)
    except Exception as error:  # noqa: BLE001 - whatever the reason, it is not reachable
        return [f"database: {type(error).__name__}"]
    wanted = await asyncio.to_thread(revisions.heads, service.migrations)
    return [] if applied == wanted else ["database: not migrated"]
