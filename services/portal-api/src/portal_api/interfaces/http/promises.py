"""The customer's promises to pay: what was promised until when, and what came of it."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from portal_api.domain.contact import Role
from portal_api.domain.promise import Promise, State
from portal_api.domain.promise_rails import (
    PayOnPast,
    PayOnTooLate,
    TooManyBroken,
    TooManyPromises,
    TooManyWithdrawn,
)
from portal_api.gateways import contacts, promises
from portal_api.handlers.take_items import InvoiceNotYours, ItemsMixed, MorePromisedThanOpen, Wanted
from portal_api.handlers.withdraw_promise import PromiseOver
from portal_api.interfaces.http.customer_commands import CustomerCommand, command_of
from portal_api.interfaces.http.visitors import SIGNED_IN, Visitor, Visitors
from portal_api.interfaces.promising import Promising
from shared.base.errors import Refusal
from shared.base.money import AmountTooLarge, AmountTooPrecise, decimal_text
from shared.web.accepted import Amount
from shared.web.commands import CommandRoute
from shared.web.pages import Page, Paging
from shared.web.problems import problems

ITEMS_MAX = 100


class PromiseUnknown(Refusal):
    """You made no such promise."""

    code, status = "promise-unknown", 404


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ItemGiven(_Body):
    """So much of an invoice, in its currency."""

    invoice_id: UUID
    amount: Amount


class Given(_Body):
    """`pay_on` is a day of the legal entity."""

    items: Annotated[list[ItemGiven], Field(min_length=1, max_length=ITEMS_MAX)]
    pay_on: Annotated[date, Field(examples=["2026-04-30"])]


class ItemShown(BaseModel):
    """`paid`: of the amount, in time, as far as it was counted."""

    invoice_id: UUID
    invoice_number: str
    amount: str
    paid: str


class PromiseShown(BaseModel):
    """`until`: the last value date that keeps it. While it is `open` we do not ask for these amounts."""

    promise_id: UUID
    version: int
    legal_entity: str
    currency: str
    state: State
    pay_on: date
    until: date
    items: list[ItemShown]
    made_at: datetime
    ended_at: datetime | None

    @classmethod
    def of(cls, promise: Promise) -> Self:
        """From a promise."""
        plain = (
            *("promise_id", "version", "legal_entity", "currency", "state", "pay_on", "until"),
            *("made_at", "ended_at"),
        )
        return cls(
            **{name: getattr(promise, name) for name in plain},
            items=[
                ItemShown(
                    invoice_id=item.invoice_id,
                    invoice_number=item.invoice_number,
                    amount=decimal_text(item.minor, promise.currency),
                    paid=decimal_text(item.paid_minor, promise.currency),
                )
                for item in promise.items
            ],
        )


REFUSALS = (
    *(InvoiceNotYours, ItemsMixed, MorePromisedThanOpen, PayOnPast, PayOnTooLate),
    *(TooManyPromises, TooManyBroken, TooManyWithdrawn, AmountTooPrecise, AmountTooLarge),
)


def promises_router(visitors: Visitors, promising: Promising) -> APIRouter:
    """`/v1/promises` and one below."""
    router = APIRouter(
        prefix="/v1/promises", tags=["promises"], responses=SIGNED_IN, route_class=CommandRoute
    )
    viewer = visitors.allowed(Role.VIEW)

    @router.get("")
    async def list_promises(
        visitor: Annotated[Visitor, viewer], paging: Paging
    ) -> Page[PromiseShown]:
        """The oldest first."""
        after, mine = paging.beyond(datetime.fromisoformat, UUID), visitor.session.customer_id
        async with visitor.ask() as connection:
            found = await promises.page(connection, mine, after=after, limit=paging.rows)
        shown = [PromiseShown.of(one) for one in found]
        return paging.page(shown, lambda one: (one.made_at, one.promise_id))

    @router.get("/{promise_id}", responses=problems(PromiseUnknown))
    async def show_promise(promise_id: UUID, visitor: Annotated[Visitor, viewer]) -> PromiseShown:
        """Somebody else's is as unknown as one that there is not."""
        async with visitor.ask() as connection:
            found = await promises.one(connection, visitor.session.customer_id, promise_id)
        if found is None:
            raise PromiseUnknown("you made no such promise")
        return PromiseShown.of(found)

    @router.post("", status_code=201, responses=problems(*REFUSALS))
    async def promise_(
        given: Given, command: Annotated[CustomerCommand, command_of(visitors, Role.PAY)]
    ) -> PromiseShown:
        """The amounts are not asked for until the day and its grace are over. The same again is the same promise."""
        wanted = [Wanted(one.invoice_id, one.amount) for one in given.items]
        mine = command.visitor.session.customer_id
        return PromiseShown.of(await promising.make(command.work, mine, wanted, given.pay_on))

    @router.post(
        "/{promise_id}/withdrawals",
        status_code=201,
        responses=problems(PromiseUnknown, PromiseOver),
    )
    async def withdraw(
        promise_id: UUID, command: Annotated[CustomerCommand, command_of(visitors, Role.PAY)]
    ) -> PromiseShown:
        """Until its day: what is not paid of it is asked for again. Taken back twice is taken back once."""
        session, work = command.visitor.session, command.work
        me = await contacts.me(work.connection, session.customer_id, session.address)
        found = await promising.withdraw(work, session.customer_id, promise_id, by=me.contact_id)
        if found is None:
            raise PromiseUnknown("you made no such promise")
        return PromiseShown.of(found)

    return router
