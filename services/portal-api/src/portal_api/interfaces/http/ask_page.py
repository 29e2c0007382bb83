"""Our own page that asks for a link, and shows the code for another browser. It tells nobody who is known."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict

from portal_api.interfaces.http.own_page import (
    OwnPages,
    PageRoute,
    Target,
    safe_target,
    stranger_page,
    words_alone,
    words_for,
)
from portal_api.interfaces.http.plain_page import HTML
from portal_api.interfaces.http.sign_ins import BROWSER_COOKIE, Address, host_of, keep
from portal_api.interfaces.http.visitors import must_be_ours
from portal_api.interfaces.signing_in import HOME


class Wanted(BaseModel):
    """`to` is where it leads afterwards; `again` says that a session's time was over."""

    to: Target = HOME
    again: bool = False


class AskForm(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    email: Address
    to: Target = HOME


def ask_page_router(pages: OwnPages) -> APIRouter:
    """`/sign-in` without a token, and what its form sends. The page is in the document, as what the link's form sends
    to the same path is.
    """
    router = APIRouter(tags=["sign-in"], route_class=PageRoute)
    signing_in = pages.visitors.signing_in

    @router.get(
        "/sign-in",
        response_class=HTMLResponse,
        responses={404: {"description": "Not Found", "content": HTML}},
    )
    async def show(wanted: Annotated[Wanted, Query()], request: Request) -> Response:
        w = words_for(request).w
        return stranger_page(
            request,
            "ask.html",
            title=w["ask_title"],
            text=w["ask_expired" if wanted.again else "ask_text"],
            to=safe_target(wanted.to),
        )

    @router.post("/sign-in/links", include_in_schema=False)
    async def ask(given: Annotated[AskForm, Form()], request: Request) -> Response:
        """A link is mailed to whoever has that address, and the page is the same if nobody has."""
        must_be_ours(request, signing_in.public_url)
        asked = await signing_in.ask(given.email, host=host_of(request), to=safe_target(given.to))
        w = words_for(request).w
        texts = [w["asked_text"], w["asked_code"]]
        said = words_alone(title=w["asked_title"], texts=texts, code=asked.code)
        response = stranger_page(request, "words.html", **said)
        keep(response, BROWSER_COOKIE, asked.browser)
        return response

    return router
