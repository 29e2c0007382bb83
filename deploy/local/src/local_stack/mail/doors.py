"""The doors of the mail box: JSON for tests, a page for people."""

from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Response
from fastapi.responses import HTMLResponse, PlainTextResponse

from local_stack.mail.box import Mail, MailBox
from local_stack.pages import page

LISTED_MAX = 500

Skip = Annotated[int, Query(ge=0, description="leave out so many of the oldest")]

# The mail is somebody else's HTML: it may show pictures and styles, and do nothing.
_HARMLESS = {
    "Content-Security-Policy": "default-src 'none'; img-src * data:; style-src 'unsafe-inline'"
}


def mail_doors(box: MailBox) -> APIRouter:
    """`/messages` and the page."""
    doors = APIRouter()

    @doors.get("/messages")
    async def messages(to: str = "", skip: Skip = 0) -> dict[str, Any]:
        return {"items": [_as_json(mail) for mail in box.all(to)[skip:]]}

    @doors.delete("/messages", status_code=204)
    async def clear() -> None:
        box.clear()

    @doors.get("/", response_class=HTMLResponse)
    async def inbox(to: str = "") -> str:
        mails = box.all(to)
        newest = mails[: -LISTED_MAX - 1 : -1]
        return page("mail_list.html", mails=newest, total=len(mails), to=to)

    @doors.get("/mails/{number}", response_class=HTMLResponse)
    async def show(number: int) -> str:
        return page("mail.html", mail=_known(box, number))

    @doors.get("/mails/{number}/html")
    async def html(number: int) -> HTMLResponse:
        return HTMLResponse(_known(box, number).html, headers=_HARMLESS)

    @doors.get("/mails/{number}/eml")
    async def eml(number: int) -> Response:
        _known(box, number)
        return PlainTextResponse(box.raw(number))

    return doors


def _known(box: MailBox, number: int) -> Mail:
    mail = box.one(number)
    if mail is None:
        raise HTTPException(404, "no such mail")
    return mail


def _as_json(mail: Mail) -> dict[str, Any]:
    return {
        "message_id": mail.headers.get("Message-ID", ""),
        "to": ", ".join(mail.to),
        "from": mail.sender,
        "subject": mail.subject,
        "text": mail.text,
        "html": mail.html,
        "headers": mail.headers,
        "received_at": mail.received_at,
    }
