"""Our own page of autopay: the saved means, what is charged by it, how to turn it on, and the three ways to stop it."""

from collections.abc import Iterable
from typing import Annotated, Any, Final, NamedTuple
from uuid import UUID

from asyncpg import Connection
from fastapi import APIRouter, Form, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict

from portal_api.domain.autopay import Autopay
from portal_api.domain.charge import Charge
from portal_api.domain.charge import State as ChargeState
from portal_api.domain.contact import Role
from portal_api.domain.decline import Decline
from portal_api.domain.mandate import Mandate, Means, State
from portal_api.gateways import charges, mandates
from portal_api.interfaces import autopaying
from portal_api.interfaces.autopaying import Limit
from portal_api.interfaces.http.mandates import AmountGiven
from portal_api.interfaces.http.own_page import Guest, OwnPages
from portal_api.interfaces.http.page_rows import Row, row
from portal_api.interfaces.http.page_words import PageWords
from shared.base.clock import Moment
from shared.base.days import local_day
from shared.base.money import decimal_text

PATH: Final = "/autopay"
COMING_SHOWN_MAX: Final = 200
OVER_SHOWN_MAX: Final = 20
"""What is over is shown of so many charges that were announced last."""

_NOTES: Final = {State.ASKED: "means_asked", State.ACTIVE: "means_note"}


class Seen(NamedTuple):
    """What one look gave: the means that stands or stood last, what was said last, and charges not over yet."""

    mandate: Mandate
    autopay: Autopay | None
    coming: list[Charge]

    @property
    def is_on(self) -> bool:
        """Whether what was announced is charged: both must be true at that moment."""
        return self.mandate.is_active and self.autopay is not None and self.autopay.is_on


class StopForm(BaseModel):
    model_config = ConfigDict(extra="forbid")

    charge_id: UUID


async def look_at(connection: Connection, customer_id: UUID) -> Seen | None:
    """None where nothing was ever saved, and so nothing announced."""
    mandate = await mandates.newest(connection, customer_id)
    if mandate is None:
        return None
    said = await mandates.autopay_of(connection, customer_id)
    coming = await charges.going_on(connection, customer_id, limit=COMING_SHOWN_MAX)
    return Seen(mandate, said, coming)


def autopay_page_router(pages: OwnPages) -> APIRouter:
    """`/autopay`, and its buttons. What is pressed twice is done once."""
    router = pages.router()
    _add_switch(router, pages)
    database, payer = pages.visitors.signing_in.database, pages.guest(Role.PAY)

    @router.get(PATH)
    async def show_autopay(guest: Annotated[Guest, pages.guest(Role.VIEW)]) -> Response:
        mine = guest.me.customer_id
        async with guest.visitor.look() as connection:
            seen = await look_at(connection, mine)
            last = await charges.page(connection, mine, after=None, limit=OVER_SHOWN_MAX)
        over = [one for one in last if one.ended_at is not None]
        return pages.show(
            "autopay.html", guest, *_entities(seen), **_page(pages, guest, seen, over)
        )

    @router.post(f"{PATH}/cancellations")
    async def stop(given: Annotated[StopForm, Form()], guest: Annotated[Guest, payer]) -> Response:
        """One charge, until it is made."""
        async with database.work(guest.visitor.moment) as work:
            await autopaying.stop(work, guest.me.customer_id, given.charge_id)
        return RedirectResponse(PATH, 303)

    @router.post(f"{PATH}/withdrawals")
    async def withdraw(guest: Annotated[Guest, payer]) -> Response:
        """The means is taken back, and the provider is told to let go of it."""
        async with database.work(guest.visitor.moment) as work:
            await autopaying.withdraw(work, guest.me.customer_id)
        return RedirectResponse(PATH, 303)

    return router


def _add_switch(router: APIRouter, pages: OwnPages) -> None:
    database, payer = pages.visitors.signing_in.database, pages.guest(Role.PAY)

    @router.post(f"{PATH}/limits")
    async def turn_on(
        given: Annotated[AmountGiven, Form()], guest: Annotated[Guest, payer]
    ) -> Response:
        """Up to so much per charge; the same limit twice is the same limit."""
        limit = Limit(given.currency, given.amount)
        async with database.work(guest.visitor.moment) as work:
            await autopaying.turn_on(work, guest.visitor.session, limit)
        return RedirectResponse(PATH, 303)

    @router.post(f"{PATH}/ends")
    async def turn_off(guest: Annotated[Guest, payer]) -> Response:
        """The means stays saved."""
        async with database.work(guest.visitor.moment) as work:
            await autopaying.turned_off(work, guest.visitor.session)
        return RedirectResponse(PATH, 303)


def autopay_row(seen: Seen, words: PageWords) -> Row:
    """Of home: whether it is on, and what is charged next."""
    coming = [one for one in seen.coming if _is_made(one, seen)]
    return row(
        words.w["autopay"],
        words.amount(coming[0].minor, coming[0].currency) if coming else "",
        href=PATH,
        badge=words.w["autopay_on" if seen.is_on else "autopay_off"],
        mood="good" if seen.is_on else "",
        more=[_name(coming[0], words)] if coming else [],
    )


def _entities(seen: Seen | None) -> Iterable[str]:
    if seen is None:
        return ()
    return dict.fromkeys((seen.mandate.legal_entity, *(one.legal_entity for one in seen.coming)))


def _page(pages: OwnPages, guest: Guest, seen: Seen | None, over: list[Charge]) -> dict[str, Any]:
    words, may = guest.words, Role.PAY in guest.visitor.session.roles
    shown: dict[str, Any] = {
        "title": words.w["autopay"],
        "means": None,
        "autopay": None,
        "may_save": may,
        "may_take_back": False,
        "may_turn_off": False,
        "turns_on": None,
        "coming": (),
        "over": (),
    }
    if seen is None:
        return shown

    zone = pages.zone(seen.mandate.legal_entity)
    return shown | {
        "means": _means(seen.mandate, zone, words),
        "autopay": _autopay(seen, zone, words),
        "may_take_back": may and seen.mandate.is_active,
        "may_turn_off": may and seen.autopay is not None and seen.autopay.is_on,
        "turns_on": _turns_on(pages, seen) if may else None,
        "coming": [_coming(one, seen, words, may_stop=may) for one in seen.coming],
        "over": [_over(one, words) for one in over],
    }


def _means(mandate: Mandate, zone: str, words: PageWords) -> dict[str, Any]:
    w = words.w
    facts = [] if mandate.means is None else [(w["means_which"], _named(mandate.means, words))]
    if mandate.means is not None and mandate.means.expires:
        year, _, month = mandate.means.expires.partition("-")
        facts.append((w["means_expires"], f"{month}/{year}"))
    if mandate.saved_at is not None:
        facts.append((w["means_since"], _day(mandate.saved_at, zone, words)))
    if mandate.ended_at is not None:
        facts.append((w["means_ended"], _day(mandate.ended_at, zone, words)))
    return {
        "badge": w["mandate_states"][mandate.state],
        "mood": "good" if mandate.is_active else "",
        "facts": facts,
        "note": w[_NOTES.get(mandate.state, "means_gone")],
    }


def _named(means: Means, words: PageWords) -> str:
    """Visa, card, …4242. A kind that we have no word for is not said."""
    kind = words.w["means_kinds"].get(means.kind, "")
    said = (means.brand[:1].upper() + means.brand[1:], kind, means.last4 and f"…{means.last4}")
    return ", ".join(one for one in said if one)


def _autopay(seen: Seen, zone: str, words: PageWords) -> dict[str, Any]:
    w, said = words.w, seen.autopay
    facts = [] if said is None else [(w["autopay_since"], _day(said.changed_at, zone, words))]
    if said is not None and said.is_on:
        facts.append((w["autopay_limit"], words.amount(said.limit_minor, said.currency)))
    return {
        "badge": w["autopay_on" if seen.is_on else "autopay_off"],
        "mood": "good" if seen.is_on else "",
        "facts": facts,
        "note": "" if said else w["autopay_never"],
    }


def _turns_on(pages: OwnPages, seen: Seen) -> dict[str, str] | None:
    """In the currency that was said last, else in that of the legal entity; None where there is nothing to turn on."""
    entity = pages.entity(seen.mandate.legal_entity)
    currency = seen.autopay.currency if seen.autopay else entity and entity.currency
    if not currency or seen.is_on or not seen.mandate.is_active:
        return None
    return {"currency": currency, "least": decimal_text(1, currency)}


def _coming(charge: Charge, seen: Seen, words: PageWords, *, may_stop: bool) -> Row:
    """One can stop what would be made; what is not made needs no button."""
    is_made, badge = _is_made(charge, seen), words.w["charge_states"][charge.state]
    if charge.state is ChargeState.ANNOUNCED and not is_made:
        badge = words.w["charge_not_made"]
    stops = charge.charge_id if may_stop and is_made else ""
    more = [words.w["charge_again"]] if is_made and charge.attempts else []
    return _charge(
        charge, words, badge=badge, mood="ask" if is_made else "", more=more, stops=stops
    )


def _over(charge: Charge, words: PageWords) -> Row:
    w, why = words.w, charge.why or ""
    more = []
    if charge.state is ChargeState.FAILED:
        more = [w["declines"][Decline(why).next_step]]
    elif charge.state is ChargeState.DROPPED:
        more = [w["charge_whys"].get(why, "")]
    mood = {ChargeState.PAID: "good", ChargeState.FAILED: "late"}.get(charge.state, "")
    return _charge(
        charge, words, badge=w["charge_states"][charge.state], mood=mood, more=more, stops=""
    )


def _charge(charge: Charge, words: PageWords, **more: Any) -> Row:
    invoices = [
        row(
            one.invoice_number,
            words.amount(one.minor, charge.currency),
            href=f"/invoices/{one.invoice_id}",
        )
        for one in charge.items
    ]
    figure = words.amount(charge.minor, charge.currency)
    return row(_name(charge, words), figure, invoices=invoices, **more)


def _name(charge: Charge, words: PageWords) -> str:
    said: str = words.w["charge_on"].format(day=words.day(charge.charge_on))
    return said


def _is_made(charge: Charge, seen: Seen) -> bool:
    """On its day, as everything stands now."""
    return charge.state is ChargeState.ANNOUNCED and seen.is_on


def _day(at: Moment, zone: str, words: PageWords) -> str:
    return words.day(local_day(at, zone))
