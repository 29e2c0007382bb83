"""What all of our own pages share: who looks, in which language, and what is said when something does not work.

They are for customers of whoever has no other frontend: what mails link to, and what a payment returns to.
"""

import re
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from fastapi.routing import APIRoute
from pydantic import Field
from typing_extensions import override

from portal_api.domain.contact import Role
from portal_api.domain.session import NotSignedIn, SessionExpired
from portal_api.gateways import contacts
from portal_api.gateways.contacts import Acting
from portal_api.interfaces.http.page_words import PageWords, words_in
from portal_api.interfaces.http.plain_page import filled, headers_of
from portal_api.interfaces.http.visitors import Visitor, Visitors
from portal_api.interfaces.signing_in import HOME
from shared.base.errors import Refusal
from shared.contracts.company import Company, LegalEntity

_ID: Final = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
LEADS_TO: Final = re.compile(
    rf"/(?:(?:invoices|promises|plans|disputes)/{_ID}|paid\?payment_id={_ID}|feedback\?case_id={_ID}|autopay)?"
)
"""Where a sign-in may lead: to these pages of ours, and nowhere else."""
_HEADERS: Final = headers_of()
TARGET_CHARACTERS_MAX: Final = 200
Target = Annotated[str, Field(max_length=TARGET_CHARACTERS_MAX)]
"""As somebody says it: `safe_target` decides."""


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody signed in at a page of ours; `others` are the other customers of their address."""

    visitor: Visitor
    me: Acting
    others: list[Acting]
    words: PageWords


class PageRoute(APIRoute):
    """What a page cannot show is answered by a page too: sign in first, nothing there, or why it was refused."""

    @override
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_or_say_why(request: Request) -> Response:
            try:
                return await handle(request)
            except (NotSignedIn, SessionExpired) as refusal:
                return _to_sign_in(request, is_expired=isinstance(refusal, SessionExpired))
            except RequestValidationError as error:
                wrong_place = any(one["loc"][0] != "body" for one in error.errors())
                return _refused(request, status=404 if wrong_place else 422)
            except Refusal as refusal:
                page = _refused(request, status=refusal.status, code=refusal.code)
                if refusal.retry_after_s is not None:
                    page.headers["Retry-After"] = str(refusal.retry_after_s)
                return page

        return handle_or_say_why


@dataclass(frozen=True, slots=True)
class OwnPages:
    """Who may look at them, and in whose name they are shown."""

    visitors: Visitors
    company: Company | None

    def router(self) -> APIRouter:
        """Not in the document: no frontend calls a page."""
        return APIRouter(include_in_schema=False, route_class=PageRoute)

    def guest(self, *roles: Role) -> Any:
        """A dependency that yields the `Guest` who has one of these roles."""
        allowed = self.visitors.allowed(*roles)
        database = self.visitors.signing_in.database

        async def come_in(request: Request, visitor: Annotated[Visitor, allowed]) -> Guest:
            session = visitor.session
            async with database.ask() as connection:
                acting = await contacts.acting(connection, session.address)
            found = {one.customer_id: one for one in acting}
            me = found.pop(session.customer_id, None)
            if me is None:
                raise NotSignedIn("the contact is gone")
            words = words_in(me.language, _accepted(request))
            request.state.words = words
            return Guest(visitor, me, list(found.values()), words)

        return Depends(come_in)

    def entity(self, code: str | None) -> LegalEntity | None:
        """None for one that the company file does not have."""
        return self.company.legal_entity(code) if self.company and code else None

    def zone(self, code: str) -> str:
        """Of a legal entity; of one that we do not know it is UTC."""
        entity = self.entity(code)
        return entity.time_zone if entity else "UTC"

    def show(self, name: str, guest: Guest, *entities: str, **values: Any) -> HTMLResponse:
        """A page for a guest: `entities` are those whose people one can talk to, the last owed where none is named."""
        words, me = guest.words, guest.me
        named = {code: self.entity(code) for code in entities or (me.legal_entity or "",)}
        found = [one for one in named.values() if one is not None] or self._first()
        who = words.w["signed_in_as"].format(
            name=me.name or guest.visitor.session.address,
            customer=me.customer_name or me.customer_number,
            number=me.customer_number,
        )
        people = [
            {
                "entity": one.name,
                "name": one.collections_manager.name,
                "email": one.collections_manager.email,
                "phone": one.collections_manager.phone,
            }
            for one in found
        ]
        brand = found[0].brand.logo_text if found else ""
        frame = {"who": who, "brand": brand, "person": people, "is_home": False}
        return _page(name, words, 200, **(frame | values))

    def _first(self) -> list[LegalEntity]:
        return list(self.company.legal_entities[:1]) if self.company else []


def stranger_page(request: Request, name: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A page for somebody of whom we know nothing."""
    return _page(name, words_for(request), status, **(_NOBODY | values))


def words_for(request: Request) -> PageWords:
    """The guest's, where we know one; else the reader's, as their browser says."""
    known: PageWords | None = getattr(request.state, "words", None)
    return known or words_in(_accepted(request))


def safe_target(said: str) -> str:
    """A page of ours to which a sign-in may lead; our home for everything else."""
    return said if LEADS_TO.fullmatch(said) else HOME


_NOBODY: Final = {"who": "", "brand": "", "person": [], "is_home": False}
_WORDS_ALONE: Final = {"again": None, "code": "", "next": None, "pay": None, "is_refused": False}


def words_alone(**values: Any) -> dict[str, Any]:
    """What a page of a few words is filled in with; what is not said is left out."""
    return _WORDS_ALONE | values


def _page(name: str, words: PageWords, status: int, **values: Any) -> HTMLResponse:
    return filled(name, _HEADERS, status, w=words.w, language=words.language, **values)


def _accepted(request: Request) -> str:
    return request.headers.get("Accept-Language", "")


def _to_sign_in(request: Request, *, is_expired: bool) -> Response:
    """And then back to where the link led. Whoever sent a form is led to the page that it was on."""
    wanted = request.url.path
    if request.method != "GET":
        wanted = wanted.rpartition("/")[0]
    elif request.url.query:
        wanted = f"{wanted}?{request.url.query}"
    again = "&again=1" if is_expired else ""
    return RedirectResponse(
        f"/sign-in?to={quote(safe_target(wanted), safe='')}{again}", 303, _HEADERS
    )


def _refused(request: Request, *, status: int, code: str = "") -> HTMLResponse:
    """Nothing there is the same page for everybody, whatever it was."""
    words = words_for(request)
    title, text = words.w["refused_title"], words.w["refusals"].get(code)
    if status == HTTPStatus.NOT_FOUND:
        title, text = words.w["not_found_title"], words.w["not_found"]
    elif text is None:
        text = words.w["not_understood" if status == HTTPStatus.UNPROCESSABLE_ENTITY else "not_now"]
    home = {"url": "/", "label": words.w["home"], "away": False}
    values = words_alone(title=title, texts=[text], next=home, is_refused=True)
    return _page("words.html", words, status, **(_NOBODY | values))
