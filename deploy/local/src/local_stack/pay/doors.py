"""The doors for tests and people: the hosted page with its buttons, and the same as JSON."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, HTTPException
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, ConfigDict, Field

from local_stack.pages import page
from local_stack.pay.till import Object, PageClosedError, Till, shown
from local_stack.pay.webhook import Events

LISTED_MAX = 500
GENERIC_DECLINE, AUTHENTICATION = "insufficient_funds", "authentication_required"


class Paid(BaseModel):
    """`amount`: another than was asked, as Stripe never does. `slow`: the payer's bank takes its time, until it is paid
    or declined once more.
    """

    model_config = ConfigDict(extra="forbid")

    amount: Annotated[int, Field(gt=0)] | None = None
    slow: bool = False


class Declined(BaseModel):
    """`code` is one of Stripe's decline codes."""

    model_config = ConfigDict(extra="forbid")

    code: str = GENERIC_DECLINE


class Cashier:
    """Moves sessions, and tells what they did."""

    def __init__(self, till: Till, events: Events) -> None:
        self.till, self.events = till, events

    def session(self, session_id: str) -> Object:
        """Raises 404."""
        found = self.till.one(session_id)
        if found is None:
            raise HTTPException(404, "no such session")
        return found

    async def tell(self, session: Object, kinds: list[str]) -> list[int]:
        """What the webhook answered to each event; 0 for nothing."""
        answers = []
        for kind in kinds:
            is_session = kind.startswith("checkout.session")
            about = shown(session, expanded=False) if is_session else session["payment_intent"]
            answers.append(await self.events.tell(kind, about))
        return answers

    async def pay(self, session: Object, paid: Paid) -> list[int]:
        kinds = (
            self.till.process(session) if paid.slow else self.till.pay(session, amount=paid.amount)
        )
        return await self.tell(session, kinds)

    async def decline(self, session: Object, code: str) -> list[int]:
        return await self.tell(session, self.till.decline(session, code))

    async def expire(self, session: Object) -> list[int]:
        return await self.tell(session, self.till.expire(session))


def session_doors(cashier: Cashier) -> APIRouter:
    """`/sessions`, with what can happen to one, and `/events`."""
    doors = APIRouter()

    @doors.get("/sessions")
    async def sessions() -> dict[str, Any]:
        return {"items": [shown(one, expanded=True) for one in cashier.till.all()]}

    @doors.post("/sessions/{session_id}/payments")
    async def pay(session_id: str, paid: Paid) -> dict[str, Any]:
        return {"webhook": await _done(cashier.pay(cashier.session(session_id), paid))}

    @doors.post("/sessions/{session_id}/declines")
    async def decline(session_id: str, declined: Declined) -> dict[str, Any]:
        session = cashier.session(session_id)
        return {"webhook": await _done(cashier.decline(session, declined.code))}

    @doors.post("/sessions/{session_id}/expiry")
    async def expire(session_id: str) -> dict[str, Any]:
        return {"webhook": await _done(cashier.expire(cashier.session(session_id)))}

    @doors.get("/events")
    async def events() -> dict[str, Any]:
        return {"items": cashier.events.all()}

    @doors.post("/events/{event_id}/deliveries")
    async def deliver(event_id: str) -> dict[str, Any]:
        event = cashier.events.one(event_id)
        if event is None:
            raise HTTPException(404, "no such event")
        return {"webhook": [await cashier.events.send(event)]}

    return doors


def page_doors(cashier: Cashier) -> APIRouter:
    """`/pay/{session}`: what the payer sees, and the list of all for people."""
    doors = APIRouter()

    @doors.get("/", response_class=HTMLResponse)
    async def listed() -> str:
        sessions = cashier.till.all()
        return page("payments.html", sessions=sessions[: -LISTED_MAX - 1 : -1], total=len(sessions))

    @doors.get("/pay/{session_id}", response_class=HTMLResponse)
    async def checkout(session_id: str) -> str:
        session = cashier.session(session_id)
        error = (session["payment_intent"] or {}).get("last_payment_error")
        return page("pay.html", session=session, declined=error["decline_code"] if error else "")

    @doors.post("/pay/{session_id}")
    async def press(
        session_id: str,
        button: Annotated[Literal["pay", "decline", "authenticate", "cancel"], Form()],
    ) -> RedirectResponse:
        session = cashier.session(session_id)
        if button == "cancel":
            return RedirectResponse(session["cancel_url"] or f"/pay/{session_id}", 303)
        if button == "pay":
            await _done(cashier.pay(session, Paid()))
            return RedirectResponse(session["success_url"], 303)
        code = AUTHENTICATION if button == "authenticate" else GENERIC_DECLINE
        await _done(cashier.decline(session, code))
        return RedirectResponse(f"/pay/{session_id}", 303)

    return doors


async def _done(doing: Any) -> list[int]:
    try:
        return list(await doing)
    except PageClosedError:
        raise HTTPException(409, "nothing can be paid there any more") from None
