"""The customer's payment plans: a quote, a proposal, the text that both sides accept, and more time once."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import Field

from portal_api.domain.contact import Role
from portal_api.domain.plan_rails import (
    CurrencyNotPlanned,
    ExtensionTooLong,
    FirstOnPast,
    FirstOnTooLate,
    PartTooSmall,
    PlanTooLong,
    TooManyParts,
    TooManyPlans,
)
from portal_api.gateways import contacts, plans
from portal_api.handlers.accept_plan import PlanNotOpen, PlanOutOfDate, TextNotTheSame
from portal_api.handlers.extend_plan import PlanExtendedAlready
from portal_api.handlers.propose_plan import QuoteOutOfDate
from portal_api.handlers.quote_plan import Asked
from portal_api.handlers.take_items import InvoiceNotYours, ItemsMixed, MorePromisedThanOpen, Wanted
from portal_api.interfaces.http.customer_commands import CustomerCommand, command_of
from portal_api.interfaces.http.plan_shown import (
    AcceptanceGiven,
    Body,
    ItemWanted,
    PlanShown,
    QuoteShown,
)
from portal_api.interfaces.http.sign_ins import host_of
from portal_api.interfaces.http.visitors import SIGNED_IN, Visitor, Visitors
from portal_api.interfaces.planning import Accepts, Planning, PlanUnknown, QuoteUnknown
from shared.base.money import AmountTooLarge, AmountTooPrecise
from shared.web.accepted import NO_NUL
from shared.web.commands import CommandRoute
from shared.web.pages import Page, Paging
from shared.web.problems import problems

ITEMS_MAX = 100
WORDS_CHARACTERS_MAX = 500
PARTS_MAX = 1_000
EXTENSION_DAYS_MAX = 1_000
"""That a request may name; the rails allow fewer."""


class QuoteAsked(Body):
    """`parts` monthly parts, the first on `first_on`, a day of the legal entity."""

    items: Annotated[list[ItemWanted], Field(min_length=1, max_length=ITEMS_MAX)]
    first_on: date
    parts: Annotated[int, Field(ge=2, le=PARTS_MAX, examples=[3])]


class ProposalGiven(Body):
    quote_id: UUID


class RefusalGiven(Body):
    """`words`, if you like to say why."""

    words: Annotated[str, Field(max_length=WORDS_CHARACTERS_MAX, pattern=NO_NUL)] = ""


class ExtensionGiven(Body):
    """So much later every part is due that is not paid."""

    days: Annotated[int, Field(ge=1, le=EXTENSION_DAYS_MAX, examples=[14])]


QUOTE_REFUSALS = (
    *(InvoiceNotYours, ItemsMixed, MorePromisedThanOpen, AmountTooPrecise, AmountTooLarge),
    *(CurrencyNotPlanned, FirstOnPast, FirstOnTooLate, TooManyParts, PlanTooLong, PartTooSmall),
)


def plans_router(visitors: Visitors, planning: Planning) -> APIRouter:
    """`/v1/plans`, one and what can be done with it, and `/v1/plan-quotes`."""
    router = APIRouter(tags=["plans"], responses=SIGNED_IN, route_class=CommandRoute)
    _add_quotes(router, visitors, planning)
    _add_reads(router, visitors)
    _add_moves(router, visitors, planning)
    return router


def _add_quotes(router: APIRouter, visitors: Visitors, planning: Planning) -> None:
    @router.post("/v1/plan-quotes", status_code=201, responses=problems(*QUOTE_REFUSALS))
    async def quote(
        given: QuoteAsked, command: Annotated[CustomerCommand, command_of(visitors, Role.PAY)]
    ) -> QuoteShown:
        """In which parts we would agree, and in which words. Nothing holds by it; propose it while it stands."""
        session = command.visitor.session
        me = await contacts.me(command.work.connection, session.customer_id, session.address)
        wanted = [Wanted(one.invoice_id, one.amount) for one in given.items]
        asked = Asked(wanted, given.first_on, given.parts)
        return QuoteShown.of(await planning.quote(command.work, me, asked))

    @router.post(
        "/v1/plans",
        status_code=201,
        responses=problems(QuoteUnknown, QuoteOutOfDate, TooManyPlans, MorePromisedThanOpen),
    )
    async def propose(
        given: ProposalGiven, command: Annotated[CustomerCommand, command_of(visitors, Role.PAY)]
    ) -> PlanShown:
        """It takes the place of a proposal that you have not accepted. The same quote again is the same plan."""
        mine = command.visitor.session.customer_id
        return PlanShown.of(await planning.propose(command.work, mine, given.quote_id))


def _add_reads(router: APIRouter, visitors: Visitors) -> None:
    viewer = visitors.allowed(Role.VIEW)

    @router.get("/v1/plans")
    async def list_plans(visitor: Annotated[Visitor, viewer], paging: Paging) -> Page[PlanShown]:
        """The oldest first."""
        after, mine = paging.beyond(datetime.fromisoformat, UUID), visitor.session.customer_id
        async with visitor.ask() as connection:
            found = await plans.page(connection, mine, after=after, limit=paging.rows)
        shown = [PlanShown.of(one) for one in found]
        return paging.page(shown, lambda one: (one.proposed_at, one.plan_id))

    @router.get("/v1/plans/{plan_id}", responses=problems(PlanUnknown))
    async def show_plan(plan_id: UUID, visitor: Annotated[Visitor, viewer]) -> PlanShown:
        """Somebody else's is as unknown as one that there is not."""
        async with visitor.ask() as connection:
            found = await plans.one(connection, visitor.session.customer_id, plan_id)
        if found is None:
            raise PlanUnknown("you have no such plan")
        return PlanShown.of(found)


def _add_moves(router: APIRouter, visitors: Visitors, planning: Planning) -> None:
    @router.post(
        "/v1/plans/{plan_id}/acceptances",
        status_code=201,
        responses=problems(
            PlanUnknown, TextNotTheSame, PlanNotOpen, PlanOutOfDate, MorePromisedThanOpen
        ),
    )
    async def accept(
        plan_id: UUID,
        given: AcceptanceGiven,
        command: Annotated[CustomerCommand, command_of(visitors, Role.PAY)],
        request: Request,
    ) -> PlanShown:
        """The text of which this is the hash. Who accepts, when, and from which network address is kept."""
        session = command.visitor.session
        me = await contacts.me(command.work.connection, session.customer_id, session.address)
        accepts = Accepts(me.contact_id, given.text_hash, host_of(request))
        found = await planning.accept(command.work, session.customer_id, plan_id, accepts)
        return PlanShown.of(found)

    @router.post(
        "/v1/plans/{plan_id}/refusals",
        status_code=201,
        responses=problems(PlanUnknown, PlanNotOpen),
    )
    async def refuse(
        plan_id: UUID,
        given: RefusalGiven,
        command: Annotated[CustomerCommand, command_of(visitors, Role.PAY)],
    ) -> PlanShown:
        """While both sides have not agreed: it ends at once, and holds nothing. Refused twice is refused once."""
        mine = command.visitor.session.customer_id
        found = await planning.refuse(command.work, mine, plan_id, words=given.words)
        return PlanShown.of(found)

    @router.post(
        "/v1/plans/{plan_id}/extensions",
        status_code=201,
        responses=problems(PlanUnknown, PlanNotOpen, PlanExtendedAlready, ExtensionTooLong),
    )
    async def extend(
        plan_id: UUID,
        given: ExtensionGiven,
        command: Annotated[CustomerCommand, command_of(visitors, Role.PAY)],
    ) -> PlanShown:
        """Once, and by no more days than the text says."""
        mine = command.visitor.session.customer_id
        return PlanShown.of(await planning.extend(command.work, mine, plan_id, days=given.days))
