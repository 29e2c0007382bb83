"""The pulse: what a service still has to do, so that a movable clock knows when the whole platform is at rest."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import asyncpg
from fastapi import APIRouter

from shared.base.clock import Clock, Moment
from shared.config import RuntimeSettings
from shared.db.work import Database
from shared.messaging.hearing import Hearing


@dataclass(frozen=True, slots=True)
class Pulse:
    """`busy` are sentences about work that could be done now; `next_due_at` is when the clock makes more of it."""

    busy: tuple[str, ...] = ()
    next_due_at: Moment | None = None


PulseSource = Callable[[asyncpg.Connection, Moment], Awaitable[Pulse]]
"""Asked on a read-only connection at a moment; a service names its own beside the runtime's."""


class Served(Protocol):
    """What the web door must know of a service (`shared.worker.run.Service` is one)."""

    @property
    def name(self) -> str: ...
    @property
    def settings(self) -> RuntimeSettings: ...
    @property
    def database(self) -> Database: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def migrations(self) -> Path: ...
    @property
    def hearings(self) -> Sequence[Hearing]: ...
    @property
    def routers(self) -> Sequence[APIRouter]: ...
    @property
    def pulses(self) -> Sequence[PulseSource]: ...
    @property
    def large_bodies(self) -> Mapping[str, int]: ...
    @property
    def secret_paths(self) -> Sequence[str]: ...
    @property
    def allowed_origins(self) -> Sequence[str]: ...
