"""`python -m <service>.main all | api | worker | migrate`: what a service is, and how its process begins.

`all` is one process for everything; in production `api` and `worker` run apart, so that a slow question cannot keep a
consumer from its heartbeat. A service may register further commands, which run once.
"""

import argparse
import asyncio
import sys
from collections.abc import Callable
from enum import StrEnum
from typing import NoReturn, TypeVar

from pydantic import ValidationError

from shared.base import points
from shared.config import RuntimeSettings
from shared.instruments.exporters import start_tracing, stop_tracing
from shared.instruments.logs import start_logs
from shared.worker.description import Service
from shared.worker.life import live
from shared.worker.memory import settle
from shared.worker.server import event_loop

__all__ = ["Mode", "Service", "main"]

EXIT_SETTINGS = 78
"""`EX_CONFIG`: starting again does not help."""

SettingsKind = TypeVar("SettingsKind", bound=RuntimeSettings)


class Mode(StrEnum):
    ALL = "all"
    API = "api"
    WORKER = "worker"
    MIGRATE = "migrate"


def main(
    name: str, settings_class: type[SettingsKind], build: Callable[[SettingsKind], Service]
) -> NoReturn:
    """Read the settings, build the service and run the mode that the command line names. Ends the process."""
    settings = _settings(settings_class)
    points.arm(settings.crash_at)
    start_logs(name, settings.log_level)
    service = build(settings)
    mode = _arguments(service)

    if mode == Mode.MIGRATE:
        from shared.db.migrate import upgrade  # noqa: PLC0415 - Alembic is a third of a start's imports

        upgrade(settings.database_url, service.migrations)
        sys.exit(0)
    with asyncio.Runner(loop_factory=event_loop) as runner:
        sys.exit(runner.run(_run(service, mode)))


async def _run(service: Service, mode: str) -> int:
    settings = service.settings
    tracing = start_tracing(
        service.name,
        zipkin_url=settings.traces_zipkin_url,
        file=settings.traces_file,
        database=service.database,
    )
    try:
        if mode in service.commands:
            await service.commands[mode]()
            await service.database.close()
            return 0
        settle()
        return await live(
            service, doors=mode != Mode.WORKER, works=mode != Mode.API, tracing=tracing
        )
    finally:
        await asyncio.to_thread(stop_tracing, tracing)


def _settings(settings_class: type[SettingsKind]) -> SettingsKind:
    try:
        return settings_class()
    except ValidationError as wrong:
        for error in wrong.errors(include_input=False, include_url=False):
            setting = "_".join(map(str, error["loc"])).upper()
            sys.stderr.write(f"{setting}: {error['msg']}\n")
        sys.exit(EXIT_SETTINGS)


def _arguments(service: Service) -> str:
    parser = argparse.ArgumentParser(prog=service.name)
    parser.add_argument("mode", choices=[*Mode, *service.commands])
    mode: str = parser.parse_args().mode
    return mode
