"""`python -m <service>.main all | api | worker | migrate`: what a service is, and how its process lives and ends."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from fastapi import APIRouter

from shared.base.clock import Clock
from shared.config import RuntimeSettings
from shared.db.work import Database
from shared.messaging.consumer import Hearing
from shared.web.pulse import PulseSource
from shared.worker.jobs import Job

SettingsKind = TypeVar("SettingsKind", bound=RuntimeSettings)


@dataclass(frozen=True, kw_only=True)
class Service:
    """All there is to know of a service to run it. `build` makes one without touching the outside."""

    name: str
    """As topics and databases spell it: `ledger`, `portal-api`."""
    settings: RuntimeSettings
    database: Database
    clock: Clock
    migrations: Path
    hearings: Sequence[Hearing] = ()
    jobs: Sequence[Job] = ()
    routers: Sequence[APIRouter] = ()
    pulses: Sequence[PulseSource] = ()
    commands: Mapping[str, Callable[[], Awaitable[None]]] = field(default_factory=dict)
    """More modes of the command line, such as `republish`: run once, then exit 0."""


def main(
    name: str, settings_class: type[SettingsKind], build: Callable[[SettingsKind], Service]
) -> None:
    """Read the settings, build the service and run the mode that the command line names. Ends the process."""
    raise NotImplementedError
