"""Our own home page: who one is, what is open, what has been answered, and how to pay all of it."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, NamedTuple
from uuid import UUID

from fastapi import APIRouter, Form, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict

from portal_api.domain.contact import Role
from portal_api.domain.invoice import State
from portal_api.domain.standing import Answer
from portal_api.gateways import invoices, secrets, sessions
from portal_api.gateways.invoices import Today, Wanted
from portal_api.gateways.secrets import hash_of
from portal_api.gateways.standing import Answered, answered, open_sums
from portal_api.interfaces.http.autopay_page import Seen as AutopaySeen
from portal_api.interfaces.http.autopay_page import autopay_row, look_at
from portal_api.interfaces.http.choose_page import choices_path
from portal_api.interfaces.http.invoices import time_zones_of
from portal_api.interfaces.http.own_page import Guest, OwnPages
from portal_api.interfaces.http.page_rows import (
    Payable,
    dispute_row,
    invoice_row,
    payable,
    payment_form,
    plan_row,
    promise_row,
)
from portal_api.interfaces.http.page_words import PageWords
from portal_api.interfaces.http.paying import ITEMS_MAX
from portal_api.interfaces.http.save_page import PATH as SAVE_PATH
from portal_api.interfaces.http.sign_ins import drop, keep
from portal_api.interfaces.http.visitors import SESSION_COOKIE
from portal_api.interfaces.signing_in import CustomerNotYours

INVOICES_SHOWN_MAX: Final = 200
EVERYBODY: Final = tuple(Role)


class _Seen(NamedTuple):
    """What one look at the customer's rows gave; `sums` are of all that is open, by currency."""

    rows: Sequence[Any]
    sums: Mapping[str, int]
    answers: Answered
    autopay: AutopaySeen | None
    today: Today
    has_more: bool


class ChoiceForm(BaseModel):
    model_config = ConfigDict(extra="forbid")

    customer_id: UUID


def home_router(pages: OwnPages) -> APIRouter:
    """`/`, and what its buttons do but paying."""
    router = pages.router()
    database = pages.visitors.signing_in.database
    zones = time_zones_of(pages.company)

    @router.get("/")
    async def show_home(guest: Annotated[Guest, pages.guest(Role.VIEW)]) -> Response:
        visitor, today = guest.visitor, Today(guest.visitor.moment, zones)
        mine, most = visitor.session.customer_id, INVOICES_SHOWN_MAX
        async with visitor.look() as connection:
            rows = await invoices.page(
                connection, mine, Wanted(State.OPEN), today, after=None, limit=most + 1
            )
            answers = await answered(connection, mine, moment=visitor.moment)
            sums = await open_sums(connection, mine)
            autopay = await look_at(connection, mine)
        seen = _Seen(rows[:most], sums, answers, autopay, today, len(rows) > most)
        entities = dict.fromkeys(row["legal_entity"] for row in seen.rows)
        return pages.show("home.html", guest, *entities, **_home(pages, guest, seen))

    @router.post("/sign-out")
    async def sign_out(guest: Annotated[Guest, pages.guest(*EVERYBODY)]) -> Response:
        """This session ends."""
        async with database.work(guest.visitor.moment) as work:
            await sessions.end(work.connection, guest.visitor.session.session_id, at=work.moment)
        response = RedirectResponse("/sign-in", 303)
        drop(response, SESSION_COOKIE)
        return response

    @router.post("/customers")
    async def change_customer(
        given: Annotated[ChoiceForm, Form()], guest: Annotated[Guest, pages.guest(*EVERYBODY)]
    ) -> Response:
        """Another customer of the same address: a session of its own that lasts no longer than this one, which ends."""
        if given.customer_id not in {one.customer_id for one in guest.others}:
            raise CustomerNotYours("this address acts for other customers")
        token = secrets.draw_token()
        async with database.work(guest.visitor.moment) as work:
            await sessions.change(
                work.connection,
                guest.visitor.session,
                customer_id=given.customer_id,
                token_hash=hash_of(token),
                at=work.moment,
            )
        response = RedirectResponse("/", 303)
        keep(response, SESSION_COOKIE, token)
        return response

    return router


def _home(pages: OwnPages, guest: Guest, seen: _Seen) -> dict[str, Any]:
    words, standing = guest.words, seen.answers.standing
    plans, promises, disputes = seen.answers.plans, seen.answers.promises, seen.answers.disputes
    may_pay = Role.PAY in guest.visitor.session.roles
    can_pay = payable(seen.rows, standing) if may_pay else []

    return {
        "title": words.w["home"],
        "is_home": True,
        "reader": guest.me.name or guest.me.customer_name,
        "sums": _sums(words, seen),
        "pays": _pays(pages, guest, can_pay),
        "leaves_out": any(standing.minor(Answer.DISPUTED, one["invoice_id"]) for one in seen.rows),
        "invoices": [invoice_row(one, standing, seen.today, words) for one in seen.rows],
        "has_more": seen.has_more,
        "answers": [
            *(plan_row(one, words) for one in plans),
            *(promise_row(one, words) for one in promises),
            *(dispute_row(one, words) for one in disputes),
            *([autopay_row(seen.autopay, words)] if seen.autopay else []),
        ],
        "saves": SAVE_PATH if may_pay and seen.autopay is None else "",
        "customers": guest.others,
    }


def _sums(words: PageWords, seen: _Seen) -> list[dict[str, str]]:
    """Per currency; what is overdue is said where all of it was looked at."""
    late: dict[str, int] = {}
    for one in seen.rows:
        if seen.today.is_overdue(one):
            late[one["currency"]] = late.get(one["currency"], 0) + one["open_minor"]

    def overdue(currency: str) -> str:
        minor = 0 if seen.has_more else late.get(currency, 0)
        return words.amount(minor, currency) if minor else ""

    return [
        {"open": words.amount(minor, currency), "overdue": overdue(currency)}
        for currency, minor in seen.sums.items()
    ]


def _pays(pages: OwnPages, guest: Guest, found: Sequence[Payable]) -> list[dict[str, Any]]:
    """A button for each legal entity and currency: one payment has one of both."""
    groups: dict[tuple[str, str], list[Payable]] = {}
    for one in found:
        groups.setdefault((one.legal_entity, one.currency), []).append(one)

    def label(legal_entity: str, many: Sequence[Payable]) -> str:
        if len(many) > ITEMS_MAX:
            return str(guest.words.w["pay_first"])
        if len(groups) == 1:
            return str(guest.words.w["pay_all"])
        entity = pages.entity(legal_entity)
        name = entity.name if entity else legal_entity
        return str(guest.words.w["pay_all_of"]).replace("{entity}", name)

    return [
        payment_form(many, guest.words, label(code, many))
        | {"choose": choices_path(code, currency)}
        for (code, currency), many in groups.items()
    ]
