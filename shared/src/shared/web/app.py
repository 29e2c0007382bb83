"""The application every service serves: its routers behind the same doors, problems and limits."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from fastapi import APIRouter, FastAPI

from shared.base.clock import Clock
from shared.config import RuntimeSettings
from shared.db.work import Database
from shared.web.health import Health
from shared.web.pulse import PulseSource


class Served(Protocol):
    """What the application must know of a service (`shared.worker.run.Service` is one)."""

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
    def routers(self) -> Sequence[APIRouter]: ...
    @property
    def pulses(self) -> Sequence[PulseSource]: ...


def create_app(service: Served, health: Health | None = None) -> FastAPI:
    """The service's application. Without `health` it is ready as soon as its database is (tests)."""
    raise NotImplementedError
