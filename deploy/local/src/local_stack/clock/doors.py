"""The doors of the clock: time, rest, and the tokens of staff and services."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, FastAPI, Form, Request
from fastapi.responses import JSONResponse
from fastapi.security import HTTPBasic, HTTPBasicCredentials
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from local_stack.clock.movable import BackwardsError, MovableClock
from local_stack.clock.settling import SETTLE_TIMEOUT_S, Mover, NotSettledError
from local_stack.clock.staff import TOKEN_LIFE, Issuer
from local_stack.machine_time import machine_now

TimeoutSeconds = Annotated[float, Field(gt=0, le=3600)]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Settle(_Asked):
    """How long to wait for rest."""

    timeout_s: TimeoutSeconds = SETTLE_TIMEOUT_S


class Move(Settle):
    """Where to move the clock; the timeout is for each stop."""

    to: AwareDatetime


class TokenFor(_Asked):
    """Whom a token is for."""

    subject: str = Field(min_length=1, max_length=200)
    roles: list[str] = Field(max_length=50)


def clock_doors(clock: MovableClock, mover: Mover, issuer: Issuer) -> APIRouter:
    """`/clock`, `/clock/advance`, `/clock/jump`, `/settle`, `/tokens`, `/token` for services, and the issuer's keys."""
    doors = APIRouter()

    def standing(**more: object) -> dict[str, object]:
        return {"now": clock.now(), **more}

    @doors.get("/clock")
    async def show() -> dict[str, object]:
        return standing()

    @doors.post("/clock/advance")
    async def advance(move: Move) -> dict[str, object]:
        return standing(stops=await mover.advance(move.to, timeout_s=move.timeout_s))

    @doors.post("/clock/jump")
    async def jump(move: Move) -> dict[str, object]:
        await mover.jump(move.to, timeout_s=move.timeout_s)
        return standing()

    @doors.post("/settle")
    async def settle(asked: Settle | None = None) -> dict[str, object]:
        await mover.settle(timeout_s=(asked or Settle()).timeout_s)
        return standing(settled=True)

    @doors.post("/tokens")
    async def token(asked: TokenFor) -> dict[str, str]:
        return {"token": issuer.token(asked.subject, asked.roles, now=machine_now())}

    @doors.post("/token", response_model=None)
    async def own_token(
        known: Annotated[HTTPBasicCredentials, Depends(HTTPBasic())],
        grant_type: Annotated[Literal["client_credentials"], Form()],
    ) -> dict[str, object] | JSONResponse:
        token = issuer.token_of(known.username, known.password, now=machine_now())
        if token is None:
            return JSONResponse({"error": "invalid_client"}, 401)
        return {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": int(TOKEN_LIFE.total_seconds()),
        }

    @doors.get("/.well-known/jwks.json")
    async def keys() -> dict[str, Any]:
        return issuer.keys()

    return doors


def answer_refusals(app: FastAPI) -> None:
    """Turn the mover's refusals into problems: 409 with `busy`, 422 for a move back."""

    @app.exception_handler(NotSettledError)
    async def busy(_: Request, error: NotSettledError) -> JSONResponse:
        problem = {"title": "Not at rest", "status": 409, "code": "not-settled", "busy": error.busy}
        return JSONResponse(problem, 409, media_type="application/problem+json")

    @app.exception_handler(BackwardsError)
    async def backwards(_: Request, error: BackwardsError) -> JSONResponse:
        problem = {
            "title": "Time goes forward",
            "status": 422,
            "code": "clock-backwards",
            "detail": str(error),
        }
        return JSONResponse(problem, 422, media_type="application/problem+json")
