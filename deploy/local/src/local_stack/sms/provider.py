"""The provider's side: what a program sees that uses Twilio's Messages API.

Numbers that end in 0001 do not exist, and to those that end in 0009 delivery fails for now.
"""

import secrets
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, HTTPException, Query, Request
from fastapi.responses import JSONResponse
from fastapi.security import HTTPBasic, HTTPBasicCredentials

from local_stack.faults import Faults
from local_stack.sms.box import Text, TextBox

API_VERSION = "2010-04-01"
PAGE_MAX = 1_000
BODY_MAX = 1_600

_NO_SUCH_NUMBER = "0001"
_UNREACHABLE_NOW = "0009"


class ProviderError(Exception):
    """An error as Twilio answers it."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message

    @staticmethod
    def answer_to(_: Request, error: Exception) -> JSONResponse:
        """The body that the official client libraries understand."""
        assert isinstance(error, ProviderError)
        fields = {"code": error.code, "message": error.message, "status": error.status}
        return JSONResponse({**fields, "more_info": ""}, error.status)


def provider_doors(box: TextBox, faults: Faults, account_sid: str, auth_token: str) -> APIRouter:
    """`POST`, `GET` `Messages.json` and `GET` `Messages/{sid}.json`."""
    account = f"/{API_VERSION}/Accounts/{{account}}"
    doors = APIRouter(dependencies=[Depends(_signed_in(account_sid, auth_token))])

    @doors.post(account + "/Messages.json", status_code=201)
    async def send(
        to: Annotated[str, Form(alias="To")] = "",
        sender: Annotated[str, Form(alias="From")] = "",
        service: Annotated[str, Form(alias="MessagingServiceSid")] = "",
        body: Annotated[str, Form(alias="Body")] = "",
        status_callback: Annotated[str, Form(alias="StatusCallback")] = "",
    ) -> dict[str, Any]:
        await _trouble(faults, to)
        _check(to, sender or service, body)
        return _resource(box.put(to, sender or service, body, status_callback), account_sid)

    @doors.get(account + "/Messages.json")
    async def sent(
        request: Request,
        to: Annotated[str, Query(alias="To")] = "",
        sender: Annotated[str, Query(alias="From")] = "",
        page: Annotated[int, Query(alias="Page", ge=0)] = 0,
        page_size: Annotated[int, Query(alias="PageSize", ge=1, le=PAGE_MAX)] = 50,
    ) -> dict[str, Any]:
        await _trouble(faults)
        dated = _date_filter(dict(request.query_params))
        newest_first = [text for text in reversed(box.all(to, sender)) if dated(text)]
        return _page(request, newest_first, page, page_size, account_sid)

    @doors.get(account + "/Messages/{sid}.json")
    async def one(sid: str) -> dict[str, Any]:
        text = box.one(sid)
        if text is None:
            raise ProviderError(404, 20404, "The requested resource was not found")
        return _resource(text, account_sid)

    return doors


def _signed_in(account_sid: str, auth_token: str) -> Any:
    basic = HTTPBasic()

    async def check(account: str, given: Annotated[HTTPBasicCredentials, Depends(basic)]) -> None:
        right_name = secrets.compare_digest(given.username, account_sid) and account == account_sid
        right_token = secrets.compare_digest(given.password, auth_token)
        if not (right_name and right_token):
            raise ProviderError(401, 20003, "Authenticate")

    return check


async def _trouble(faults: Faults, to: str = "") -> None:
    if faults.mode == "hang":
        await faults.hang()
        raise HTTPException(503)
    if faults.mode == "tempfail" or to.endswith(_UNREACHABLE_NOW):
        raise ProviderError(503, 20500, "Service unavailable")
    if faults.mode == "reject" or to.endswith(_NO_SUCH_NUMBER):
        raise ProviderError(400, 21211, f"Invalid 'To' Phone Number: {to}")


def _check(to: str, sender: str, body: str) -> None:
    if not to.startswith("+") or not to[1:].isdigit():
        raise ProviderError(400, 21211, f"Invalid 'To' Phone Number: {to}")
    if not sender:
        raise ProviderError(400, 21603, "A 'From' phone number is required.")
    if not body:
        raise ProviderError(400, 21602, "Message body is required.")
    if len(body) > BODY_MAX:
        raise ProviderError(400, 21617, f"The body exceeds the {BODY_MAX} character limit.")


def _resource(text: Text, account_sid: str) -> dict[str, Any]:
    moment = format_datetime(text.received_at)
    return {
        "sid": text.sid,
        "account_sid": account_sid,
        "api_version": API_VERSION,
        "body": text.body,
        "from": text.sender,
        "to": text.to,
        "status": "sent",
        "direction": "outbound-api",
        "num_segments": str(text.parts),
        "num_media": "0",
        "error_code": None,
        "error_message": None,
        "messaging_service_sid": None,
        "price": None,
        "price_unit": "USD",
        "date_created": moment,
        "date_sent": moment,
        "date_updated": moment,
        "uri": f"/{API_VERSION}/Accounts/{account_sid}/Messages/{text.sid}.json",
        "subresource_uris": {},
    }


def _page(
    request: Request, texts: list[Text], page: int, page_size: int, account_sid: str
) -> dict[str, Any]:
    start, end = page * page_size, (page + 1) * page_size

    following = request.url.include_query_params(Page=page + 1, PageSize=page_size)
    more = f"{following.path}?{following.query}" if end < len(texts) else None
    return {
        "messages": [_resource(text, account_sid) for text in texts[start:end]],
        "page": page,
        "page_size": page_size,
        "start": start,
        "end": min(end, len(texts)) - 1,
        "uri": f"{request.url.path}?{request.url.query}",
        "first_page_uri": request.url.path,
        "previous_page_uri": None,
        "next_page_uri": more,
    }


def _date_filter(query: dict[str, str]) -> Any:
    """Twilio spells its filters `DateSent`, `DateSent>` (from) and `DateSent<` (until)."""
    since, until = _moment(query.get("DateSent>")), _moment(query.get("DateSent<"))
    day = _moment(query.get("DateSent"))

    def wanted(text: Text) -> bool:
        at = text.received_at
        in_day = day is None or day <= at < day + timedelta(days=1)
        return in_day and (since is None or at >= since) and (until is None or at <= until)

    return wanted


def _moment(given: str | None) -> datetime | None:
    if not given:
        return None
    moment = datetime.fromisoformat(given)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
