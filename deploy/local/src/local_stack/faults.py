"""Trouble on demand: what a sink does with what it is handed."""

import asyncio
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

HANG_LOOK_S = 0.05

Mode = Literal["none", "tempfail", "reject", "hang"]


class Fault(BaseModel):
    """The trouble that a sink makes."""

    model_config = ConfigDict(extra="forbid")

    mode: Mode


class Faults:
    """The present trouble; `none` at the start."""

    def __init__(self) -> None:
        self.mode: Mode = "none"

    async def hang(self) -> None:
        """Return when the mode is no longer `hang`."""
        while self.mode == "hang":  # noqa: ASYNC110 (a person switches it, seconds later)
            await asyncio.sleep(HANG_LOOK_S)


def fault_doors(faults: Faults) -> APIRouter:
    """`GET` and `POST /faults`."""
    doors = APIRouter()

    @doors.get("/faults")
    async def show() -> Fault:
        return Fault(mode=faults.mode)

    @doors.post("/faults")
    async def switch(fault: Fault) -> Fault:
        faults.mode = fault.mode
        return fault

    return doors
