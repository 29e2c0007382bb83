"""The doors for tests and people: what was sent, and an answer from a phone."""

import secrets
from typing import Annotated, Any

import httpx
from fastapi import APIRouter, HTTPException, Query
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, Field

from local_stack.pages import page
from local_stack.sms.box import Text, TextBox
from local_stack.sms.signature import signature

LISTED_MAX = 500
WEBHOOK_TIMEOUT_S = 20.0

Skip = Annotated[int, Query(ge=0, description="leave out so many of the oldest")]


class Inbound(BaseModel):
    """A text message from a phone to us."""

    model_config = ConfigDict(extra="forbid")

    sender: str = Field(alias="from")
    body: str
    to: str = ""


class Webhook:
    """Calls our program as Twilio does."""

    def __init__(self, url: str, account_sid: str, auth_token: str) -> None:
        self._url = url
        self._account_sid = account_sid
        self._auth_token = auth_token

    async def call(self, inbound: Inbound) -> httpx.Response:
        """Sign and POST; raises httpx.HTTPError when nobody answers."""
        sid = "SM" + secrets.token_hex(16)
        fields = {
            "AccountSid": self._account_sid,
            "ApiVersion": "2010-04-01",
            "Body": inbound.body,
            "From": inbound.sender,
            "MessageSid": sid,
            "NumMedia": "0",
            "NumSegments": "1",
            "SmsMessageSid": sid,
            "SmsSid": sid,
            "SmsStatus": "received",
            "To": inbound.to,
        }
        signed = {"X-Twilio-Signature": signature(self._auth_token, self._url, fields)}
        async with httpx.AsyncClient(timeout=WEBHOOK_TIMEOUT_S, trust_env=False) as http:
            return await http.post(self._url, data=fields, headers=signed)


def text_doors(box: TextBox, webhook: Webhook) -> APIRouter:
    """`/messages`, `/inbound` and the page."""
    doors = APIRouter()

    @doors.get("/messages")
    async def messages(to: str = "", skip: Skip = 0) -> dict[str, Any]:
        return {"items": [_as_json(text) for text in box.all(to)[skip:]]}

    @doors.delete("/messages", status_code=204)
    async def clear() -> None:
        box.clear()

    @doors.post("/inbound")
    async def inbound(message: Inbound) -> dict[str, Any]:
        told = box.all(to=message.sender)
        to = message.to or (told[-1].sender if told else "+15005550006")
        try:
            answer = await webhook.call(message.model_copy(update={"to": to}))
        except httpx.HTTPError as error:
            raise HTTPException(502, f"the webhook does not answer: {error!r}") from error
        return {"status": answer.status_code, "body": answer.text}

    @doors.get("/", response_class=HTMLResponse)
    async def phone(to: str = "") -> str:
        texts = box.all(to)
        newest = texts[: -LISTED_MAX - 1 : -1]
        return page("texts.html", texts=newest, total=len(texts), to=to)

    return doors


def _as_json(text: Text) -> dict[str, Any]:
    return {
        "sid": text.sid,
        "to": text.to,
        "from": text.sender,
        "body": text.body,
        "received_at": text.received_at,
    }
