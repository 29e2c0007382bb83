"""The doors for tests and people: the hosted page with its buttons, and the same as JSON."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, HTTPException
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, ConfigDict, Field

from local_stack.pages import page
from local_stack.pay.backs import Backs
from local_stack.pay.till import Object, PageClosedError, Till, intent_shown, shown
from local_stack.pay.vault import MEANS, Vault, bare
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


class Saved(BaseModel):
    """`last4`: of one of the means to test with."""

    model_config = ConfigDict(extra="forbid")

    last4: Annotated[str, Field(pattern=f"^({'|'.join(MEANS)})$")] = "4242"


class Said(BaseModel):
    """What the bank of a saved means says from now on: one of Stripe's decline codes, or "" for yes."""

    model_config = ConfigDict(extra="forbid")

    decline: str = ""


class Renewed(BaseModel):
    """The card that its issuer has sent in the place of a saved one."""

    model_config = ConfigDict(extra="forbid")

    last4: Annotated[str, Field(pattern="^[0-9]{4}$")]
    exp_year: Annotated[int, Field(ge=2000, le=2100)]
    exp_month: Annotated[int, Field(ge=1, le=12)]


class Cashier:
    """Moves sessions, and tells what they did."""

    def __init__(self, till: Till, vault: Vault, events: Events) -> None:
        self.till, self.vault, self.events = till, vault, events
        self.backs = Backs(till, vault)

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
            about = shown(session)
            if not kind.startswith("checkout.session"):
                about = intent_shown(session[kind.partition(".")[0]])
            answers.append(await self.events.tell(kind, about))
        return answers

    async def tell_of(self, held: Object, kind: str) -> list[int]:
        """What the webhook answered to this about something of the vault's."""
        return [await self.events.tell(kind, bare(held))]

    async def save(self, session: Object, last4: str) -> list[int]:
        if session["mode"] != "setup":
            raise PageClosedError
        method = self.vault.take_in(session["customer"], last4)
        return await self.tell(session, self.till.save(session, method))

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
        return {"items": [shown(one, expanded=["payment_intent"]) for one in cashier.till.all()]}

    @doors.post("/sessions/{session_id}/payments")
    async def pay(session_id: str, paid: Paid) -> dict[str, Any]:
        return {"webhook": await _done(cashier.pay(cashier.session(session_id), paid))}

    @doors.post("/sessions/{session_id}/declines")
    async def decline(session_id: str, declined: Declined) -> dict[str, Any]:
        session = cashier.session(session_id)
        return {"webhook": await _done(cashier.decline(session, declined.code))}

    @doors.post("/sessions/{session_id}/means")
    async def save(session_id: str, saved: Saved) -> dict[str, Any]:
        return {"webhook": await _done(cashier.save(cashier.session(session_id), saved.last4))}

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


def vault_doors(cashier: Cashier) -> APIRouter:
    """`/methods` and `/intents`: what was saved, what was charged without the payer, and what their bank does."""
    doors = APIRouter()
    vault = cashier.vault

    def known(kind: str, named: str) -> Object:
        found = vault.one(kind, named)
        if found is None:
            raise HTTPException(404, f"no such {kind}")
        return found

    @doors.get("/customers")
    async def customers() -> dict[str, Any]:
        return {"items": vault.all("customer")}

    @doors.get("/methods")
    async def methods() -> dict[str, Any]:
        return {"items": vault.all("payment_method")}

    @doors.post("/methods/{method_id}/answers")
    async def say(method_id: str, said: Said) -> dict[str, Any]:
        return vault.say(known("payment_method", method_id), said.decline)

    @doors.post("/methods/{method_id}/renewals")
    async def renew(method_id: str, said: Renewed) -> dict[str, Any]:
        held = known("payment_method", method_id)
        method = vault.renew(held, said.last4, said.exp_year, said.exp_month)
        kind = "payment_method.automatically_updated"
        return {"webhook": await cashier.tell_of(method, kind)}

    @doors.get("/intents")
    async def intents() -> dict[str, Any]:
        return {"items": vault.all("payment_intent")}

    @doors.post("/intents/{intent_id}/payments")
    async def pay(intent_id: str) -> dict[str, Any]:
        intent = known("payment_intent", intent_id)
        return {"webhook": await cashier.tell_of(intent, vault.pay(intent))}

    @doors.post("/intents/{intent_id}/declines")
    async def decline(intent_id: str, declined: Declined) -> dict[str, Any]:
        intent = known("payment_intent", intent_id)
        return {"webhook": await cashier.tell_of(intent, vault.decline(intent, declined.code))}

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
        declined = error["decline_code"] if error else ""
        return page("pay.html", session=session, declined=declined, means=MEANS)

    @doors.post("/pay/{session_id}")
    async def press(
        session_id: str,
        button: Annotated[Literal["pay", "decline", "authenticate", "cancel", "save"], Form()],
        last4: Annotated[str, Form()] = "4242",
    ) -> RedirectResponse:
        session = cashier.session(session_id)
        if button == "cancel":
            return RedirectResponse(session["cancel_url"] or f"/pay/{session_id}", 303)
        if button == "save":
            await _done(cashier.save(session, Saved(last4=last4).last4))
            return RedirectResponse(session["success_url"], 303)
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
