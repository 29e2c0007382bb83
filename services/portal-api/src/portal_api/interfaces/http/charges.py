"""What autopay charges: announced with amount and day, what became of it, and how to stop one."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from portal_api.domain.charge import Charge, ChargeUnderWay, ChargeUnknown, State
from portal_api.domain.contact import Role
from portal_api.gateways import charges
from portal_api.interfaces import autopaying
from portal_api.interfaces.http.customer_commands import CustomerCommand, command_of
from portal_api.interfaces.http.visitors import SIGNED_IN, Visitor, Visitors
from shared.base.money import decimal_text
from shared.web.commands import CommandRoute
from shared.web.pages import Page, Paging
from shared.web.problems import problems


class ChargedShown(BaseModel):
    invoice_id: UUID
    invoice_number: str
    amount: str


class ChargeShown(BaseModel):
    """No more than `amount` is charged, on `charge_on` or later. `why` it was dropped or failed; `payment_id` is of the
    last attempt, whose state says more.
    """

    charge_id: UUID
    version: int
    state: State
    legal_entity: str
    currency: str
    amount: str
    items: list[ChargedShown]
    charge_on: date
    announced_at: datetime
    attempts: int
    payment_id: UUID | None
    why: str | None
    ended_at: datetime | None

    @classmethod
    def of(cls, charge: Charge) -> Self:
        """From a charge."""
        names = (
            *("charge_id", "version", "state", "legal_entity", "currency", "charge_on"),
            *("announced_at", "attempts", "payment_id", "why", "ended_at"),
        )
        return cls(
            **{name: getattr(charge, name) for name in names},
            amount=decimal_text(charge.minor, charge.currency),
            items=[
                ChargedShown(
                    invoice_id=one.invoice_id,
                    invoice_number=one.invoice_number,
                    amount=decimal_text(one.minor, charge.currency),
                )
                for one in charge.items
            ],
        )


def charges_router(visitors: Visitors) -> APIRouter:
    """`/v1/charges` and one below."""
    router = APIRouter(
        prefix="/v1/charges", tags=["autopay"], responses=SIGNED_IN, route_class=CommandRoute
    )
    viewer = visitors.allowed(Role.VIEW)

    @router.get("")
    async def list_charges(
        visitor: Annotated[Visitor, viewer], paging: Paging
    ) -> Page[ChargeShown]:
        """The last announced first."""
        after, mine = paging.beyond(datetime.fromisoformat, UUID), visitor.session.customer_id
        async with visitor.ask() as connection:
            found = await charges.page(connection, mine, after=after, limit=paging.rows)
        shown = [ChargeShown.of(one) for one in found]
        return paging.page(shown, lambda one: (one.announced_at, one.charge_id))

    @router.get("/{charge_id}", responses=problems(ChargeUnknown))
    async def show_charge(charge_id: UUID, visitor: Annotated[Visitor, viewer]) -> ChargeShown:
        """Somebody else's is as unknown as one that there is not."""
        async with visitor.ask() as connection:
            found = await charges.one(connection, visitor.session.customer_id, charge_id)
        if found is None:
            raise ChargeUnknown("nothing of that id was announced to you")
        return ChargeShown.of(found)

    @router.post(
        "/{charge_id}/cancellations",
        status_code=201,
        responses=problems(ChargeUnknown, ChargeUnderWay),
    )
    async def cancel(
        charge_id: UUID, command: Annotated[CustomerCommand, command_of(visitors, Role.PAY)]
    ) -> ChargeShown:
        """Until it is made; its invoices are not charged by autopay any more. Stopped twice is stopped once."""
        mine = command.visitor.session.customer_id
        return ChargeShown.of(await autopaying.stop(command.work, mine, charge_id))

    return router
