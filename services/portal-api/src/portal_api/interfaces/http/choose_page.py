"""Our own page that lets choose which invoices are paid, how much of each, and why not all; without a script."""

import re
from decimal import Decimal
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlencode
from uuid import UUID

from asyncpg import Record
from fastapi import APIRouter, Form, Query, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field

from portal_api.domain.contact import Role
from portal_api.domain.invoice import State
from portal_api.domain.standing import Standing
from portal_api.gateways import invoices
from portal_api.gateways.invoices import Today, Wanted
from portal_api.gateways.standing import answered
from portal_api.handlers.ask_payment import Wish
from portal_api.interfaces.http.invoices import time_zones_of
from portal_api.interfaces.http.own_page import Guest, OwnPages, words_alone
from portal_api.interfaces.http.page_rows import age, answers_of
from portal_api.interfaces.http.page_words import PageWords
from portal_api.interfaces.http.pay_pages import lead_to_payment
from portal_api.interfaces.http.paying import ITEMS_MAX
from portal_api.interfaces.paying import Paying
from shared.base.money import decimal_text
from shared.contracts.disputes import Reason
from shared.web.accepted import Text

PATH: Final = "/payments/choices"
_TYPED: Final = re.compile(r"[0-9]{1,15}(?:[.,][0-9]{1,4})?")


class Asked(BaseModel):
    """One payment is of one legal entity, in one currency."""

    legal_entity: Text
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]


class ChoiceForm(BaseModel):
    """`pay` are the invoices that are ticked; of each that is shown there are three fields, in its order."""

    model_config = ConfigDict(extra="forbid")

    pay: Annotated[list[UUID], Field(max_length=ITEMS_MAX)] = []
    invoice_id: Annotated[list[UUID], Field(min_length=1, max_length=ITEMS_MAX)]
    amount: Annotated[
        list[Annotated[str, Field(pattern=f"^(?:{_TYPED.pattern})?$")]],
        Field(min_length=1, max_length=ITEMS_MAX),
    ]
    reason: Annotated[list[Reason | Literal[""]], Field(min_length=1, max_length=ITEMS_MAX)]

    def wishes(self) -> list[Wish]:
        """Of what is ticked, and has an amount. Raises where the fields do not go together."""
        if not len(self.invoice_id) == len(self.amount) == len(self.reason):
            raise RequestValidationError([{"loc": ("body", "amount")}])
        fields = zip(self.invoice_id, map(_read, self.amount), self.reason, strict=True)
        return [
            Wish(invoice_id, amount, reason.value if reason else None)
            for invoice_id, amount, reason in fields
            if amount and invoice_id in self.pay
        ]


def choose_page_router(pages: OwnPages, paying: Paying) -> APIRouter:
    """`/payments/choices`: the page, and what its form sends."""
    router, zones = pages.router(), time_zones_of(pages.company)

    @router.get(PATH)
    async def show_choices(
        asked: Annotated[Asked, Query()], guest: Annotated[Guest, pages.guest(Role.PAY)]
    ) -> Response:
        visitor, today = guest.visitor, Today(guest.visitor.moment, zones)
        mine = visitor.session.customer_id
        wanted = Wanted(State.OPEN, asked.legal_entity, asked.currency)
        async with visitor.look() as connection:
            rows = await invoices.page(connection, mine, wanted, today, after=None, limit=ITEMS_MAX)
            answers = await answered(connection, mine, moment=visitor.moment)
        standing = answers.standing
        found = [one for one in rows if standing.payable(one["invoice_id"], one["open_minor"])]
        if not found:
            return _say(pages, guest, guest.words.w["nothing_to_pay"])
        choices = [_choice(one, standing, today, guest.words) for one in found]
        title = guest.words.w["choose_title"]
        return pages.show("choose.html", guest, asked.legal_entity, title=title, choices=choices)

    @router.post(PATH)
    async def choose(
        given: Annotated[ChoiceForm, Form()], guest: Annotated[Guest, pages.guest(Role.PAY)]
    ) -> Response:
        """To the provider's page, for what was written."""
        wishes = given.wishes()
        if not wishes:
            return _say(pages, guest, guest.words.w["choose_nothing"], status=422)
        return await lead_to_payment(pages, paying, guest, wishes)

    return router


def choices_path(legal_entity: str, currency: str) -> str:
    """Where one chooses among what is open of them."""
    return f"{PATH}?{urlencode({'legal_entity': legal_entity, 'currency': currency})}"


def _choice(one: Record, standing: Standing, today: Today, words: PageWords) -> dict[str, Any]:
    currency = one["currency"]
    minor = standing.payable(one["invoice_id"], one["open_minor"])
    return {
        "invoice_id": one["invoice_id"],
        "number": one["invoice_number"],
        "more": [age(one, today, words), *answers_of(one, standing, words)],
        "figure": words.amount(minor, currency),
        "amount": decimal_text(minor, currency),
        "most": decimal_text(minor, currency),
        "least": decimal_text(1, currency),
    }


def _say(pages: OwnPages, guest: Guest, text: str, *, status: int = 200) -> Response:
    w = guest.words.w
    home = {"url": "/", "label": w["home"], "away": False}
    said = words_alone(title=w["choose_title"], texts=[text], next=home)
    page = pages.show("words.html", guest, **said)
    page.status_code = status
    return page


def _read(typed: str) -> Decimal:
    """As browsers send it, and as people write it where a browser does not help."""
    return Decimal(typed.replace(",", ".") or 0)
