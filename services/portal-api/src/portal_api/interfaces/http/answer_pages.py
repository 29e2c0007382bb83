"""Our own pages of one promise and of one dispute with its clocks: what mails about them link to."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response

from portal_api.domain.contact import Role
from portal_api.domain.dispute import DisputeUnknown
from portal_api.domain.owed import Item
from portal_api.domain.promise import Promise, State
from portal_api.gateways import disputes, promises
from portal_api.interfaces.http.disputes import ClockShown
from portal_api.interfaces.http.own_page import Guest, OwnPages
from portal_api.interfaces.http.page_rows import Row, disputed_amount, row
from portal_api.interfaces.http.page_words import PageWords
from portal_api.interfaces.http.promises import PromiseUnknown
from portal_api.interfaces.http.thing_page import Shown, thing
from shared.base.days import local_day
from shared.base.money import minor_of


def answer_pages_router(pages: OwnPages) -> APIRouter:
    """`/promises/{id}` and `/disputes/{id}`."""
    router = pages.router()
    viewer = pages.guest(Role.VIEW)

    @router.get("/promises/{promise_id}")
    async def show_promise(promise_id: UUID, guest: Annotated[Guest, viewer]) -> Response:
        async with guest.visitor.look() as connection:
            found = await promises.one(connection, guest.me.customer_id, promise_id)
        if found is None:
            raise PromiseUnknown("you made no such promise")
        return thing(pages, guest, found.legal_entity, _promise(found, guest.words))

    @router.get("/disputes/{dispute_id}")
    async def show_dispute(dispute_id: UUID, guest: Annotated[Guest, viewer]) -> Response:
        async with guest.visitor.look() as connection:
            found = await disputes.one(connection, guest.me.customer_id, dispute_id)
        if found is None:
            raise DisputeUnknown("you have no such dispute")
        return thing(pages, guest, found["legal_entity"], _dispute(pages, guest, found))

    return router


def item_rows(items: list[Item], currency: str, words: PageWords) -> list[Row]:
    """The invoices that a promise or plan is about."""
    paid = words.w["paid_of_it"]
    return [
        row(
            one.invoice_number,
            words.amount(one.minor, currency),
            href=f"/invoices/{one.invoice_id}",
            more=[f"{paid}: {words.amount(one.paid_minor, currency)}"] if one.paid_minor else (),
        )
        for one in items
    ]


def clock_rows(pages: OwnPages, guest: Guest, dispute: Any) -> list[Row]:
    """The clocks of a dispute as they stand now; one that has stopped is done."""
    w, zone = guest.words.w, pages.zone(dispute["legal_entity"])

    def line(clock: ClockShown) -> Row:
        said = w["clock_done"]
        if clock.paused_for:
            said = w["clock_rests"].format(whom=w["waits_for"][clock.paused_for])
        elif clock.due_at:
            said = w["clock_due"].format(moment=guest.words.moment(clock.due_at, zone))
        role = w["clock_role"].format(role=_team(pages, dispute, clock)) if clock.due_at else ""
        return row(w["clocks"][clock.kind], "", more=[one for one in (said, role) if one])

    return [line(ClockShown.of(one, guest.visitor.moment)) for one in dispute["clocks"]]


def _team(pages: OwnPages, dispute: Any, clock: ClockShown) -> str:
    """As its company calls it."""
    entity = pages.entity(dispute["legal_entity"])
    role = clock.responsible_role
    return entity.dispute_team(role).mailbox.name if entity else role


def _promise(found: Promise, words: PageWords) -> Shown:
    paid = sum(one.paid_minor for one in found.items)
    amount = words.amount(sum(one.minor for one in found.items), found.currency)
    return {
        "title": words.w["promise_title"].format(amount=amount),
        "badge": words.w["promise_states"][found.state],
        "mood": "good" if found.state in {State.OPEN, State.KEPT} else "",
        "facts": [
            (words.w["pay_on"], words.day(found.pay_on)),
            (words.w["until_on"], words.day(found.until)),
            (words.w["paid_of_it"], words.amount(paid, found.currency)),
        ],
        "lists": [(words.w["invoices_of"], item_rows(found.items, found.currency, words))],
    }


def _dispute(pages: OwnPages, guest: Guest, found: Any) -> Shown:
    words, w, state = guest.words, guest.words.w, found["state"]
    opened_on = local_day(found["opened_at"], pages.zone(found["legal_entity"]))
    currency = found["currency"]
    is_held = any(minor_of(held, currency) for *_, held in found["items"])
    facts = [(w["reason"], w["reasons"][found["reason"]]), (w["opened_on"], words.day(opened_on))]
    if found["outcome"]:
        facts.append((w["outcome"], w["outcomes"][found["outcome"]]))

    return {
        "title": w["dispute_title"].format(amount=disputed_amount(found, words)),
        "badge": w["dispute_states"][state],
        "mood": "good" if is_held else "",
        "notes": [w["held_note"]] if is_held else (),
        "facts": facts,
        "quotes": [(w["our_words"], found["words"])] if found["words"] else (),
        "lists": [
            (w["clock"], clock_rows(pages, guest, found)),
            (
                w["invoices_of"],
                [
                    row(
                        number
                        if part is None
                        else f"{number}, {w['instalment'].format(number=part)}",
                        words.amount(minor_of(amount, currency), currency),
                        href=f"/invoices/{invoice_id}",
                    )
                    for invoice_id, number, part, amount, *_ in found["items"]
                ],
            ),
        ],
    }
