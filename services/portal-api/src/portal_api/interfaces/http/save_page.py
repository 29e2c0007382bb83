"""Our own page that saves a card or account: the text that is agreed to, and its button to the provider's page."""

from hashlib import sha256
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from portal_api.domain.contact import Role
from portal_api.interfaces.http.autopay_page import PATH as AUTOPAY_PATH
from portal_api.interfaces.http.own_page import Guest, OwnPages, words_alone
from portal_api.interfaces.http.sign_ins import host_of
from portal_api.interfaces.mandating import Agreeing, Mandating

PATH: Final = f"{AUTOPAY_PATH}/means"


class AgreeForm(BaseModel):
    """The text that was read, by its hash."""

    model_config = ConfigDict(extra="forbid")

    text_hash: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


def save_page_router(pages: OwnPages, mandating: Mandating) -> APIRouter:
    """`/autopay/means`: the page, and what its form sends."""
    router, payer = pages.router(), pages.guest(Role.PAY)
    public_url = pages.visitors.signing_in.public_url.rstrip("/")

    @router.get(PATH)
    async def show_text(guest: Annotated[Guest, payer]) -> Response:
        text = mandating.rails.text(guest.words.language)
        title = guest.words.w["save_title"]
        return pages.show("save.html", guest, title=title, text=text.text, text_hash=text.hash)

    @router.post(PATH)
    async def save(
        given: Annotated[AgreeForm, Form()], guest: Annotated[Guest, payer], request: Request
    ) -> Response:
        """Agreed; the provider's page saves it, and leads back to the page of autopay."""
        mandate, _ = await mandating.ask(
            Agreeing(
                session=guest.visitor.session,
                key="",
                request_hash=sha256(given.text_hash.encode()).digest(),
                text_hash=given.text_hash,
                return_url=f"{public_url}{AUTOPAY_PATH}",
                network=host_of(request),
            )
        )
        w = guest.words.w
        said = words_alone(
            title=w["saving"],
            texts=[w["saving_text"]],
            again={"after_s": 0, "url": mandate.url},
            next={"url": mandate.url, "label": w["pay_go_on"], "away": True},
        )
        return pages.show("words.html", guest, mandate.legal_entity, **said)

    return router
