"""Doors to the supervisor: what runs, and a kill -9 for those who test it."""

import os
import signal
from typing import Any

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, ConfigDict, Field

from local_stack.supervisor import Kept, Supervisor


class Kill(BaseModel):
    """`env` is added to the next life of the program only, for instance `{"CRASH_AT": "…"}`."""

    model_config = ConfigDict(extra="forbid")

    env: dict[str, str] = Field(default_factory=dict)


def control_doors(supervisor: Supervisor) -> APIRouter:
    """`GET /programs`, `POST /programs/{name}/kills`."""
    doors = APIRouter()

    @doors.get("/programs")
    async def programs() -> dict[str, Any]:
        return {"items": [_as_json(kept) for kept in supervisor.all()]}

    @doors.post("/programs/{name}/kills")
    async def kill(name: str, asked: Kill | None = None) -> dict[str, Any]:
        kept = supervisor.one(name)
        if kept is None:
            raise HTTPException(404, "no such program")

        kept.next_env = dict(asked.env) if asked else {}
        if kept.child.poll() is None:
            os.kill(kept.child.pid, signal.SIGKILL)
        return _as_json(kept)

    return doors


def _as_json(kept: Kept) -> dict[str, Any]:
    return {
        "name": kept.program.name,
        "pid": kept.child.pid,
        "state": kept.state,
        "restarts": kept.restarts,
        "last_exit": kept.last_exit,
        "log": str(kept.program.log),
    }
