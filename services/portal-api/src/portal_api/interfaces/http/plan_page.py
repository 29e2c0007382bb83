"""Our own page of a plan: its text, its parts, the two words that a customer can say to a proposal, and more time."""

from collections.abc import Iterator
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict, Field

from portal_api.domain.contact import Role
from portal_api.domain.plan import Instalment, Plan, PlanState, Side
from portal_api.gateways import plans
from portal_api.interfaces.http.own_page import Guest, OwnPages
from portal_api.interfaces.http.page_rows import Row, row
from portal_api.interfaces.http.page_words import PageWords
from portal_api.interfaces.http.plans import EXTENSION_DAYS_MAX, WORDS_CHARACTERS_MAX
from portal_api.interfaces.http.promise_page import item_rows
from portal_api.interfaces.http.sign_ins import host_of
from portal_api.interfaces.http.thing_page import Shown, thing
from portal_api.interfaces.planning import Accepts, Planning, PlanUnknown
from shared.web.accepted import NO_NUL


class AcceptForm(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text_hash: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class RefuseForm(BaseModel):
    model_config = ConfigDict(extra="forbid")

    words: Annotated[str, Field(max_length=WORDS_CHARACTERS_MAX, pattern=NO_NUL)] = ""


class ExtendForm(BaseModel):
    model_config = ConfigDict(extra="forbid")

    days: Annotated[int, Field(ge=1, le=EXTENSION_DAYS_MAX)]


def plan_page_router(pages: OwnPages, planning: Planning) -> APIRouter:
    """`/plans/{id}`, `…/acceptances`, `…/refusals` and `…/extensions`. Said twice is said once."""
    router = pages.router()
    database, payer = pages.visitors.signing_in.database, pages.guest(Role.PAY)

    @router.get("/plans/{plan_id}")
    async def show_plan(plan_id: UUID, guest: Annotated[Guest, pages.guest(Role.VIEW)]) -> Response:
        async with guest.visitor.look() as connection:
            found = await plans.one(connection, guest.me.customer_id, plan_id)
        if found is None:
            raise PlanUnknown("you have no such plan")
        return thing(pages, guest, found.terms.legal_entity, _plan(pages, guest, found))

    @router.post("/plans/{plan_id}/acceptances")
    async def accept(
        plan_id: UUID,
        given: Annotated[AcceptForm, Form()],
        guest: Annotated[Guest, payer],
        request: Request,
    ) -> Response:
        accepts = Accepts(guest.me.contact_id, given.text_hash, host_of(request))
        async with database.work(guest.visitor.moment) as work:
            await planning.accept(work, guest.me.customer_id, plan_id, accepts)
        return RedirectResponse(f"/plans/{plan_id}", 303)

    @router.post("/plans/{plan_id}/refusals")
    async def refuse(
        plan_id: UUID, given: Annotated[RefuseForm, Form()], guest: Annotated[Guest, payer]
    ) -> Response:
        async with database.work(guest.visitor.moment) as work:
            await planning.refuse(work, guest.me.customer_id, plan_id, words=given.words)
        return RedirectResponse(f"/plans/{plan_id}", 303)

    @router.post("/plans/{plan_id}/extensions")
    async def extend(
        plan_id: UUID, given: Annotated[ExtendForm, Form()], guest: Annotated[Guest, payer]
    ) -> Response:
        async with database.work(guest.visitor.moment) as work:
            await planning.extend(work, guest.me.customer_id, plan_id, days=given.days)
        return RedirectResponse(f"/plans/{plan_id}", 303)

    return router


def _plan(pages: OwnPages, guest: Guest, found: Plan) -> Shown:
    words, w, currency = guest.words, guest.words.w, found.terms.currency
    amount = words.amount(sum(one.minor for one in found.items), currency)
    waits = found.state is PlanState.PROPOSED and guest.visitor.moment < found.answer_by
    may_pay = Role.PAY in guest.visitor.session.roles
    may_answer = waits and may_pay
    may_extend = found.state is PlanState.ACTIVE and not found.extended_days and may_pay
    path = f"/plans/{found.plan_id}"
    reason = w["why_declined"] if found.state is PlanState.DECLINED else w["your_words"]

    return {
        "title": w["plan_title"].format(amount=amount, count=len(found.instalments)),
        "badge": w["plan_states"][found.state],
        "mood": "ask" if may_answer else _mood(found),
        "notes": _notes(pages, guest, found) if waits else _waiting(found, words),
        "quotes": [(reason, found.reason)] if found.reason else (),
        "text": found.terms.text,
        "answer": {"path": path, "text_hash": found.terms.text_hash} if may_answer else None,
        "extend": {"path": path, "most": found.terms.extension_days_max} if may_extend else None,
        "lists": [
            (w["plan_parts"], _parts(found, words)),
            (w["invoices_of"], item_rows(found.items, currency, words)),
        ],
    }


def _mood(found: Plan) -> str:
    return "good" if found.state in {PlanState.ACTIVE, PlanState.COMPLETED} else ""


def _notes(pages: OwnPages, guest: Guest, found: Plan) -> list[str]:
    w, zone = guest.words.w, pages.zone(found.terms.legal_entity)
    ours = w["plan_ours"] if found.accepted_by(Side.US) else w["plan_approval"]
    until = w["answer_by"].format(moment=guest.words.moment(found.answer_by, zone))
    return [f"{w['plan_proposed']} {ours}", until]


def _waiting(found: Plan, words: PageWords) -> list[str]:
    return [words.w["plan_waits"]] if found.state is PlanState.ACCEPTED else []


def _parts(found: Plan, words: PageWords) -> list[Row]:
    w, currency = words.w, found.terms.currency

    def said(part: Instalment, left: int) -> Iterator[str]:
        if part.paid_minor:
            yield f"{w['paid_of_it']}: {words.amount(part.paid_minor, currency)}"
        if 0 < left < part.minor - part.paid_minor:
            yield f"{w['left_of_it']}: {words.amount(left, currency)}"
        elif not left and part.paid_minor < part.minor:
            yield w["nothing_left_of_it"]

    return [
        row(
            w["instalment"].format(number=part.number),
            words.amount(part.minor, currency),
            more=[w["due_on"].format(day=words.day(part.due_on)), *said(part, left)],
        )
        for part, left in found.left()
    ]
