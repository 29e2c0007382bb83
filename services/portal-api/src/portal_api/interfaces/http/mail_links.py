"""What mailed links lead to besides sign-in: a changed address is confirmed, and reminders by mail are ended.

Mail scanners open links, so looking changes nothing; a button does, and for reminders the reader's own mail program
(RFC 8058): one POST, without a cookie, and without a question.
"""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Path, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict

from portal_api.domain.preferences import ChangeExpired, ChangeUnknown, ChangeUsed
from portal_api.gateways.secrets import TOKEN_FORM
from portal_api.interfaces.http.mail_link_words import LINK_WORDS, LinkWords
from portal_api.interfaces.http.plain_page import HTML, button_form, headers_of, page
from portal_api.interfaces.http.sign_ins import Token
from portal_api.interfaces.http.visitors import OriginForeign, must_be_ours
from portal_api.interfaces.preferring import PATH, Preferring, UnsubscribeUnknown
from shared.base.clock import Clock
from shared.base.errors import Refusal
from shared.db.work import Database
from shared.web.problems import problems

UNSUBSCRIBE_PATH: Final = "/unsubscribe/"
SEALED_FORM: Final = r"^v1\.[A-Za-z0-9_=-]{20,600}$"
Sealed = Annotated[str, Path(pattern=SEALED_FORM)]


class ChangeForm(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    token: Token


def mail_links_router(preferring: Preferring, database: Database, clock: Clock) -> APIRouter:
    """`/address-change` and `/unsubscribe`."""
    router = APIRouter(tags=["mailed links"])
    headers = headers_of()

    def answer(words: LinkWords, title: str, text: str, **more: Any) -> HTMLResponse:
        return page(headers, language=words.language, title=title, text=text, **more)

    @router.get(PATH + "{token}", response_class=HTMLResponse)
    async def show_change(
        token: Annotated[str, Path(pattern=TOKEN_FORM)], request: Request
    ) -> HTMLResponse:
        """The same for every link, however often: a button."""
        words = _words_for(request)
        form = button_form(PATH.rstrip("/"), words.confirm, {"token": token})
        return answer(words, words.change, words.press_change, form=form)

    @router.post(
        PATH.rstrip("/"),
        response_class=HTMLResponse,
        responses=_as_pages(ChangeUnknown, ChangeUsed, ChangeExpired) | problems(OriginForeign),
    )
    async def confirm_change(given: Annotated[ChangeForm, Form()], request: Request) -> Response:
        """We write to the new address from now on; once."""
        must_be_ours(request, preferring.public_url)
        words = _words_for(request)
        try:
            async with database.work(clock.now()) as work:
                await preferring.confirm(work, given.token)
        except Refusal as refusal:
            text = words.refusals[refusal.code]
            return answer(words, words.change, text, status=refusal.status)
        return answer(words, words.change, words.changed)

    @router.get(UNSUBSCRIBE_PATH + "{token}", response_class=HTMLResponse)
    async def show_unsubscribe(token: Sealed, request: Request) -> HTMLResponse:
        """Looking unsubscribes nobody."""
        words = _words_for(request)
        form = button_form(UNSUBSCRIBE_PATH + token, words.unsubscribe, {})
        return answer(words, words.reminders, words.press_unsubscribe, form=form)

    @router.post(
        UNSUBSCRIBE_PATH + "{token}",
        response_class=HTMLResponse,
        responses=_as_pages(UnsubscribeUnknown),
    )
    async def unsubscribe(token: Sealed, request: Request) -> Response:
        """No more reminders by e-mail, from now on and for what waits. One click of a mail program is enough."""
        words = _words_for(request)
        try:
            async with database.work(clock.now()) as work:
                await preferring.unsubscribe(work, token)
        except Refusal as refusal:
            text = words.refusals[refusal.code]
            return answer(words, words.reminders, text, status=refusal.status)
        return answer(words, words.reminders, words.unsubscribed)

    return router


def _words_for(request: Request) -> LinkWords:
    wanted = request.headers.get("Accept-Language", "")[:2].lower()
    return LINK_WORDS.get(wanted, LINK_WORDS["en"])


def _as_pages(*refusals: type[Refusal]) -> dict[int | str, dict[str, Any]]:
    return {
        status: {"description": one["description"], "content": HTML}
        for status, one in problems(*refusals).items()
    }
