"""The page that a mailed link leads to. Mail scanners open links, so looking at it changes nothing; its button does.

The token stands in the path: without a script a page cannot read its fragment. So no referrer leaves the page, nothing
keeps it, and no trace or log holds the path. Looking does not even ask the database: every link shows the same page.
"""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Form, Path, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, ConfigDict, Field

from portal_api.domain.sign_in import CodeWanted, CodeWrong
from portal_api.gateways.contacts import Acting
from portal_api.gateways.secrets import TOKEN_FORM
from portal_api.interfaces.http.own_page import Target, safe_target
from portal_api.interfaces.http.plain_page import HTML, headers_of, page
from portal_api.interfaces.http.sign_in_words import WORDS, Words
from portal_api.interfaces.http.sign_ins import (
    BROWSER_COOKIE,
    CODE_CHARACTERS_MAX,
    OPENING,
    Token,
    signed_in,
)
from portal_api.interfaces.http.visitors import OriginForeign, must_be_ours
from portal_api.interfaces.signing_in import HOME, Choice, Given, SigningIn
from shared.base.errors import Refusal
from shared.web.problems import problems

PATH: Final = "/sign-in/"


class SignInForm(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    token: Token
    code: Annotated[str | None, Field(max_length=CODE_CHARACTERS_MAX)] = None
    customer_id: UUID | None = None
    to: Target = HOME


def sign_in_page_router(signing_in: SigningIn, *, home_url: str) -> APIRouter:
    """`/sign-in/{token}`: the page, and what its form sends. It leads to the page of ours that the link names, else to
    `home_url`, else to our own home.
    """
    router = APIRouter(tags=["sign-in"])
    headers = headers_of(home_url)

    def answer(words: Words, text: str, form: str = "", status: int = 200) -> HTMLResponse:
        return page(
            headers, language=words.language, title=words.title, text=text, form=form, status=status
        )

    @router.get(PATH + "{token}", response_class=HTMLResponse)
    async def show_page(
        token: Annotated[str, Path(pattern=TOKEN_FORM)],
        request: Request,
        to: Annotated[Target, Query()] = HOME,
    ) -> HTMLResponse:
        """The same for every link, however often: a button."""
        words = words_for(request)
        return answer(words, words.press, _form(words, token, to=to))

    @router.post(
        PATH.rstrip("/"),
        response_class=HTMLResponse,
        responses=_as_pages(OPENING) | {300: {"content": HTML}, 303: {"description": "See Other"}},
    )
    async def send_form(given: Annotated[SignInForm, Form()], request: Request) -> Response:
        """Uses the link up, like `POST /v1/sessions`, and answers with a page."""
        must_be_ours(request, signing_in.public_url)
        words, browser = words_for(request), request.cookies.get(BROWSER_COOKIE)
        wanted = Given(given.token, browser, given.code, given.customer_id)
        try:
            outcome = await signing_in.open(wanted)
        except Refusal as refusal:
            asks = isinstance(refusal, CodeWanted | CodeWrong)
            form = ""
            if asks:
                form = _form(words, given.token, to=given.to, code=True, chosen=given.customer_id)
            return answer(words, words.of(refusal), form, refusal.status)
        if isinstance(outcome, Choice):
            form = _form(
                words, given.token, to=given.to, code=given.code or "", customers=outcome.acting
            )
            return answer(words, words.choose, form, 300)
        leads_to = safe_target(given.to)
        if leads_to == HOME and home_url:
            leads_to = home_url
        response = RedirectResponse(leads_to, 303, headers)
        signed_in(response, outcome.token)
        return response

    return router


def words_for(request: Request) -> Words:
    """In the reader's language, where we speak it."""
    wanted = request.headers.get("Accept-Language", "")[:2].lower()
    return WORDS.get(wanted, WORDS["en"])


def _form(
    words: Words,
    token: str,
    *,
    to: str,
    code: bool | str = False,
    chosen: UUID | None = None,
    customers: Sequence[Acting] = (),
) -> str:
    """`code` is True when it is asked for, or the one that was given already."""
    parts = [_hidden("token", token), _hidden("to", safe_target(to))]
    if code is True:
        parts.append(
            f'<label>{escape(words.code)}<input name="code" required autocomplete="one-time-code" '
            f'autocapitalize="characters" maxlength="{CODE_CHARACTERS_MAX}"></label>'
        )
    elif code:
        parts.append(_hidden("code", str(code)))
    if chosen is not None:
        parts.append(_hidden("customer_id", str(chosen)))
    parts += [
        f'<label><input type="radio" name="customer_id" value="{one.customer_id}" required> '
        f"{escape(one.customer_name)} ({escape(one.customer_number)})</label>"
        for one in customers
    ]
    button = f'<button type="submit">{escape(words.button)}</button>'
    return f'<form method="post" action="/sign-in">{"".join(parts)}{button}</form>'


def _hidden(name: str, value: str) -> str:
    return f'<input type="hidden" name="{name}" value="{escape(value)}">'


def _as_pages(documented: Mapping[int | str, Any]) -> dict[int | str, dict[str, Any]]:
    """The same refusals, as pages; only a foreign page is answered by a problem."""
    pages: dict[int | str, dict[str, Any]] = {
        status: {"description": one["description"], "content": HTML}
        for status, one in documented.items()
    }
    foreign = problems(OriginForeign)[403]
    pages[403] = foreign | {"content": foreign["content"] | HTML}
    return pages
