"""The doors for tests and people by which money goes back: refunds, contests and their end, late returns."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, ConfigDict, Field

from local_stack.pay.backs import OverError, Told
from local_stack.pay.doors import Cashier
from local_stack.pay.till import Object
from local_stack.pay.vault import bare


class Refunded(BaseModel):
    """All of it unless `amount` says how much; `currency`: another than was paid, as Stripe never does."""

    model_config = ConfigDict(extra="forbid")

    amount: Annotated[int, Field(gt=0)] | None = None
    currency: str | None = None


class Contested(BaseModel):
    """`reason` is one of Stripe's. An `inquiry` takes no money."""

    model_config = ConfigDict(extra="forbid")

    reason: str = "fraudulent"
    amount: Annotated[int, Field(gt=0)] | None = None
    inquiry: bool = False


class Judged(BaseModel):
    model_config = ConfigDict(extra="forbid")

    won: bool


class Failed(BaseModel):
    """`code` is why the bank returns it."""

    model_config = ConfigDict(extra="forbid")

    code: str = "insufficient_funds"


def refund_doors(cashier: Cashier) -> APIRouter:
    """`/intents/{id}/refunds` and `/refunds`."""
    doors, backs = APIRouter(), cashier.backs

    @doors.post("/intents/{intent_id}/refunds")
    async def refund(intent_id: str, said: Refunded) -> dict[str, Any]:
        found = _known(backs.intent(intent_id))
        return await _done(cashier, lambda: backs.refund(found, said.amount, said.currency))

    @doors.get("/refunds")
    async def refunds() -> dict[str, Any]:
        return {"items": cashier.vault.all("refund")}

    @doors.post("/refunds/{refund_id}/failures")
    async def fail_refund(refund_id: str) -> dict[str, Any]:
        found = _known(cashier.vault.one("refund", refund_id))
        return await _done(cashier, lambda: backs.fail_refund(found))

    return doors


def contest_doors(cashier: Cashier) -> APIRouter:
    """`/intents/{id}/disputes`, `/disputes`, and what a bank returns late."""
    doors, backs = APIRouter(), cashier.backs

    @doors.post("/intents/{intent_id}/disputes")
    async def contest(intent_id: str, said: Contested) -> dict[str, Any]:
        found = _known(backs.intent(intent_id))
        asks = said.inquiry
        return await _done(
            cashier, lambda: backs.contest(found, said.reason, said.amount, is_inquiry=asks)
        )

    @doors.get("/disputes")
    async def disputes() -> dict[str, Any]:
        return {"items": cashier.vault.all("dispute")}

    @doors.post("/disputes/{dispute_id}/outcomes")
    async def judge(dispute_id: str, said: Judged) -> dict[str, Any]:
        found = _known(cashier.vault.one("dispute", dispute_id))
        return await _done(cashier, lambda: backs.judge(found, is_won=said.won))

    @doors.post("/intents/{intent_id}/returns")
    async def fail_late(intent_id: str, said: Failed) -> dict[str, Any]:
        found = _known(backs.intent(intent_id))
        return await _done(cashier, lambda: backs.fail_late(found, said.code))

    return doors


async def _done(cashier: Cashier, what: Callable[[], Told]) -> dict[str, Any]:
    """What the webhook answered to each event."""
    try:
        told = what()
    except OverError:
        raise HTTPException(409, "that cannot happen to it any more") from None
    return {"webhook": [await cashier.events.tell(kind, bare(about)) for kind, about in told]}


def _known(found: Object | None) -> Object:
    if found is None:
        raise HTTPException(404, "no such thing")
    return found
