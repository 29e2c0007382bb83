"""Our own page of a promise: what mails about it link to."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from portal_api.domain.contact import Role
from portal_api.domain.owed import Item
from portal_api.domain.promise import Promise, State
from portal_api.gateways import promises
from portal_api.interfaces.http.own_page import Guest, OwnPages
from portal_api.interfaces.http.page_rows import Row, row
from portal_api.interfaces.http.page_words import PageWords
from portal_api.interfaces.http.promises import PromiseUnknown
from portal_api.interfaces.http.thing_page import Shown, thing


def promise_page_router(pages: OwnPages) -> APIRouter:
    """`/promises/{id}`."""
    router = pages.router()
    viewer = pages.guest(Role.VIEW)

    @router.get("/promises/{promise_id}")
    async def show_promise(promise_id: UUID, guest: Annotated[Guest, viewer]) -> Response:
        async with guest.visitor.look() as connection:
            found = await promises.one(connection, guest.me.customer_id, promise_id)
        if found is None:
            raise PromiseUnknown("you made no such promise")
        return thing(pages, guest, found.legal_entity, _promise(found, guest.words))

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
