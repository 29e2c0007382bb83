"""The smallest service there can be, run as a real process by test_process.py."""

import asyncio
import sys
from typing import Any

from fastapi import APIRouter, Request

from shared.base.clock import clock_of
from shared.config import RuntimeSettings
from shared.db.work import Database
from shared.testing.plugin import migrations_of
from shared.worker.jobs import Job
from shared.worker.run import Service, main

router = APIRouter()


class Settings(RuntimeSettings):
    greeter_bug: bool = False
    greeter_slow_seconds: float = 0


@router.get("/v1/greetings")
async def greet(request: Request) -> dict[str, str]:
    settings: Settings = request.app.state.service.settings
    await asyncio.sleep(settings.greeter_slow_seconds)
    return {"greeting": "hello"}


class Listener:
    """Hears the ledger and does nothing about it."""

    topics = ("ledger.events.v1",)

    async def take(self, work: Any, records: Any) -> None: ...

    async def park(self, work: Any, record: Any, error: Exception) -> None: ...


def build(settings: Settings) -> Service:
    async def job() -> bool:
        assert not settings.greeter_bug, "a bug"
        return False

    async def republish() -> None:
        sys.stdout.write("told again\n")

    return Service(
        name="greeter",
        settings=settings,
        database=Database(settings.database_url, name="greeter"),
        clock=clock_of(settings.clock_file),
        migrations=migrations_of("runtime"),
        hearings=[Listener()],
        jobs=[Job("greet", job, every_s=0.05)],
        routers=[router],
        commands={"republish": republish},
    )


if __name__ == "__main__":
    main("greeter", Settings, build)
