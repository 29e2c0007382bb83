"""Our own pages of paying: to the provider's page and back, where our own state is shown and nothing else.

That somebody comes back proves nothing: the provider's signed word is the truth, and until it is heard the page says
that we wait for it, and looks again by itself, so often and no oftener.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from hashlib import sha256
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Form, Query, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field

from portal_api.domain.contact import Role
from portal_api.domain.payment import Payment, State
from portal_api.gateways import payments
from portal_api.handlers.ask_payment import Wish
from portal_api.interfaces.http.own_page import Guest, OwnPages, words_alone
from portal_api.interfaces.http.paying import ITEMS_MAX, AskedPaymentUnknown
from portal_api.interfaces.paying import Asking, Paying

LOOKS_MAX: Final = 24
"""Times that the page of a payment looks again by itself: two minutes, and then a mail tells it."""
LOOK_EVERY_S: Final = 5
PAID_PATH: Final = "/paid"
_ITEM: Final = re.compile(r"([0-9a-f-]{36}):([0-9]{1,15}(?:\.[0-9]{1,4})?)")
_WAITS: Final = frozenset({State.ASKED, State.OPEN})


class PayForm(BaseModel):
    """`item` is an invoice and an amount."""

    model_config = ConfigDict(extra="forbid")

    item: Annotated[
        list[Annotated[str, Field(pattern=f"^{_ITEM.pattern}$")]],
        Field(min_length=1, max_length=ITEMS_MAX),
    ]


class Return(BaseModel):
    """What the provider's page brings back, and how often this page has looked."""

    payment_id: UUID
    cancelled: bool = False
    looks: Annotated[int, Field(ge=0, le=LOOKS_MAX)] = 0


def pay_pages_router(pages: OwnPages, paying: Paying) -> APIRouter:
    """`POST /payments`, and `/paid`."""
    router = pages.router()

    @router.post("/payments")
    async def pay(
        given: Annotated[PayForm, Form()],
        guest: Annotated[Guest, pages.guest(Role.PAY)],
    ) -> Response:
        """Leads to the provider's page by itself, and by a button where a browser does not. Pressed again while that
        page is open, it leads there again.
        """
        return await lead_to_payment(pages, paying, guest, [_wish(one) for one in given.item])

    @router.get(PAID_PATH)
    async def show_paid(
        back: Annotated[Return, Query()], guest: Annotated[Guest, pages.guest(Role.VIEW)]
    ) -> Response:
        """How the payment stands with us."""
        async with guest.visitor.look() as connection:
            found = await payments.own(connection, guest.me.customer_id, back.payment_id)
        if found is None:
            raise AskedPaymentUnknown("you asked for no such payment")
        return pages.show(
            "words.html", guest, found.legal_entity, **words_alone(**_shown(guest, found, back))
        )

    return router


async def lead_to_payment(
    pages: OwnPages, paying: Paying, guest: Guest, wishes: Sequence[Wish]
) -> Response:
    """To the provider's page by itself, and by a button where a browser does not."""
    session, public_url = guest.visitor.session, pages.visitors.signing_in.public_url.rstrip("/")
    payment, _ = await paying.ask(
        Asking(
            customer_id=session.customer_id,
            scope=f"page {session.customer_id} {session.address}",
            key="",
            request_hash=sha256(repr(wishes).encode()).digest(),
            wishes=wishes,
            return_url=f"{public_url}{PAID_PATH}",
        )
    )
    w, amount = guest.words.w, guest.words.amount(payment.minor, payment.currency)
    said = words_alone(
        title=w["leaving"],
        texts=[w["leaving_text"].format(amount=amount)],
        again={"after_s": 0, "url": payment.url},
        next={"url": payment.url, "label": w["pay_go_on"], "away": True},
    )
    return pages.show("words.html", guest, payment.legal_entity, **said)


def _wish(said: str) -> Wish:
    found = _ITEM.fullmatch(said)
    assert found is not None, "the form has checked it"
    try:
        return Wish(UUID(found[1]), Decimal(found[2]))
    except ValueError as error:
        raise RequestValidationError([{"loc": ("body", "item")}]) from error


def _shown(guest: Guest, payment: Payment, back: Return) -> dict[str, Any]:
    w, said, looks_on = guest.words.w, _said(payment, back), back.looks < LOOKS_MAX
    amount = guest.words.amount(payment.minor, payment.currency)
    waits = said == "waiting"
    texts = [w[f"paid_{said}_text"].format(amount=amount)]
    if payment.state is State.DECLINED and payment.decline:
        texts.append(w["declines"][payment.decline.next_step])
    if waits and not looks_on:
        texts = [w["paid_waiting_long"]]

    shown: dict[str, Any] = {"title": w[f"paid_{said}"], "texts": texts}
    here = f"{PAID_PATH}?payment_id={payment.payment_id}"
    if waits:
        shown["next"] = {"url": here, "label": w["look_again"], "away": False}
    if waits and looks_on:
        again = f"{here}&looks={back.looks + 1}"
        shown["again"] = {"after_s": LOOK_EVERY_S, "url": again}
    if said in {"declined", "cancelled"} and payment.url and Role.PAY in guest.me.roles:
        label = w["pay_again" if said == "declined" else "pay_go_on"]
        shown["next"] = {"url": payment.url, "label": label, "away": True}
    return shown


def _said(payment: Payment, back: Return) -> str:
    """Which words: a page that was left without paying is no payment to wait for."""
    if payment.state in _WAITS:
        return "cancelled" if back.cancelled else "waiting"
    return payment.state.value
